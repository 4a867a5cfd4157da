"""Which global names a cell reads, and which it sets, told from its text."""

import ast
import functools
import symtable

from IPython.core.inputtransformer2 import TransformerManager


@functools.cache  # a lab's cells are asked about once for each of a thousand answers
def names_used(source: str) -> frozenset[str]:
    """The global names that a cell reads, in functions too; not those of earlier exercises that a failure looks at."""
    table = symtable.symtable(ast.unparse(_WithoutBuiltOn().visit(ast.parse(_python(source)))), "cell", "exec")
    used, tables = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}, [table]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        used |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced() and symbol.is_global()}
    return frozenset(used)


@functools.cache
def names_set(source: str) -> frozenset[str]:
    """The global names that a cell gives a value."""
    python = _python(source)
    table = symtable.symtable(python, "cell", "exec")
    names = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported() or s.is_namespace()}
    declared = {name for node in ast.walk(ast.parse(python)) if isinstance(node, ast.Global) for name in node.names}
    return frozenset(names | declared)


class _WithoutBuiltOn(ast.NodeTransformer):
    """Leaves out what is passed to labkit's built_on, which only adds to the message of a cell that fails."""

    def visit_Call(self, node: ast.Call) -> ast.Call:
        if isinstance(node.func, ast.Attribute) and node.func.attr == "built_on":
            node.args = []
        return self.generic_visit(node)


def _python(source: str) -> str:
    """A cell without IPython's own syntax."""
    try:
        ast.parse(source)
        return source
    except SyntaxError:
        return TransformerManager().transform_cell(source)
