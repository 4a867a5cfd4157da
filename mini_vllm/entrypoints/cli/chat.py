"""Chat with a model, one line per message; /reset starts over, /exit or Ctrl-D ends."""

import argparse
import sys

from mini_vllm.entrypoints.cli.options import (
    add_model_options,
    add_sampling_options,
    make_llm,
    print_stream,
    sampling_params,
)
from mini_vllm.entrypoints.llm import LLM
from mini_vllm.sampling_params import SamplingParams

EXAMPLE = "chat --model smollm2-135m-instruct"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("message", nargs="?", help="send one message, print the answer, and exit")
    parser.add_argument("--system", help="the system prompt")
    add_model_options(parser)
    add_sampling_options(parser, max_tokens=None)


def run(args: argparse.Namespace) -> None:
    params = sampling_params(args)
    llm = make_llm(args)
    system = [] if args.system is None else [{"role": "system", "content": args.system}]
    if args.message is not None:
        answer(llm, [*system, {"role": "user", "content": args.message}], params)
        return
    messages = list(system)
    while (line := read_line()) not in (None, "/exit"):
        if line == "/reset":
            messages = list(system)
        elif line:
            messages.append({"role": "user", "content": line})
            try:
                messages.append({"role": "assistant", "content": answer(llm, messages, params)})
            except ValueError as error:  # too long by now, for example; what was said before stays
                messages.pop()
                print(f"{error}\n/reset starts a new conversation.", file=sys.stderr)


def answer(llm: LLM, messages: list[dict[str, str]], params: SamplingParams) -> str:
    """Show the answer while it comes, and return it. What came before is in the prefix cache already."""
    output = print_stream(llm.stream(llm.chat_prompt(messages), params))
    return "" if output is None else output.outputs[0].text


def read_line() -> str | None:
    """The next line of the user; None at the end."""
    try:
        return input("> " if sys.stdin.isatty() else "").strip()
    except EOFError:
        return None
