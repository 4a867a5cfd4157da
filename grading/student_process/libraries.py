"""Loads what a submission needs of the course, before any code of a student's runs.

The judge names what the submission's locked cells import. Of eight labs that is one, or those of a phase: all of them
take as long to load as numpy.
"""

import contextlib
import pkgutil
from collections.abc import Iterable


def load(names: Iterable[str]) -> None:
    """Import numpy and these: modules, or what is in one. matplotlib is not among it: it takes longer than all else."""
    import numpy  # noqa: F401

    for name in names:
        with contextlib.suppress(Exception):  # the notebook that imports it will show why
            pkgutil.resolve_name(name)
