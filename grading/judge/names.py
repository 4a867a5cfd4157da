"""Which global names a cell reads, and which it sets, told from its text."""

import ast
import functools
import re
import symtable

from IPython.core.inputtransformer2 import TransformerManager

WORD = re.compile(r"[^\W\d]\w*")
SYNTAX = (SyntaxError, ValueError, RecursionError)
remembered = functools.lru_cache(maxsize=1000)  # a class's submissions hold the same cells of the course's
COMPREHENSIONS = ("listcomp", "setcomp", "dictcomp", "genexpr")


@remembered
def names_used(source: str) -> set[str]:
    """The global names that a cell reads, in functions too; every word of it if it is no Python."""
    try:
        table = symtable.symtable(_python(source), "cell", "exec")
    except SYNTAX:
        return set(WORD.findall(source))
    top = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    return top | _globals_of(table)


@remembered
def names_read_first(source: str) -> set[str]:
    """Those of the names which a cell reads that it does not itself set before; every word if it is no Python."""
    try:
        python = _python(source)
        flow = _Flow()
        flow.visit(ast.parse(python))
        in_functions = _globals_of(symtable.symtable(python, "cell", "exec"), with_comprehensions=False)
    except SYNTAX:
        return set(WORD.findall(source))
    return flow.needed | in_functions - flow.set  # a function runs later, when all of them are set


@remembered
def names_in_strings(source: str) -> set[str]:
    """The strings in a test that are names: it may look them up in globals()."""
    constants = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    return {value for value in constants if isinstance(value, str) and value.isidentifier()}


@remembered
def names_set(source: str) -> set[str]:
    """The global names that a cell gives a value."""
    try:
        python = _python(source)
        tree, table = ast.parse(python), symtable.symtable(python, "cell", "exec")
    except SYNTAX:
        return set(WORD.findall(source))
    names = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported() or s.is_namespace()}
    return names | {name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names}


class _Flow(ast.NodeVisitor):
    """Reads a cell's own statements in the order in which they run, without what is inside of functions.

    needed: names that are read before they are surely set. set: names that are surely set at the end.
    """

    def __init__(self) -> None:
        self.needed: set[str] = set()
        self.set: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self.set.add(node.id)
        elif node.id not in self.set:
            self.needed.add(node.id)

    def visit_Assign(self, node: ast.Assign) -> None:
        self._in_order(node.value, *node.targets)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._in_order(node.value, node.target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name) and node.target.id not in self.set:
            self.needed.add(node.target.id)
        self._in_order(node.value, node.target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._in_order(node.value, node.target)

    def visit_For(self, node: ast.For) -> None:
        self._in_order(node.iter)
        self._apart([node.target, *node.body])
        self._apart(node.orelse)

    def visit_While(self, node: ast.While | ast.If) -> None:
        self._in_order(node.test)
        ways = self._apart(node.body), self._apart(node.orelse)
        self.set |= set.intersection(*ways)  # what is set either way

    visit_If = visit_While

    def visit_Try(self, node: ast.Try) -> None:
        ways = [self._apart([*node.body, *node.orelse]), *(self._apart([handler]) for handler in node.handlers)]
        self.set |= set.intersection(*ways)
        self._in_order(*node.finalbody)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        self.set |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}

    visit_ImportFrom = visit_Import

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self.set |= {node.name} - {None}
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        defaults = [default for default in (*node.args.defaults, *node.args.kw_defaults) if default is not None]
        self._in_order(*node.decorator_list, *defaults)
        self.set.add(node.name)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._in_order(*(default for default in (*node.args.defaults, *node.args.kw_defaults) if default is not None))

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._in_order(*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords))
        self._apart(node.body)
        self.set.add(node.name)

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        parts = []
        for generator in node.generators:
            parts += [generator.iter, generator.target, *generator.ifs]
        self._apart([*parts, *((node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,))])

    visit_SetComp = visit_GeneratorExp = visit_DictComp = visit_ListComp

    def _in_order(self, *nodes: ast.AST | None) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node)

    def _apart(self, nodes: list[ast.AST]) -> set[str]:
        """What may not run, or has names of its own: those are not surely set behind it. Returns what it sets."""
        before = set(self.set)
        self._in_order(*nodes)
        inside, self.set = self.set, before
        return inside


def _globals_of(table: symtable.SymbolTable, with_comprehensions: bool = True) -> set[str]:
    """The global names that functions and classes in a cell read, and comprehensions, which run at once."""
    used, tables = set(), list(table.get_children())
    while tables:
        table = tables.pop()
        if table.get_name() in COMPREHENSIONS and not with_comprehensions:
            used |= _globals_of(table, with_comprehensions)
            continue
        used |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced() and symbol.is_global()}
        used |= _globals_of(table)
    return used


def _python(source: str) -> str:
    """A cell without IPython's own syntax, which most have none of, and which is slow to look for."""
    try:
        ast.parse(source)
        return source
    except SYNTAX:
        return TransformerManager().transform_cell(source)
