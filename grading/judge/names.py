"""The names that a cell's code reads, sets and imports, found without running it."""

import ast
import dis
import functools
import re
import types

PACKAGES = ("labkit", "mini_vllm")
READS = ("LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS", "DELETE_NAME")
READS_BY_TEXT = {"globals", "locals", "vars", "eval", "exec", "__main__"}
MAX_KNOWN = 64  # cells of which the names are kept


def names_read(*codes: types.CodeType) -> set[str]:
    """The global names that these codes, run in this order, may look up before they have set them themselves.

    An attribute's name, or a variable that the code sets first, is none of these. Code that can look up a name by its
    text, as in globals()["name"], may look up each string in it that is a name.
    """
    found: set[str] = set()
    stored: set[str] = set()
    for code in codes:
        for step in dis.get_instructions(code):
            if isinstance(step.argval, types.CodeType):  # a function may be called from here on
                found |= names_read(step.argval) - stored
            elif step.opname in READS and step.argval not in stored:
                found.add(step.argval)
            elif step.opname == "STORE_NAME":
                stored.add(step.argval)
    texts = {word for code in codes for word in code.co_consts if isinstance(word, str) and word.isidentifier()}
    by_text = READS_BY_TEXT & (found | texts | {name for code in codes for name in code.co_names})
    return found | texts if by_text else found


@functools.lru_cache(MAX_KNOWN)
def names_set(source: str) -> frozenset[str]:
    """The global names that a cell of the course's own sets; every word of it, if it is no plain Python."""
    try:
        code = compile(source, "<cell>", "exec")
    except SyntaxError:
        return frozenset(re.findall(r"\w+", source))
    stores = (step.argval for step in dis.get_instructions(code) if step.opname in ("STORE_NAME", "STORE_GLOBAL"))
    return frozenset(stores)


@functools.lru_cache(MAX_KNOWN)
def course_imports(source: str) -> frozenset[str]:
    """What a cell imports of the course's packages: "labkit.lab_01", "mini_vllm.LLM". Errors: SyntaxError."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(name for name in found if name.partition(".")[0] in PACKAGES)
