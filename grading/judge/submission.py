"""Judges one submission: all of its notebooks, in one student's process."""

import contextlib

from grading.judge.course import modules_needed
from grading.judge.job import Job, Role, Verdict
from grading.judge.notebook import NotebookJudge
from grading.judge.outputs import error_output
from grading.judge.student_notebook import SessionOver, StudentNotebook
from grading.judge.student_server import StudentServer
from grading.sandbox import Limits, StudentProcess, find_sandbox
from grading.wire.channel import ChannelError


def judge(job: Job, process: StudentProcess) -> Verdict:
    """Judge a submission here and now, in a sandbox that is started already."""
    limits = Limits(**job.limits)

    def start() -> StudentProcess:
        return find_sandbox(job.unsafe_no_sandbox).start(limits, modules_needed(job))

    server = StudentServer(start, job.files, process)
    judges: dict[str, NotebookJudge] = {}
    outputs, faults, timed_out = {}, {}, {}
    try:
        # All visible parts of all notebooks come before any hidden one: what is asked there can be shown nowhere.
        for number, (name, notebook) in enumerate(job.notebooks.items()):
            with _failing_alone(name, notebook.cells, outputs, faults, server):
                judged = NotebookJudge(StudentNotebook(server, number, limits), notebook)
                judged.cells_and_visible_tests()
                judged.student.rest()
                faults[name], timed_out[name] = judged.student.faults.copy(), judged.student.timed_out.copy()
                judges[name] = judged
        for name, judged in judges.items():
            judged.hidden_tests()
            outputs[name] = judged.outputs
            tests = {cell.name for cell in judged.cells if cell.role is Role.TEST}  # a cell that runs again could tell
            timed_out[name] += [late for late in judged.student.timed_out if late in tests - {*timed_out[name]}]
    finally:
        server.close()
    return Verdict(
        {name: outputs[name] for name in job.notebooks},
        {name: found for name, found in faults.items() if found},
        {name: found for name, found in timed_out.items() if found},
        server.was_starved,
    )


@contextlib.contextmanager
def _failing_alone(name: str, cells: list, outputs: dict, faults: dict, server: StudentServer):
    """What breaks one notebook is on record for that one, and the others go on."""
    try:
        yield
    except (SessionOver, ChannelError) as error:
        outputs[name] = [[error_output("NotRun", str(error))] for _ in cells]
        faults.setdefault(name, []).append(str(error))
        server.restart()
