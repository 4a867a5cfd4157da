"""Continue a text."""

import argparse
import itertools
import sys

from mini_vllm.entrypoints.cli.options import (
    add_model_options,
    add_sampling_options,
    make_llm,
    print_stream,
    sampling_params,
)

EXAMPLE = 'complete "Once upon a time" --temperature 0'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("prompt", help="the text; - reads it from standard input")
    add_model_options(parser)
    add_sampling_options(parser, max_tokens=128)


def run(args: argparse.Namespace) -> None:
    params = sampling_params(args)  # refused before a model is loaded
    prompt = sys.stdin.read() if args.prompt == "-" else args.prompt
    llm = make_llm(args)
    outputs = llm.stream(prompt, params)
    first = next(outputs)  # an error comes before any text
    print(prompt, end="", flush=True)
    print_stream(itertools.chain([first], outputs))
