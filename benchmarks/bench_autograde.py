"""Time `python -m grading autograde` against stock `nbgrader autograde`, on an invented class and the course's labs.

    python benchmarks/bench_autograde.py                        ratio to stock: every lab, two rounds
    python benchmarks/bench_autograde.py --growth 10 100 1000   how time and memory grow with the class; long
    python benchmarks/bench_autograde.py --parts                where the time of a submission goes

Stock runs with nbgrader's own Execute and a configuration of its own; ours with this course's, in the sandbox. The two
take turns, so that what else the machine does meets both alike. Where root can make a cgroup (version 1), the processor
time of each and all of its children is told as well; it says more on a busy machine. It isn't a test.
"""

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from made_up_class import ASSIGNMENT, ROOT, all_labs, hand_in, make_course

NBGRADER = [sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT]
OURS = [sys.executable, "-m", "grading", "autograde", ASSIGNMENT]
STOCK_CONFIG = 'c = get_config()\nc.CourseDirectory.course_id = "mini-vllm"\n'


def main() -> None:
    example = "Example: python benchmarks/bench_autograde.py --labs lab-02-kv-memory-calculator --growth 10 100"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], epilog=example)
    parser.add_argument("--labs", nargs="+", default=all_labs(), help="names of notebooks (default: all)")
    parser.add_argument("--rounds", type=int, default=2, help="rounds, alternating between the two (default: 2)")
    parser.add_argument(
        "--stock-students", type=int, default=4, help="submissions that stock nbgrader grades per round (default: 4)"
    )
    parser.add_argument(
        "--students", type=int, default=16, help="submissions that this course grades per round (default: 16)"
    )
    parser.add_argument("--growth", nargs="+", type=int, help="class sizes to measure the scaling with")
    parser.add_argument("--parts", action="store_true", help="show how the time of a submission is spent")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder, "course")
        make_course(course, args.labs)
        print(f"{len(args.labs)} labs ({', '.join(lab[:6] for lab in args.labs)}), {os.cpu_count()} cores")
        if args.growth:
            growth(course, args.growth)
        elif args.parts:
            hand_in(course, 8)
            parts(course)
        else:
            hand_in(course, args.students)
            ratio(course, args)


def ratio(course: Path, args: argparse.Namespace) -> None:
    """Seconds a submission, the two in turns."""
    our_config = (course / "nbgrader_config.py").read_text()
    print("a submission, s:  stock   ours   ratio     processor time:  stock   ours   ratio")
    ratios = []
    for number in range(args.rounds):
        (course / "nbgrader_config.py").write_text(STOCK_CONFIG)
        pattern = f"student-000[0-{args.stock_students - 1}]"
        stock = timed([*NBGRADER, "--force", "--student", pattern], course)
        (course / "nbgrader_config.py").write_text(our_config)
        ours = timed([*OURS, "--force"], course)
        wall = stock.seconds / args.stock_students, ours.seconds / args.students
        used = stock.processor_seconds / args.stock_students, ours.processor_seconds / args.students
        ratios.append((wall[0] / wall[1], used[0] / used[1] if used[1] else float("nan")))
        row = "{:5.2f}  {:5.2f}  {:5.1f}x"
        print(
            f"round {number + 1:<9}",
            row.format(*wall, ratios[-1][0]),
            " " * 20,
            row.format(*used, ratios[-1][1]),
            flush=True,
        )
    medians = [statistics.median(column) for column in zip(*ratios)]
    print(f"median ratios: {medians[0]:.1f}x on the clock, {medians[1]:.1f}x in processor time")


def growth(course: Path, sizes: list[int]) -> None:
    """The same command on classes of several sizes."""
    print("students  seconds  a submission, s  its processor time, s  parent's peak memory, MiB")
    for size in sizes:
        subprocess.run(["rm", "-rf", course / "submitted", course / "autograded"], check=True)
        hand_in(course, size)
        ours = timed([*OURS, "--force"], course)
        row = f"{size:8}  {ours.seconds:7.0f}  {ours.seconds / size:15.2f}  {ours.processor_seconds / size:20.2f}"
        print(f"{row}  {ours.peak_kib / 1024:12.0f}", flush=True)


@dataclass(frozen=True)
class Cost:
    """peak_kib: of the process itself. processor_seconds: of all its children as well; 0 if that is not known."""

    seconds: float
    processor_seconds: float
    peak_kib: int


def timed(command: list[str], course: Path) -> Cost:
    """Run a command in the course's folder."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    group = Path(f"/sys/fs/cgroup/cpuacct/bench-autograde-{os.getpid()}")
    with contextlib.suppress(OSError):
        group.mkdir()
    started, peak = time.monotonic(), 0
    with (course / "said.txt").open("w") as said:
        process = subprocess.Popen(command, cwd=course, env=environment, stdout=said, stderr=said)
        with contextlib.suppress(OSError):  # in its first millisecond
            (group / "cgroup.procs").write_text(str(process.pid))
        while process.poll() is None:
            peak = max(peak, _peak(process.pid))
            time.sleep(0.05)
    seconds, used = time.monotonic() - started, 0.0
    with contextlib.suppress(OSError):
        used = int((group / "cpuacct.usage").read_text()) / 1e9
        group.rmdir()
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{(course / 'said.txt').read_text()[-2000:]}")
    return Cost(seconds, used, peak)


def _peak(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


def parts(course: Path) -> None:
    """Seconds of a submission's stations, one after the other, medians of the class."""
    sys.path.insert(0, str(ROOT))
    os.chdir(course)
    from grading.autograde.record import Recorder
    from grading.autograde.submissions import handed_in
    from grading.course import load_config
    from grading.judge.job import Job, NotebookJob
    from grading.judge.process import JudgeProcess

    recorder = Recorder(load_config(course, None), ASSIGNMENT)
    submissions, _ = handed_in(recorder, recorder.gradebook, recorder.labs, [], force=True)
    judge = JudgeProcess()
    judge.judge(Job({}))
    rows: dict[str, list[float]] = {}

    def clock(name: str, work: Callable, *args):
        started, used = time.perf_counter(), time.process_time()
        result = work(*args)
        rows.setdefault(name, []).append(time.perf_counter() - started)
        rows.setdefault(f"  {name}, this process's processor time", []).append(time.process_time() - used)
        return result

    for submission in submissions:
        prepared = clock("cells given back", recorder.prepare, submission)
        clock("sandbox and libraries", judge.judge, Job(dict.fromkeys(prepared.job.notebooks, NotebookJob([], []))))
        verdict = clock("all of the judging", judge.judge, prepared.job)
        clock("put on record", recorder.record, submission, prepared, verdict)
    judge.close()
    recorder.close()
    for name, seconds in rows.items():
        print(f"{name:<60}{statistics.median(seconds):7.3f}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
