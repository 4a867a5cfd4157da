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

from grade_attacks import SUBMISSIONS, GradedAttacks  # isort: skip (it makes the others importable)
from course_of_attacks import ASSIGNMENT, POINTS, CourseOfAttacks  # isort: skip

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
INTRO = """# Attacks and their scores

Made by `python tests/grading/attacks/against_stock.py`. Each row is a submission from `tests/grading/attacks` to a
course with six exercises and {most:g} points. "Must get" is the score of its honest part. "Stock" is nbgrader 0.9.6
without this course's configuration, one submission at a time; "not tried": it would have put the machine at risk.
"""
KINDS = {
    "score": "Attacks on the score",
    "host": "Attacks on the machine",
    "robustness": "Broken submissions",
    "honest": "Honest submissions of unusual form",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--only", nargs="+", default=list(SUBMISSIONS), metavar="NAME", help="grade only these, keep the other rows"
    )
    parser.add_argument("--table", type=Path, default=REPOSITORY / "docs" / "attacks.md", help="default: %(default)s")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        graded = GradedAttacks(Path(folder) / "ours", args.only)
        ours = {name: total(graded.points(name)) for name in args.only}
        stock = by_stock(Path(folder) / "stock", args.only)
    known_ours, known_stock = read_table(args.table)
    ours, stock = known_ours | ours, known_stock | stock
    args.table.write_text(table([name for name in SUBMISSIONS if name in ours], ours, stock))
    wrong = [name for name in args.only if ours[name] != total(SUBMISSIONS[name].points)]
    print(f"{args.table} is written; this course is wrong about: {', '.join(wrong) or 'none'}.")
    return int(bool(wrong))


def total(points: dict[str, float | None]) -> str:
    return "not graded" if None in points.values() else f"{sum(points.values()):g}"


def by_stock(root: Path, names: list[str]) -> dict[str, str]:
    """What stock nbgrader gives each of them."""
    CourseOfAttacks(root / "course", STOCK_CONFIG)
    bwrap = find_sandbox().bwrap

    def grade(name: str) -> str:
        if SUBMISSIONS[name].dangerous_to_host:
            return "not tried"
        place = root / name
        shutil.copytree(root / "course", place)
        course = CourseOfAttacks.__new__(CourseOfAttacks)
        course.root = place
        course.hand_in(name, SUBMISSIONS[name])
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
            return total(course.earned().get(name) or dict.fromkeys(POINTS))
        except Exception as error:  # the gradebook was not left as it was
            return f"gradebook broken ({type(error).__name__})"
        finally:
            shutil.rmtree(place, ignore_errors=True)

    with ThreadPoolExecutor(3) as pool:
        return dict(zip(names, pool.map(grade, names)))


def read_table(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """What an earlier table says this course and stock gave, by submission."""
    ours, stock = {}, {}
    for line in path.read_text().splitlines() if path.exists() else []:
        cells = [cell.strip().strip("*") for cell in line.split(" | ")]
        if line.startswith("| ") and len(cells) >= 5:
            name = cells[0].strip("| ").replace(" ", "_")
            ours[name], stock[name] = cells[-2], cells[-1].strip("| ").strip("*")
    return ours, stock


def table(names: list[str], ours: dict[str, str], stock: dict[str, str]) -> str:
    lines = [INTRO.format(most=sum(POINTS.values()))]
    for kind, title in KINDS.items():
        chosen = [name for name in names if SUBMISSIONS[name].kind == kind]
        must = {name: total(SUBMISSIONS[name].points) for name in chosen}
        fair = [sum(given[name] == must[name] for name in chosen) for given in (ours, stock)]
        tried = sum(stock[name] != "not tried" for name in chosen)
        lines += [f"## {title}", "", f"Right: this course {fair[0]} of {len(chosen)}, stock {fair[1]} of {tried}.", ""]
        lines += ["| submission | what it tries | must get | this course | stock |", "|---|---|---|---|---|"]
        for name in chosen:
            tries = SUBMISSIONS[name].tries.replace("|", "\\|")
            cells = [
                text if text == must[name] or text == "not tried" else f"**{text}**"
                for text in (ours[name], stock[name])
            ]
            lines.append(f"| {name.replace('_', ' ')} | {tries} | {must[name]} | {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
