"""Cells whose source breaks what reads it, and cells that break IPython. Each costs itself, no other cell."""

# ruff: noqa: E501 (programs in strings)

from attack_register import answer, but, own_cell, robust


def cell_of(name: str, source: str, doc: str) -> None:
    """Register a submission with this cell in front of all answers."""

    def change(nb):
        own_cell(nb, source)

    change.__name__, change.__doc__ = name, doc
    robust()(change)


cell_of("six_hundred_magics", "%pwd\n" * 600, "600 magics in one cell.")
cell_of("twenty_thousand_minuses", "x = " + "-" * 20_000 + "1", "20,000 unary minuses.")
cell_of("three_thousand_lambdas", "x = " + "lambda: " * 3000 + "1", "3,000 nested lambdas.")
cell_of("brackets_without_end", "x = " + "[" * 5000 + "]" * 5000, "5,000 brackets.")
cell_of(
    "calls_without_end",
    "x = " + "f(" * 90 + ")" * 90 + "\n" + "x" + ".y" * 50_000,
    "90 nested calls, 50,000 attributes.",
)
cell_of("fifty_thousand_elifs", "if 0: pass\n" + "elif 0: pass\n" * 50_000, "50,000 branches.")
cell_of("blocks_without_end", "".join(" " * i + "if 1:\n" for i in range(200)), "200 nested blocks.")
cell_of("a_number_of_a_million_digits", "x = " + "9" * 10**6, "A number of a million digits.")
cell_of(
    "bytes_that_are_no_source",
    "x = '\0'\n\x0c\x1a\ufeff\u2028\u202e",
    "NUL, form feed, the marks of byte order and direction.",
)
cell_of(
    "an_encoding_of_its_own",
    "# -*- coding: utf-7 -*-\n+AHg-=1\n# vim: set fileencoding=rot13",
    "Cells that name encodings.",
)
cell_of(
    "strings_in_strings",
    "x = " + "f'{" * 50 + "1" + "}'" * 50 + "\n" + "'" * 10_001,
    "Nested f-strings, quotes without end.",
)
cell_of("ten_thousand_functions", "".join(f"def f{i}(a={i}): return a\n" for i in range(10_000)), "10,000 functions.")
cell_of("names_of_one_megabyte", f"{'n' * 2**20} = 1\ndel {'n' * 2**20}", "A name of 1 MB.")


@robust(solved=but("total"), earns=but("total"))
def a_bomb_in_an_answer(nb):
    """An answer that cannot be compiled costs its own points."""
    answer(nb, total="def total(numbers):\n    return " + "-" * 20_000 + "sum(numbers)")


@robust(earns=())
def ipython_patched(nb):
    """The methods of IPython's shell replaced in its class: no later cell of this process runs."""
    own_cell(
        nb,
        "names = 'run_cell run_cell_async run_code run_ast_nodes transform_cell showtraceback compile'\n"
        "for name in names.split():\n    setattr(type(get_ipython()), name, lambda self, *args, **kwargs: None)",
    )


cell_of(
    "ipython_reset",
    "get_ipython().run_line_magic('reset', '-f')\nimport math\nimport numpy as np\nget_ipython = None",
    "%reset, and the setup's names imported again.",
)
cell_of(
    "no_standard_streams",
    "import sys\nsys.stdout.close()\nsys.stdout = sys.stderr = sys.stdin = sys.__stdout__ = None\nsys.displayhook = None",
    "The standard streams closed and deleted.",
)
cell_of(
    "no_trace_is_left",
    "import gc, sys, threading\nsys.excepthook = threading.excepthook = sys.unraisablehook = lambda *a: 1 / 0\ngc.set_threshold(1)\n"
    "gc.callbacks.append(lambda *a: 1 / 0)\nsys.setswitchinterval(1e-9)\nsys.tracebacklimit = 0\nsys.settrace(lambda *a: 1 / 0)",
    "Hooks of the interpreter that raise: for errors, garbage, threads, traces.",
)
cell_of(
    "text_for_the_terminal",
    "import sys\nescapes = '\\x1b]0;taken\\x07\\x1b[2J\\x1b[31m\\x9b1A\\r\\x08'\nprint(escapes)\nraise type(escapes + '\\ud800', (Exception,), {})(escapes + '\\ud800')",
    "Terminal escapes and lone surrogates, as output, as an error's name and as its text.",
)


@robust(solved=but("total", "root"), earns=but("total", "root"))
def errors_for_the_terminal(nb):
    """The same from answers: raised, returned, as the reason for which a process ended."""
    answer(
        nb,
        total="def total(numbers):\n    raise type('\\x1b[2J\\ud800', (ValueError,), {})('\\x1b]0;taken\\x07\\ud800')",
        root="import os, sys\ndef root(x):\n    sys.exit('\\x1b]0;taken\\x07\\ud800')",
    )
