"""Times `python -m grading autograde` against stock `nbgrader autograde`, on a made-up class and the course's labs.

    python benchmarks/bench_autograde.py                        ratio to stock: every lab, two rounds
    python benchmarks/bench_autograde.py --growth 10 100 1000   how time and memory grow with the class; long
    python benchmarks/bench_autograde.py --parts                where the time of a submission goes

Stock runs with nbgrader's own Execute and a configuration of its own; ours with this course's, in the sandbox. The two
take turns, so that what else the machine does meets both alike. It isn't a test.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from made_up_class import ASSIGNMENT, ROOT, all_labs, hand_in, make_course

NBGRADER = [sys.executable, "-m", "nbgrader", "autograde", ASSIGNMENT]
OURS = [sys.executable, "-m", "grading", "autograde", ASSIGNMENT]
STOCK_CONFIG = 'c = get_config()\nc.CourseDirectory.course_id = "mini-vllm"\n'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--labs", nargs="+", default=all_labs(), help="names of notebooks (default: all)")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--stock-students", type=int, default=4, help="of them stock grades so many a round")
    parser.add_argument("--students", type=int, default=16, help="and ours so many")
    parser.add_argument("--growth", nargs="+", type=int, help="sizes of classes")
    parser.add_argument("--parts", action="store_true")
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
    some = [f"student-{number:04}" for number in range(args.stock_students)]
    print("round  stock, s  ours, s  ratio     (a submission)")
    ratios = []
    for number in range(args.rounds):
        (course / "nbgrader_config.py").write_text(STOCK_CONFIG)
        pattern = f"student-000[0-{len(some) - 1}]"
        stock, _ = timed([*NBGRADER, "--force", "--student", pattern], course)
        (course / "nbgrader_config.py").write_text(our_config)
        ours, _ = timed([*OURS, "--force"], course)
        per_submission = stock / len(some), ours / args.students
        ratios.append(per_submission[0] / per_submission[1])
        print(f"{number + 1:5}  {per_submission[0]:8.2f}  {per_submission[1]:7.2f}  {ratios[-1]:4.1f}x")
    print(f"median ratio {statistics.median(ratios):.1f}x")


def growth(course: Path, sizes: list[int]) -> None:
    """The same command on classes of several sizes."""
    print("students  seconds  a submission, s  parent's peak memory, MiB")
    for size in sizes:
        subprocess.run(["rm", "-rf", course / "submitted", course / "autograded"], check=True)
        hand_in(course, size)
        seconds, peak_kib = timed([*OURS, "--force"], course)
        print(f"{size:8}  {seconds:7.0f}  {seconds / size:15.2f}  {peak_kib / 1024:12.0f}", flush=True)


def timed(command: list[str], course: Path) -> tuple[float, int]:
    """Seconds, and the peak memory of the process itself in KiB."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    started, peak = time.monotonic(), 0
    with (course / "said.txt").open("w") as said:
        process = subprocess.Popen(command, cwd=course, env=environment, stdout=said, stderr=said)
        while process.poll() is None:
            peak = max(peak, _peak(process.pid))
            time.sleep(0.05)
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{(course / 'said.txt').read_text()[-2000:]}")
    return time.monotonic() - started, peak


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
    from grading.autograde.command import Recorder, load_config, select
    from grading.judge.job import Job
    from grading.judge.server import JudgeServer

    recorder = Recorder(load_config(course, None), ASSIGNMENT)
    submissions, _ = select(recorder, [], force=True)
    server = JudgeServer()
    server.judge(Job({}))
    rows: dict[str, list[float]] = {}

    def clock(name: str, work: Callable, *args):
        started, used = time.perf_counter(), time.process_time()
        result = work(*args)
        rows.setdefault(name, []).append(time.perf_counter() - started)
        rows.setdefault(f"  {name}, this process's processor time", []).append(time.process_time() - used)
        return result

    for submission in submissions:
        prepared = clock("cells given back", recorder.prepare, submission)
        clock("sandbox and libraries", server.judge, Job(dict.fromkeys(prepared.job.notebooks, [])))
        verdict = clock("all of the judging", server.judge, prepared.job)
        clock("put on record", recorder.record, submission, prepared, verdict)
    server.close()
    for name, seconds in rows.items():
        print(f"{name:<60}{statistics.median(seconds):7.3f}")


if __name__ == "__main__":
    main()
