"""Options shared by several commands."""

import argparse
import json
from collections.abc import Iterable
from typing import Any

from mini_vllm.entrypoints.llm import LLM
from mini_vllm.model_loader import MODELS
from mini_vllm.outputs import RequestOutput
from mini_vllm.sampling_params import SamplingParams

ENGINE_LIMITS = {
    "max_model_len": "maximum tokens of prompt and output together (default: the model's)",
    "max_num_seqs": "maximum sequences in one step (default: 128)",
    "max_num_batched_tokens": "maximum tokens in one step (default: 2048)",
    "block_size": "tokens in a block of the KV cache (default: 16)",
    "num_blocks": "blocks of the KV cache (default: room for max-num-seqs whole requests, at most 1 GiB)",
    "kv_cache_memory_bytes": "size of the KV cache, instead of --num-blocks",
}


def add_model_options(parser: argparse.ArgumentParser) -> None:
    known = ", ".join(MODELS)
    parser.add_argument(
        "--model", help=f"{known}, or the folder or .gguf file of a model (default: the embedded model)"
    )
    parser.add_argument(
        "--max-model-len", type=int, help="maximum tokens of prompt and output together (default: the model's)"
    )


def add_engine_options(parser: argparse.ArgumentParser) -> None:
    """The limits of `EngineConfig.for_model`, under their own names; see `engine_limits`."""
    for name, about in ENGINE_LIMITS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, help=about)
    parser.add_argument(
        "--no-enable-prefix-caching", dest="enable_prefix_caching", action="store_false", help="do not share prefixes"
    )
    parser.add_argument(
        "--speculative-config",
        type=_json,
        metavar="JSON",
        help="""guess tokens: '{"method": "ngram", "num_speculative_tokens": 7}' (default: do not)""",
    )


def engine_limits(args: argparse.Namespace) -> dict[str, Any]:
    """What the user set of the options of `add_engine_options`, for `LLM`."""
    given = {name: getattr(args, name) for name in ENGINE_LIMITS if getattr(args, name) is not None}
    others = ("enable_prefix_caching", "speculative_config")
    return {**given, **{name: getattr(args, name) for name in others}}


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not valid JSON ({error})") from None


def add_sampling_options(parser: argparse.ArgumentParser, max_tokens: int | None) -> None:
    parser.add_argument(
        "--max-tokens",
        type=int,
        default=max_tokens,
        help="maximum tokens to generate (default: %(default)s)"
        if max_tokens
        else "maximum tokens to generate (default: as many as fit)",
    )
    parser.add_argument(
        "--temperature", type=float, default=0.8, help="0 always takes the most likely token (default: %(default)s)"
    )
    parser.add_argument("--top-p", type=float, default=1.0, help="between 0 and 1 (default: 1, off)")
    parser.add_argument("--top-k", type=int, default=0, help="only the k most likely tokens (default: 0, off)")
    parser.add_argument("--min-p", type=float, default=0.0, help="between 0 and 1 (default: 0, off)")
    parser.add_argument("--seed", type=int, help="the same seed gives the same text (default: random)")
    parser.add_argument("--stop", action="append", default=[], help="stop before this text; may be repeated")


def make_llm(args: argparse.Namespace) -> LLM:
    return LLM(args.model, max_model_len=args.max_model_len)


def sampling_params(args: argparse.Namespace) -> SamplingParams:
    names = ("max_tokens", "temperature", "top_p", "top_k", "min_p", "seed", "stop")
    return SamplingParams(**{name: getattr(args, name) for name in names})


def print_stream(outputs: Iterable[RequestOutput]) -> RequestOutput | None:
    """Show a text while it grows. Returns its last output.

    Errors: RuntimeError if the request failed.
    """
    shown, output = 0, None
    for output in outputs:
        text = output.outputs[0].text
        print(text[shown:], end="", flush=True)
        shown = len(text)
    print(flush=True)
    if output is not None and output.error is not None:
        raise RuntimeError(output.error)
    return output
