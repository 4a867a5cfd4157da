"""python -m grading COMMAND: the instructor's commands, in addition to nbgrader's own."""

import argparse
import importlib
import sys

COMMANDS = {
    "autograde": ("grading.autograde.command", "Grade a class in parallel, in a sandbox."),
    "feedback": ("grading.feedback", "Write each student's feedback pages."),
    "export": ("grading.export", "Write the grades as CSV."),
    "release": ("grading.authoring.release", "Generate release/ from source/, or report what is out of date."),
    "new-lab": ("grading.authoring.new_lab", "Create a lab: a notebook, its package in labkit, and answers."),
    "demo": ("grading.demo", "Grade a small invented class with nbgrader, in a separate folder."),
}


def main(arguments: list[str]) -> int:
    """The command line. Returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m grading",
        description="The instructor's commands, in addition to nbgrader's own.",
        epilog="Example: python -m grading autograde phase-00-foundations",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (module, text) in COMMANDS.items():
        # Only the module that is asked for is loaded.
        command = commands.add_parser(
            name, help=text, description=text, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        if name in arguments[:1]:
            importlib.import_module(module).add_arguments(command)
    args = parser.parse_args(arguments)
    try:
        return importlib.import_module(COMMANDS[args.command][0]).run(args)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
