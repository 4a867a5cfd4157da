"""python -m grading COMMAND: the instructor's commands, in addition to nbgrader's own."""

import argparse
import ast
import importlib
import importlib.util
import os
import sys

# A command is a module. Its docstring is the help, and its `run(args)` returns the exit status.
COMMANDS = {
    "collect": ("grading.collect.command", "Bring a learning platform's export into submitted/."),
    "autograde": ("grading.autograde.command", "Grade a class in parallel, in a sandbox."),
    "feedback": ("grading.feedback.command", "Write each student's feedback pages."),
    "export": ("grading.export", "Write the grades as CSV."),
    "report": ("grading.report.command", "Write a page about a graded class, to look at."),
    "exam": ("grading.exam.command", "Write a phase's whiteboard questions and their rubrics, to print."),
    "release": ("grading.authoring.release", "Generate release/ from source/, or report what is out of date."),
    "new-lab": ("grading.authoring.new_lab", "Create a lab: a notebook, its package in labkit, and answers."),
    "demo": ("grading.demo", "Grade a small invented class with nbgrader, in a separate folder."),
}
FLAG = {"action": "store_true"}
REPEATED = {"action": "append", "default": []}
PLATFORM = {
    "dest": "platform",
    "required": True,
    "choices": ["moodle", "canvas", "blackboard", "sakai", "folder"],
    "metavar": "PLATFORM",
}
THEIRS = {"metavar": "THEIRS.csv"}
LISTS = {**REPEATED, "metavar": "FILE.csv"}
URLS = "sqlite:///... or postgresql://..."
CORES = {"type": int, "default": os.cpu_count()}
ARGUMENTS = [
    # (commands that take it, its name, its help, what else argparse is told)
    (
        "collect autograde feedback export report exam",
        "assignment",
        "the assignment's name, for example phase-00-foundations",
        {},
    ),
    ("autograde feedback", "--student", "only this student; may be repeated", REPEATED),
    ("autograde feedback", "--workers", "how many submissions at once (default: %(default)s)", CORES),
    ("autograde feedback export report", "--db", f"the gradebook's URL, {URLS} (default: from nbgrader_config.py)", {}),
    ("collect", "download", "the platform's zip, or a folder", {"metavar": "ZIP-OR-FOLDER"}),
    ("collect", "--from", "whose names the download has: %(choices)s", PLATFORM),
    ("collect", "--class-list", "names, numbers and ids of the students; may be repeated", LISTS),
    ("collect", "--timezone", "of times without one, for example Europe/Berlin (default: this computer's)", {}),
    ("collect", "--dry-run", "write nothing; show what would be done", FLAG),
    ("autograde", "--force", "grade again what is already graded", FLAG),
    ("autograde", "--scheduler", "grade on the Dask cluster of this scheduler", {"metavar": "tcp://HOST:PORT"}),
    ("autograde", "--unsafe-no-sandbox", "run student code without a sandbox, with your rights", FLAG),
    ("feedback", "--force", "rewrite existing pages", FLAG),
    ("export", "--to", "the file, or - for the screen (default: grades-ASSIGNMENT.csv)", {"metavar": "FILE.csv"}),
    ("export", "--bom", "start the file with a byte order mark, for Excel", FLAG),
    ("export", "--canvas", "fill this gradebook, exported by Canvas, instead", THEIRS),
    ("export", "--moodle-worksheet", "fill this grading worksheet, exported by Moodle, instead", THEIRS),
    ("export", "--column", "the grade's column in that file, if it is not clear", {"metavar": "HEADING"}),
    ("report", "--to", "the file (default: report-ASSIGNMENT.html beside the gradebook)", {"metavar": "FILE.html"}),
    ("report", "--no-names", "leave out ids, names of files and students' own words", FLAG),
    ("exam", "--to", "the file (default: exam-ASSIGNMENT.html in the course's root)", {"metavar": "FILE.html"}),
    ("release", "--check", "write nothing; fail if release/ is out of date", FLAG),
    ("release", "--force", "also overwrite notebooks that contain answers", FLAG),
    ("new-lab", "phase", "the folder in source/, for example phase-02-serving", {"metavar": "PHASE"}),
    ("new-lab", "name", "the notebook's name, for example lab-09-batching", {"metavar": "NAME"}),
    ("new-lab", "--title", "the lab's title, preferably a question", {"required": True}),
    ("demo", "phase", "the assignment to show (default: the course's first)", {"nargs": "?", "metavar": "PHASE"}),
    ("demo", "--folder", "the folder to write, replaced on each run (default: demo/ of the course)", {}),
]


def main(arguments: list[str]) -> int:
    """The command line. Returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m grading",
        description="The instructor's commands, in addition to nbgrader's own.",
        epilog="Example: python -m grading autograde phase-00-foundations",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command, (module, text) in COMMANDS.items():
        subparser = commands.add_parser(
            command, help=text, description=text, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        for takers, name, help_text, details in ARGUMENTS:
            if command in takers.split():
                subparser.add_argument(name, help=help_text, **details)
        if command in arguments[:1]:
            subparser.epilog = _docstring(module).partition("\n\n")[2]
    args = parser.parse_args(arguments)
    try:
        return importlib.import_module(COMMANDS[args.command][0]).run(args)
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again to continue.", file=sys.stderr)
        return 130
    except Exception as error:
        why = importlib.import_module("grading.faults").refusal(error, getattr(args, "db", None))
        if why is None:
            raise
        print(why, file=sys.stderr)
        return 2


def _docstring(module: str) -> str:
    """Read the docstring of a module without importing it: what the commands import takes seconds."""
    return ast.get_docstring(ast.parse(importlib.util.find_spec(module).loader.get_source(module)), clean=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
