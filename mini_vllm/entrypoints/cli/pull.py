"""Download a model, to be used by its name."""

import argparse

from mini_vllm.model_loader import MODELS, is_pulled, pull

EXAMPLE = f"pull {next(iter(MODELS))}"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", help=f"its name: {', '.join(MODELS)}")


def run(args: argparse.Namespace) -> None:
    was_there = is_pulled(args.model)
    folder = pull(args.model)
    print(f"{args.model} {'was' if was_there else 'is'} in {folder}{' already' if was_there else ''}")
    print(f"Try it: python -m mini_vllm chat --model {args.model}")
