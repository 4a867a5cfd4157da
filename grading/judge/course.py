"""What of a notebook is the course's own: its locked cells and its tests, made ready once for all submissions."""

import ast
import builtins
import contextlib
import functools
import io
import linecache
import re
import sys
import types
import warnings
from collections.abc import Iterator
from typing import Any

from grading.judge.clock import at_most
from grading.judge.job import CodeCell, Job, NotebookJob, Role
from grading.judge.names import names_read

BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
HIDDEN = re.compile(rf"^[^\n]*{BEGIN_HIDDEN}.*?{END_HIDDEN}[^\n]*(\n|\Z)", re.MULTILINE | re.DOTALL)
LOCKED_SECONDS = 60
MAX_KNOWN = 64  # notebooks, or tests, of which the code is kept


class CourseFailed(Exception):
    """A cell of the course's own fails here, so nobody can be judged."""


class Code:
    """A cell of the instructor's, compiled. value: its last expression, if it ends in one."""

    def __init__(self, name: str, source: str) -> None:
        self.filename, self.source = f"<cell {name}>", source
        tree = ast.parse(source, self.filename)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        self.body = compile(tree, self.filename, "exec")
        self.value = None if last is None else compile(ast.Expression(last.value), self.filename, "eval")
        self.names = names_read(self.body, *([] if self.value is None else [self.value]))

    def run(self, namespace: dict[str, Any], seconds: float, printed: io.StringIO) -> Any:
        """Its last expression's value; what it prints goes to `printed`. Errors: any; TestTooLong after `seconds`."""
        lines = self.source.splitlines(keepends=True)
        linecache.cache[self.filename] = (len(self.source), None, lines, self.filename)
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed), warnings.catch_warnings():
            with at_most(seconds):
                exec(self.body, namespace)
                # nbgrader reads a number that a test ends in as partial credit
                return None if self.value is None else eval(self.value, namespace)

    def literal_message(self, line: int) -> str | None:
        """The message of the assert statement on a line, if it is written there as it is."""
        for node in ast.walk(ast.parse(self.source)):
            if isinstance(node, ast.Assert) and node.lineno <= line <= node.end_lineno:
                if isinstance(node.msg, ast.Constant) and isinstance(node.msg.value, str):
                    return node.msg.value
        return None


class CourseTest:
    """A test cell. visible: what a student sees of it. whole: all of it, or None if nothing of it is hidden."""

    def __init__(self, name: str, source: str) -> None:
        visible = HIDDEN.sub("", source)
        self.visible = Code(name, visible)
        self.whole = Code(name, source) if visible != source else None

    @property
    def names(self) -> set[str]:
        return self.visible.names | (self.whole.names if self.whole else set())


class CourseNotebook:
    """A notebook's locked cells, run. Its namespace is what every test starts with.

    Errors: CourseFailed, if one of them raises another error than that a name of the student's is missing.
    """

    def __init__(self, locked: list[CodeCell]) -> None:
        # Functions that the cells define name their module, and pickle or a dataclass may look it up.
        self.module = types.ModuleType("__main__")
        self.uses: set[str] = set()
        with self.as_main():
            for cell in locked:
                code = Code(cell.name, cell.source)
                self.uses |= code.names
                try:
                    code.run(self.module.__dict__, LOCKED_SECONDS, io.StringIO())
                except NameError:
                    continue
                except BaseException as error:
                    raise CourseFailed(
                        f"The locked cell {cell.name} fails where the tests run: {type(error).__name__}: {error}"
                    ) from None
            self.start = dict(self.module.__dict__)
            for module in self._modules:
                with contextlib.suppress(Exception):  # the test that needs it will say so
                    vars(module).get("prepare_tests", lambda names: None)(self.start)

    def reset(self) -> dict[str, Any]:
        """The namespace as the locked cells have left it: an earlier test's variable is not the student's."""
        namespace = self.module.__dict__
        namespace.clear()
        namespace.update(self.start)
        return namespace

    def names_of_the_students(self, names: set[str]) -> list[str]:
        """Those of a test's names that it may get from the student; a builtin stays what it is."""
        wanted = (names | self.uses) - self.start.keys()
        return sorted(name for name in wanted if not name.startswith("__") and not hasattr(builtins, name))

    @functools.cached_property
    def provided(self) -> list[str]:
        """The engine's modules that an answer may call, as the locked cells and the lab packages they import say."""
        named = [self.start.get("PROVIDED", ()), *(vars(module).get("PROVIDED", ()) for module in self._modules)]
        return sorted({str(module) for names in named for module in names})

    @property
    def _modules(self) -> list[types.ModuleType]:
        return [thing for thing in self.start.values() if isinstance(thing, types.ModuleType)]

    @contextlib.contextmanager
    def as_main(self) -> Iterator[None]:
        before = sys.modules.get("__main__")
        sys.modules["__main__"] = self.module
        try:
            yield
        finally:
            sys.modules["__main__"] = before


@functools.lru_cache(MAX_KNOWN)
def course_notebook(locked: tuple[CodeCell, ...]) -> CourseNotebook:
    return CourseNotebook(list(locked))


@functools.lru_cache(MAX_KNOWN)
def course_test(name: str, source: str) -> CourseTest:
    """Errors: SyntaxError."""
    return CourseTest(name, source)


def modules_needed(job: Job) -> tuple[str, ...]:
    """What a student's process loads before any code of a student's: what the locked cells import or provide.

    What is loaded then need not be loaded for every test.
    """
    notebooks = (course_notebook(tuple(notebook.locked)) for notebook in job.notebooks.values())
    return tuple(sorted({*job.modules, *(name for notebook in notebooks for name in notebook.provided)}))


def make_ready(notebook: NotebookJob) -> None:
    """Do what is the same for every submission; forks have it then. Errors: CourseFailed."""
    course_notebook(tuple(notebook.locked))
    for cell in notebook.cells:
        if cell.role == Role.TEST:
            try:
                course_test(cell.name, cell.source)
            except SyntaxError as error:
                raise CourseFailed(f"The test {cell.name} is no Python: {error}") from None
