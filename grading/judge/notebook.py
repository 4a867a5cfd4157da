"""One notebook, judged: the student's cells there, the tests here."""

import ast
import builtins
import contextlib
import io
import linecache
import re
import sys
import traceback
import types
import warnings
from collections.abc import Callable
from typing import Any

from grading.judge.censor import censored
from grading.judge.clock import TestTooLong, at_most
from grading.judge.job import CodeCell, Role
from grading.judge.names import names_in_strings, names_set, names_used
from grading.judge.needed import needed_cells
from grading.judge.session import GRACE_S, SessionOver, StudentSession, printable
from labkit.advice import advice
from labkit.failure import CheckFailed

BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
OUTPUT_CHARS = 20_000


class NotebookJudge:
    """Judges one notebook.

    session: the student's process. cells: the notebook's code cells, in their order.

    First all of the student's cells run, and at each test their process is kept as it is there; then the tests run,
    each against its own. So no cell runs after a test that could show what hidden tests have asked.

    The judge's own namespace holds what the locked cells set; nothing of the student's replaces any of it.
    """

    def __init__(self, session: StudentSession, cells: list[CodeCell]) -> None:
        self.session, self.cells = session, cells
        # Functions that the cells define name their module, and pickle or a dataclass may look it up.
        self.module = types.ModuleType("__main__")
        self.namespace = self.module.__dict__
        self.locked_names: set[str] = set()
        self.locked_uses: set[str] = set()
        self._hidden_lines: dict[str, list[range]] = {}
        self._kept: dict[str, int] = {}  # by test: the number of the student's process as it was there

    def outputs(self) -> list[list[dict]]:
        """The outputs of each code cell."""
        needed = needed_cells(self.cells)
        outputs = [self._unless_over(self._run, cell) if run else [] for cell, run in zip(self.cells, needed)]
        self.session.begin_tests()
        for index, cell in enumerate(self.cells):
            if cell.role in (Role.TEST, Role.LOCKED):
                outputs[index] = self._unless_over(self._judge, cell)
        return outputs

    def _unless_over(self, step: Callable[[CodeCell], list[dict]], cell: CodeCell) -> list[dict]:
        try:
            return step(cell)
        except SessionOver as error:
            self.session.faults.append(f"Cell {cell.name}: {error}")
            return [error_output("NotRun", str(error))]

    def _run(self, cell: CodeCell) -> list[dict]:
        """In the student's process."""
        if cell.role != Role.TEST:
            return self.session.run(cell.name, cell.source)
        self._kept[cell.name] = self.session.keep()
        return []

    def _judge(self, cell: CodeCell) -> list[dict]:
        """In this one."""
        if cell.role == Role.TEST:
            return self._test(cell)
        before = set(self.namespace)
        outputs = self._execute(cell)
        # By the text, too: a test may have put a name of the student's there before.
        self.locked_names |= set(self.namespace) - before | names_set(cell.source)
        self.locked_uses |= names_used(cell.source) | names_in_strings(cell.source)
        return outputs

    def _test(self, cell: CodeCell) -> list[dict]:
        if cell.name not in self._kept:
            raise SessionOver("The notebook's time limit was reached before this test.")
        names = names_used(cell.source) | names_in_strings(cell.source) | self.locked_uses
        names -= self.locked_names
        # A builtin stays what it is: under a student's abs or isinstance any answer may be right.
        names = sorted(name for name in names if not name.startswith("__") and not hasattr(builtins, name))
        with self.session.test(self._kept[cell.name], names, self._provided(), self._is_in_hidden_lines) as values:
            for name in names:
                self.namespace.pop(name, None)  # an earlier test's variable is not the student's
            self.namespace.update(values)
            return self._execute(cell)

    def _provided(self) -> list[str]:
        """The engine's modules that an answer may call, as the locked cells and the lab packages they import say."""
        locked = {name: self.namespace[name] for name in self.locked_names & set(self.namespace)}
        modules = [thing for thing in locked.values() if isinstance(thing, types.ModuleType)]
        named = [locked.get("PROVIDED", ()), *(vars(module).get("PROVIDED", ()) for module in modules)]
        return sorted({str(module) for names in named for module in names})

    def _execute(self, cell: CodeCell) -> list[dict]:
        """Run one of the instructor's cells here."""
        filename = f"<cell {cell.name}>"
        linecache.cache[filename] = (len(cell.source), None, cell.source.splitlines(keepends=True), filename)
        self._hidden_lines[filename] = hidden_lines(cell.source)
        printed, outputs, value = io.StringIO(), [], None
        main_before = sys.modules.get("__main__")
        sys.modules["__main__"] = self.module
        try:
            tree = ast.parse(cell.source, filename)
            last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
            with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed), warnings.catch_warnings():
                with at_most(2 * self.session.limits.cell_seconds + 3 * GRACE_S):
                    exec(compile(tree, filename, "exec"), self.namespace)
                    if last is not None:  # nbgrader reads a number that a test ends in as partial credit
                        value = eval(compile(ast.Expression(last.value), filename, "eval"), self.namespace)
        except (Exception, TestTooLong) as error:
            outputs.append(self._error(error))
        finally:
            sys.modules["__main__"] = main_before
        if text := printed.getvalue()[:OUTPUT_CHARS]:
            outputs.insert(0, {"output_type": "stream", "name": "stdout", "text": printable(text)})
        if value is not None and not outputs[1:]:
            data = {"text/plain": printable(repr(value)[:OUTPUT_CHARS])}
            outputs.append({"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1})
        return outputs

    def _error(self, error: BaseException) -> dict:
        """An error of a test: labkit's messages alone; others with the line they came from, unless that is hidden."""
        lines, is_from_hidden = [], False
        for frame in traceback.extract_tb(error.__traceback__):
            if frame.filename in self._hidden_lines:
                is_hidden = any(frame.lineno in hidden for hidden in self._hidden_lines[frame.filename])
                lines.append("a hidden test" if is_hidden else f"line {frame.lineno}: {frame.line}")
                is_from_hidden = is_from_hidden or is_hidden
        if (advised := advice(error)) is not None:
            error = CheckFailed(advised.what, advised.cause, advised.step)  # not advised.where: a line of the test
        text = str(error)[:OUTPUT_CHARS]
        if is_from_hidden:
            text = censored(text, self.session.hidden_answers)
        output = error_output(type(error).__name__, text, [*dict.fromkeys(lines[:1])])
        if hasattr(error, "_render_traceback_"):  # as IPython shows it
            output["traceback"] = output["evalue"].splitlines()
        return output

    def _is_in_hidden_lines(self) -> bool:
        """Whether the call that is going on was made by a hidden line of a test."""
        frame: Any = sys._getframe(1)
        while frame is not None:
            for hidden in self._hidden_lines.get(frame.f_code.co_filename, ()):
                if frame.f_lineno in hidden:
                    return True
            frame = frame.f_back
        return False


def hidden_lines(source: str) -> list[range]:
    """The line numbers, from 1, between the marks of hidden tests."""
    found, start = [], None
    for number, line in enumerate(source.splitlines(), start=1):
        if re.match(rf"\s*{BEGIN_HIDDEN}", line):
            start = number
        elif re.match(rf"\s*{END_HIDDEN}", line) and start is not None:
            found.append(range(start, number + 1))
            start = None
    return found


def error_output(name: str, text: str, where: list[str] | None = None) -> dict:
    text = printable(text)
    return {
        "output_type": "error",
        "ename": name,
        "evalue": text,
        "traceback": [*(where or []), f"{name}: {text}"],
    }
