"""Parse the command line and run the command: `mini-vllm`, or `python -m mini_vllm`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from mini_vllm.entrypoints.cli import bench, chat, complete, pull, serve

COMMANDS = (complete, chat, serve, bench, pull)
PROGRAM = "mini-vllm" if Path(sys.argv[0]).stem == "mini-vllm" else "python -m mini_vllm"
INTERRUPTED = 130  # what a shell reports for a program that Ctrl-C ended


def main(argv: Sequence[str] | None = None) -> int:
    """Return the exit status: 0, 1 for an error (printed on stderr), 130 after Ctrl-C."""
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        description="An LLM inference engine in numpy.",
        epilog=f"Example: {PROGRAM} {complete.EXAMPLE}",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        name, summary = command.__name__.rpartition(".")[2], str(command.__doc__).splitlines()[0]
        subparser = commands.add_parser(
            name,
            help=summary,
            description=summary,
            epilog=f"Example: {PROGRAM} {command.EXAMPLE}",
        )
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    args = parser.parse_args(argv)
    if hasattr(sys.stdout, "reconfigure"):  # a terminal that lacks a character shows a substitute
        sys.stdout.reconfigure(errors="replace")
    try:
        args.run(args)
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # whoever reads the output has seen enough: `| head`
        sys.stderr.close()
        return 0
    except (ImportError, MemoryError, RuntimeError, TypeError, ValueError) as error:
        print(f"{PROGRAM}: {error}", file=sys.stderr)
        return 1
    return 0
