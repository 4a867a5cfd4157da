"""Writes docs/attacks.md: every submission of the register, graded by this course and by stock nbgrader.

python tests/grading/attacks/against_stock.py [--only NAME ...] [--table FILE]

Stock nbgrader runs for one submission at a time, on a copy of the course of its own, in a bubblewrap sandbox with no
network and nothing else to write to. Submissions that endanger the machine all the same are left out there.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from grade_attacks import SUBMISSIONS_OF_TWO, GradedAttacks, everybody  # isort: skip (it makes the others importable)
from course_of_attacks import ASSIGNMENT, CourseOfAttacks  # isort: skip
from course_of_two import CourseOfTwo  # isort: skip
from graders import Grader, ordinary_user  # isort: skip

from grading.sandbox import find_sandbox

REPOSITORY = Path(__file__).resolve().parents[3]
STOCK_CONFIG = """
import os, sysconfig
c = get_config()
c.CourseDirectory.course_id = "stock"
c.GenerateAssignment.force = True
c.ExecutePreprocessor.timeout = 10
os.environ["PATH"] = sysconfig.get_path("scripts") + os.pathsep + os.environ["PATH"]
"""
SECONDS = 90
NOT_TRIED = "not tried"
INTRO = """# Attacks and their scores

Made by `python tests/grading/attacks/against_stock.py`. Each row is a submission from `tests/grading/attacks` to a
course with six exercises and 14 points, or, if its name ends in "(two)", to one of two notebooks and 7 points. "Must
get" is the score of its honest part. The next two columns are this course, graded by root and by an ordinary user.
"Stock" is nbgrader 0.9.6 without this course's configuration, one submission at a time. "Not tried": with stock it
would have put the machine at risk, or there was no such account. A score that is not the one it must get is bold.
"""
GRADERS = {"root": "this course, as root", "user": "as an ordinary user", "stock": "stock"}
KINDS = {
    "score": "Attacks on the score",
    "host": "Attacks on the machine",
    "robustness": "Broken submissions",
    "honest": "Honest submissions of unusual form",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--only", nargs="+", default=list(everybody()), metavar="NAME", help="grade only these, keep the other rows"
    )
    parser.add_argument("--without", nargs="*", default=[], choices=GRADERS, help="keep these columns as they are")
    parser.add_argument("--table", type=Path, default=REPOSITORY / "docs" / "attacks.md", help="default: %(default)s")
    args = parser.parse_args()
    given = read_table(args.table)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        for column in GRADERS.keys() - set(args.without):
            given[column] |= graded_by(column, folder / column, args.only)
    args.table.write_text(table([name for name in everybody() if name in given["root"]], given))
    wrong = [name for name in args.only if given["root"].get(name) != total(everybody()[name].points)]
    print(f"{args.table} is written; this course is wrong about: {', '.join(wrong) or 'none'}.")
    return int(bool(wrong))


def graded_by(column: str, folder: Path, names: list[str]) -> dict[str, str]:
    """What they get in one of the columns."""
    if column == "stock":
        return by_stock(folder, names)
    try:
        grader = Grader() if column == "root" else ordinary_user()
    except PermissionError:
        return dict.fromkeys(names, NOT_TRIED)
    graded = GradedAttacks(folder, names, grader=grader)
    return {name: total(graded.points(name)) for name in names}


def total(points: dict[str, float | None]) -> str:
    return "not graded" if None in points.values() else f"{sum(points.values()):g}"


def by_stock(root: Path, names: list[str]) -> dict[str, str]:
    """What stock nbgrader gives each of them."""
    bwrap = find_sandbox().bwrap

    def grade(name: str) -> str:
        if everybody()[name].dangerous_to_host:
            return NOT_TRIED
        place = root / name
        course = (CourseOfTwo if name in SUBMISSIONS_OF_TWO else CourseOfAttacks)(place, STOCK_CONFIG)
        course.hand_in(name, everybody()[name])
        walls = [bwrap, "--die-with-parent", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--ro-bind", "/", "/"]
        walls += ["--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--bind", str(place), "/tmp/course"]
        walls += ["--chdir", "/tmp/course", "--setenv", "HOME", "/tmp", "--setenv", "JUPYTER_RUNTIME_DIR", "/tmp/run"]
        command = [*walls, "prlimit", "--as=6000000000", sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT]
        environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
        try:
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            subprocess.run(command, timeout=SECONDS, env=environment, **quiet)
        except subprocess.TimeoutExpired:
            return "does not finish"
        try:
            earned = course.earned().get(name) or {}
            return total({exercise: earned.get(exercise) for exercise in everybody()[name].points})
        except Exception as error:  # the gradebook was not left as it was
            return f"gradebook broken ({type(error).__name__})"
        finally:
            shutil.rmtree(place, ignore_errors=True)

    with ThreadPoolExecutor(3) as pool:
        return dict(zip(names, pool.map(grade, names)))


def read_table(path: Path) -> dict[str, dict[str, str]]:
    """What an earlier table says, by column and submission."""
    given: dict[str, dict[str, str]] = {column: {} for column in GRADERS}
    for line in path.read_text().splitlines() if path.exists() else []:
        cells = [cell.strip().strip("*") for cell in line.strip("| ").split(" | ")]
        if line.startswith("| ") and len(cells) >= 6:
            name = cells[0].removesuffix(" (two)").replace(" ", "_")
            for column, text in zip(GRADERS, cells[-3:]):
                given[column][name] = text
    return given


def table(names: list[str], given: dict[str, dict[str, str]]) -> str:
    lines = [INTRO]
    for kind, title in KINDS.items():
        chosen = [name for name in names if everybody()[name].kind == kind]
        must = {name: total(everybody()[name].points) for name in chosen}
        counts = []
        for column, who in GRADERS.items():
            tried = [name for name in chosen if given[column].get(name, NOT_TRIED) != NOT_TRIED]
            counts.append(f"{who} {sum(given[column][name] == must[name] for name in tried)} of {len(tried)}")
        lines += [f"## {title}", "", f"Right: {', '.join(counts)}.", ""]
        lines += [f"| submission | what it tries | must get | {' | '.join(GRADERS.values())} |", "|---" * 6 + "|"]
        for name in chosen:
            texts = [given[column].get(name, NOT_TRIED) for column in GRADERS]
            cells = [text if text in (must[name], NOT_TRIED) else f"**{text}**" for text in texts]
            shown = name.replace("_", " ") + (" (two)" if name in SUBMISSIONS_OF_TWO else "")
            tries = everybody()[name].tries.replace("|", "\\|")
            lines.append(f"| {shown} | {tries} | {must[name]} | {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
