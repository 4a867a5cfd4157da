"""Which of the course's modules a submission needs, and loads them before any code of a student's runs.

The judge has run the course's own cells, so what it has loaded is what the submission's locked cells import. Of eight
labs that is one, or those of a phase: all of them take as long to load as numpy.
"""

import contextlib
import importlib
import sys
from collections.abc import Iterable

PACKAGES = ("labkit", "mini_vllm")


def course_modules() -> tuple[str, ...]:
    """The modules of the course that this process has loaded, each after the package that it belongs to."""
    return tuple(name for name in [*sys.modules] if name.partition(".")[0] in PACKAGES)


def load(modules: Iterable[str]) -> None:
    """Import numpy and these. matplotlib is not among it: it takes longer than all the rest."""
    import numpy  # noqa: F401

    for name in modules:
        with contextlib.suppress(Exception):  # the notebook that imports it will show why
            importlib.import_module(name)
