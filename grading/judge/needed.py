"""Which demonstration cells have to run.

A lab's plots and measurements take most of its time, and count for nothing. But a student's answer may use a
name that one of them sets, and then it has to run, as it does in a stock autograde.
"""

from grading.judge.job import CodeCell, Role
from grading.judge.names import names_in_strings, names_read_first, names_set, names_used

# With these, code can reach any name without writing it down.
REACHES_ALL = {"eval", "exec", "globals", "locals", "vars", "get_ipython", "__main__", "user_ns", "sys", "inspect"}
LOOKS_UP = {"eval", "exec", "globals", "locals", "vars"}  # those of them that a test reads a variable with


def needed_cells(cells: list[CodeCell]) -> list[bool]:
    """For each cell, whether it has to run."""
    run = [cell.role != Role.DEMONSTRATION for cell in cells]
    wanted: set[str] = set()
    everything = False
    # A test may look up in globals() what its strings name, by itself or by a function of a locked cell.
    locked_look_up = any(names_used(cell.source) & LOOKS_UP for cell in cells if cell.role == Role.LOCKED)
    for index in reversed(range(len(cells))):
        cell = cells[index]
        if not run[index]:
            run[index] = everything or bool(names_set(cell.source) & wanted)
        if not run[index]:
            continue
        wanted |= names_read_first(cell.source)
        if cell.role == Role.STUDENT:
            everything = everything or bool(names_used(cell.source) & REACHES_ALL)
        if cell.role == Role.TEST and (locked_look_up or names_used(cell.source) & LOOKS_UP):
            wanted |= names_in_strings(cell.source)
    return run
