"""One notebook, judged: the student's cells there, the tests here."""

import ast
import contextlib
import io
import linecache
import re
import sys
import traceback
import types
import warnings
from typing import Any

from grading.judge.job import CodeCell, Role
from grading.judge.needed import names_in_strings, names_used, needed_cells
from grading.judge.session import SessionOver, StudentSession

BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
OUTPUT_CHARS = 20_000


class NotebookJudge:
    """Judges one notebook.

    session: the student's process. cells: the notebook's code cells, in their order.

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

    def outputs(self) -> list[list[dict]]:
        """The outputs of each code cell."""
        run, outputs = needed_cells(self.cells), []
        for cell, is_needed in zip(self.cells, run):
            try:
                outputs.append(self._cell(cell) if is_needed else [])
            except SessionOver as error:
                self.session.faults.append(f"Cell {cell.name}: {error}")
                outputs.append([error_output("NotRun", str(error))])
        return outputs

    def _cell(self, cell: CodeCell) -> list[dict]:
        if cell.role == Role.TEST:
            return self._test(cell)
        outputs = self.session.run(cell.name, cell.source)
        if cell.role == Role.LOCKED:
            before = set(self.namespace)
            outputs = self._execute(cell)
            self.locked_names |= set(self.namespace) - before
            self.locked_uses |= names_used(cell.source)
        return outputs

    def _test(self, cell: CodeCell) -> list[dict]:
        names = names_used(cell.source) | names_in_strings(cell.source) | self.locked_uses
        names -= self.locked_names
        names = sorted(name for name in names if not name.startswith("__"))
        provided = [str(module) for module in self.namespace.get("PROVIDED", ())]
        with self.session.test(names, provided, self._is_in_hidden_lines) as values:
            for name in names:
                self.namespace.pop(name, None)  # an earlier test's variable is not the student's
            self.namespace.update(values)
            return self._execute(cell)

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
                exec(compile(tree, filename, "exec"), self.namespace)
                if last is not None:  # nbgrader reads a number that a test ends in as partial credit
                    value = eval(compile(ast.Expression(last.value), filename, "eval"), self.namespace)
        except Exception as error:
            outputs.append(self._error(error))
        finally:
            sys.modules["__main__"] = main_before
        if text := printed.getvalue()[:OUTPUT_CHARS]:
            outputs.insert(0, {"output_type": "stream", "name": "stdout", "text": text})
        if value is not None and not outputs[1:]:
            data = {"text/plain": repr(value)[:OUTPUT_CHARS]}
            outputs.append({"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1})
        return outputs

    def _error(self, error: Exception) -> dict:
        """An error of a test, with the line it came from, unless that is a hidden one."""
        text = str(error)[:OUTPUT_CHARS]
        lines = []
        for frame in traceback.extract_tb(error.__traceback__):
            if frame.filename in self._hidden_lines:
                is_hidden = any(frame.lineno in hidden for hidden in self._hidden_lines[frame.filename])
                lines.append("a hidden test" if is_hidden else f"line {frame.lineno}: {frame.line}")
        return error_output(type(error).__name__, text, [*dict.fromkeys(lines[:1])])

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
    return {
        "output_type": "error",
        "ename": name,
        "evalue": text,
        "traceback": [*(where or []), f"{name}: {text}"],
    }
