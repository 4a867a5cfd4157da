"""Measure prefill and decode on this machine."""

import argparse
import time

import numpy as np

from mini_vllm.engine.llm_engine import LLMEngine
from mini_vllm.entrypoints.cli.options import add_model_options, make_llm
from mini_vllm.sampling_params import SamplingParams

EXAMPLE = "bench --model smollm2-135m-instruct --prompt-len 512 --batch-sizes 1 4 16"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_model_options(parser)
    parser.add_argument("--prompt-len", type=int, default=128, help="tokens of each prompt (default: %(default)s)")
    parser.add_argument(
        "--output-len", type=int, default=32, help="tokens generated after each prompt (default: %(default)s)"
    )
    parser.add_argument(
        "--batch-sizes",
        type=int,
        nargs="+",
        default=[1, 4, 16],
        help="numbers of concurrent requests to measure (default: 1 4 16)",
    )


def run(args: argparse.Namespace) -> None:
    engine = make_llm(args).llm_engine
    measure(engine, 1, 8, 2)  # the first time is slower than any other
    print(f"Prompts of {args.prompt_len} tokens, {args.output_len} generated tokens each; tokens per second\n")
    print(f"{'requests':>8}{'prefill':>12}{'decode':>12}{'decode, each':>15}")
    for batch_size in args.batch_sizes:
        prefill, decode = measure(engine, batch_size, args.prompt_len, args.output_len)
        print(f"{batch_size:8}{prefill:12.1f}{decode:12.1f}{decode / batch_size:15.1f}", flush=True)


def measure(engine: LLMEngine, batch_size: int, prompt_len: int, output_len: int) -> tuple[float, float]:
    """Tokens per second of all requests together: prompt tokens in prefill, generated tokens in decode.

    The prompts are random, so that none finds another one's blocks. Decode counts from when the last request
    has its first token; it is 0 if output_len is 1.

    Errors: ValueError for numbers that the engine cannot serve.
    """
    for name, value in (("batch size", batch_size), ("prompt length", prompt_len), ("output length", output_len)):
        if value < 1:
            raise ValueError(f"The {name} is {value}; it must be at least 1.")
    if batch_size > engine.config.max_num_seqs:
        raise ValueError(f"A batch of {batch_size} exceeds max_num_seqs={engine.config.max_num_seqs}.")
    vocab_size, rng = engine.model.config.vocab_size, np.random.default_rng()
    params = SamplingParams(temperature=0, max_tokens=output_len, ignore_eos=True)
    for index in range(batch_size):
        engine.add_request(f"bench-{index}", rng.integers(0, vocab_size, prompt_len).tolist(), params)
    start, num_tokens, waiting = time.perf_counter(), 0, batch_size
    while waiting:
        outputs = engine.step()
        waiting -= sum(len(output.outputs[0].token_ids) == 1 for output in outputs)
    prefill_end = time.perf_counter()
    while engine.has_unfinished_requests():
        num_tokens += len(engine.step())
    decode_s = time.perf_counter() - prefill_end
    return batch_size * prompt_len / (prefill_end - start), num_tokens / decode_s if num_tokens else 0.0
