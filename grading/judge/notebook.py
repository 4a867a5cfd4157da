"""One notebook, judged: the student's cells there, the tests here."""

import contextlib
import io
import re
import traceback

from grading.judge.clock import TestTooLong
from grading.judge.course import Code, CourseTest, course_notebook, course_test
from grading.judge.job import CodeCell, NotebookJob, Role
from grading.judge.names import names_set
from grading.judge.outputs import error_output
from grading.judge.student_notebook import SessionOver, StudentNotebook
from grading.wire.channel import ChannelError
from labkit.advice import advice
from labkit.failure import CheckFailed, HiddenFailed

HIDDEN_FAILED = "A hidden test failed."
HIDDEN_TOO_LONG = "A hidden test took too long."
HIDDEN_NOT_RUN = "A hidden test could not be run: the process of this notebook failed too often or ran out of time."
OUTPUT_CHARS = 20_000


class NotebookJudge:
    """Judges one notebook, in two phases: `cells_and_visible_tests` of all notebooks first, then `hidden_tests`.

    Nothing that the student's process says after it has been asked the first hidden question is shown to anybody.
    Of a hidden test one can learn whether it passes, fails or takes too long, and which sentence of its author's
    stands for that; see docs/grading.md.
    """

    def __init__(self, student: StudentNotebook, job: NotebookJob) -> None:
        self.student, self.cells = student, job.cells
        self.course = course_notebook(tuple(job.locked))
        self.outputs: list[list[dict]] = [[] for _ in job.cells]
        self._kept: list[int] = []  # places of the tests with a hidden part to come, each with a process kept for it
        self._with_demonstrations = False
        self._missing: set[str] = set()  # names that the student's code or a test did not find

    def cells_and_visible_tests(self) -> None:
        self._run_through(with_demonstrations=False)
        if self._needs_demonstrations():
            self.student = self.student.anew()
            self._run_through(with_demonstrations=True)

    def hidden_tests(self) -> None:
        if not self._kept:
            return
        seen = {index: self.outputs[index] for index in self._kept}
        for index in self._kept:  # until it has passed
            self.outputs[index] = [error_output("NotRun", HIDDEN_NOT_RUN)]
        with contextlib.suppress(SessionOver, ChannelError):
            self.student.resume()
            for place, index in enumerate(self._kept):
                cell = self.cells[index]
                test = course_test(cell.name, cell.source)
                found = self._hidden_test(cell, test, place)
                if found and self._needs_demonstrations():
                    self._run_again()
                    found = self._hidden_test(cell, test, place)
                self.outputs[index] = found or seen[index]
            self.student.rest()

    def _needs_demonstrations(self) -> bool:
        """Whether a name was missing that one of the course's demonstrations sets.

        Plots and measurements take most of a lab's time and count for nothing, so they are left out at first; but an
        answer may use their names.
        """
        if self._with_demonstrations:
            return False
        shown = (cell.source for cell in self.cells if cell.role == Role.DEMONSTRATION)
        return any(self._missing & names_set(source) for source in shown)

    def _run_again(self) -> None:
        """All cells once more, with the demonstrations. Hidden questions have been asked, so nothing of it is shown."""
        self._with_demonstrations = True
        self.student = self.student.anew()
        for index, cell in enumerate(self.cells):
            if cell.role != Role.TEST:
                self.student.run(cell.name, cell.source)
            elif index in self._kept:
                self.student.keep()

    def _run_through(self, with_demonstrations: bool) -> None:
        self._missing, self._kept, self._with_demonstrations = set(), [], with_demonstrations
        over = None
        for index, cell in enumerate(self.cells):
            if cell.role == Role.DEMONSTRATION and not with_demonstrations:
                continue
            if over is None:
                try:
                    self.outputs[index] = self._test(index, cell) if cell.role == Role.TEST else self._run(cell)
                    continue
                except SessionOver as error:
                    over = error
                    self.student.faults.append(f"From cell {cell.name} on: {error}")
            self.outputs[index] = [error_output("NotRun", str(over))]

    def _run(self, cell: CodeCell) -> list[dict]:
        outputs = self.student.run(cell.name, cell.source)
        for output in outputs:
            if output.get("ename") == "NameError":
                self._missing |= set(re.findall(r"'(\w+)'", output["evalue"])[:1])
        return outputs

    def _test(self, index: int, cell: CodeCell) -> list[dict]:
        test = course_test(cell.name, cell.source)
        outputs, error = self._ask(cell.name, test, test.visible, None)
        if error is None and test.whole is not None:
            self.student.keep()
            self._kept.append(index)
        return outputs if error is None else [*outputs, self._failure(error, test.visible)]

    def _hidden_test(self, cell: CodeCell, test: CourseTest, kept: int) -> list[dict]:
        """The outputs in place of the visible part's, if there are any."""
        outputs, error = self._ask(cell.name, test, test.whole, kept)
        if error is None:
            return [output for output in outputs if output["output_type"] == "execute_result"]
        if isinstance(error, HiddenFailed):
            return [_shown_as(error)]
        too_long = isinstance(error, TestTooLong) or cell.name in self.student.timed_out
        lines = [
            frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == test.whole.filename
        ]
        literal = test.whole.literal_message(lines[-1]) if lines and isinstance(error, AssertionError) else None
        if too_long:
            return [error_output("TestTooLong", HIDDEN_TOO_LONG)]
        return [error_output("AssertionError", literal or HIDDEN_FAILED)]

    def _ask(
        self, name: str, test: CourseTest, code: Code, kept: int | None
    ) -> tuple[list[dict], BaseException | None]:
        """Run a test's code here, with the student's functions. Returns what it shows, and its error."""
        names = self.course.names_of_the_students(test.names)
        printed, value, failure = io.StringIO(), None, None
        with self.student.test(name, names, self.course.provided, kept) as (values, calls), self.course.as_main():
            namespace = self.course.reset()
            namespace.update(values)
            try:
                limits = self.student.limits
                value = code.run(namespace, 2 * limits.cell_seconds + 3 * limits.grace_seconds, printed)
            except (Exception, TestTooLong) as error:
                failure = error
                if isinstance(error, NameError) and error.name in calls.too_large:
                    failure = _too_large(error.name, self.student.limits.message_bytes)
                    self.student.faults.append(f"Test {name}: {failure.what}.")
                elif isinstance(error, NameError) and error.name:
                    self._missing.add(error.name)
        self._missing |= calls.missing
        text = printed.getvalue()[:OUTPUT_CHARS]
        outputs = [{"output_type": "stream", "name": "stdout", "text": text}] if text else []
        if isinstance(value, (int, float)):
            data = {"text/plain": repr(value)}
            outputs.append({"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1})
        return outputs, failure

    def _failure(self, error: BaseException, code: Code) -> dict:
        """An error of a visible test: labkit's messages alone; others with the line that they came from."""
        frames = traceback.extract_tb(error.__traceback__)
        lines = [f"line {frame.lineno}: {frame.line}" for frame in frames if frame.filename == code.filename]
        if (advised := advice(error)) is not None:
            error = CheckFailed(advised.what, advised.cause, advised.step)  # not advised.where: a line of the test
        return _shown_as(error, lines[:1])


def _too_large(name: str, max_bytes: int) -> CheckFailed:
    return CheckFailed(
        f"{name} is too large to be tested: all values that a test uses may take {max_bytes // 2**20} MiB together",
        "a value that was meant for something else has this name",
        f"give it another name, so that {name} is what the exercise asks for",
    )


def _shown_as(error: BaseException, where: list[str] | None = None) -> dict:
    """As IPython shows it."""
    output = error_output(type(error).__name__, str(error)[:OUTPUT_CHARS], where)
    if hasattr(error, "_render_traceback_"):
        output["traceback"] = output["evalue"].splitlines()
    return output
