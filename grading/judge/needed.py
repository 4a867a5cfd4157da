"""Which demonstration cells have to run.

A lab's plots and measurements take most of its time, and count for nothing. But a student's answer may use a
name that one of them sets, and then it has to run, as it does in a stock autograde.
"""

import ast
import re
import symtable

from IPython.core.inputtransformer2 import TransformerManager

from grading.judge.job import CodeCell, Role

# With these, code can reach any name without writing it down.
REACHES_ALL = {"eval", "exec", "globals", "locals", "vars", "get_ipython", "__main__", "user_ns", "sys", "inspect"}
WORD = re.compile(r"[^\W\d]\w*")


def needed_cells(cells: list[CodeCell]) -> list[bool]:
    """For each cell, whether it has to run."""
    run = [cell.role != Role.DEMONSTRATION for cell in cells]
    wanted: set[str] = set()
    everything = False
    for index in reversed(range(len(cells))):
        cell = cells[index]
        if not run[index]:
            run[index] = everything or bool(names_set(cell.source) & wanted)
        if not run[index]:
            continue
        used = names_used(cell.source)
        wanted |= used
        if cell.role == Role.STUDENT:
            everything = everything or bool(used & REACHES_ALL)
        if cell.role == Role.TEST:
            wanted |= names_in_strings(cell.source)
    return run


def names_used(source: str) -> set[str]:
    """The global names that a cell reads, in functions too; every word of it if it is no Python."""
    try:
        table = symtable.symtable(_python(source), "cell", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return set(WORD.findall(source))
    used, tables = set(), [table]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        is_module = table.get_type() == "module"
        used |= {s.get_name() for s in table.get_symbols() if s.is_referenced() and (is_module or s.is_global())}
    return used


def names_in_strings(source: str) -> set[str]:
    """The strings in a test that are names: it may look them up in globals()."""
    constants = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    return {value for value in constants if isinstance(value, str) and value.isidentifier()}


def names_set(source: str) -> set[str]:
    """The global names that a cell gives a value."""
    try:
        tree = ast.parse(_python(source))
        table = symtable.symtable(_python(source), "cell", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return set(WORD.findall(source))
    names = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported() or s.is_namespace()}
    return names | {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}


def _python(source: str) -> str:
    return TransformerManager().transform_cell(source)
