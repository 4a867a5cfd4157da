"""Attempts to have a message repeat something of the hidden numbers by an error, a warning, a name or a question."""

# ruff: noqa: E501 (programs in strings)

from attack_register import answer, but, own_cell, register
from leaks_in_messages import leak

leak(
    "an_error_name_that_tells",
    "root",
    "raise type(f'LEAKED{secret}', (ValueError, KeyError), {'__module__': f'LEAKED{secret}'})(secret)",
    "An error of a class named by a hidden number.",
)
leak(
    "a_note_that_tells",
    "root",
    "error = ValueError(f'LEAKED{secret}')\nerror.add_note(f'LEAKED{secret}')\n"
    "error.__cause__ = KeyError(f'LEAKED{secret}')\nraise ExceptionGroup(f'LEAKED{secret}', [error])",
    "Notes, causes and groups of errors that are made of a hidden number.",
)
leak(
    "a_source_line_that_tells",
    "scale",
    "space = {'__name__': '__main__'}\ntext = f'def LEAKED{secret}(): raise NotImplementedError({secret})'\n"
    "import linecache\nfile = f'<LEAKED{secret}>'\nlinecache.cache[file] = (len(text), None, [text], file)\n"
    "exec(compile(text, file, 'exec'), space)\nspace[f'LEAKED{secret}']()",
    "An error of a line, a file and a function that are made in the hidden call, and named by its number.",
)
leak(
    "a_function_name_that_tells",
    "total",
    "total.__name__ = total.__qualname__ = total.__doc__ = f'LEAKED{secret}'\n"
    "total.__code__ = total.__code__.replace(co_name=f'LEAKED{secret}')\nraise NotImplementedError",
    "The function given another name in the hidden call.",
)
leak(
    "a_warning_that_tells",
    "root",
    "import warnings\nwarnings.warn_explicit(f'LEAKED{secret}', type(f'LEAKED{secret}', (UserWarning,), {}), f'LEAKED{secret}', 1)\nreturn None",
    "A warning whose category, text and file are made of a hidden number.",
)
leak(
    "an_exit_that_tells",
    "draw",
    "import sys\nsys.exit(f'LEAKED{secret}')",
    "SystemExit with a text made of a hidden number.",
)
leak(
    "prints_that_tell",
    "root",
    "import os, sys\nfrom IPython.display import display\nprint(f'LEAKED{secret}', file=sys.__stdout__, flush=True)\n"
    "display(f'LEAKED{secret}')\nfor fd in range(3):\n    try: os.write(fd, f'LEAKED{secret}'.encode())\n    except OSError: pass\n"
    "sys.stdout = sys.__stdout__\nget_ipython().showtraceback()\nreturn None",
    "Printed, displayed and written to descriptors 0 to 2 in a hidden call.",
)
leak(
    "a_question_that_tells",
    "run",
    "try: getattr(model, f'LEAKED{secret}')\nexcept AttributeError as error: raise error\n",
    "An attribute of the test's model that is named by hidden numbers.",
)
leak(
    "a_call_that_tells",
    "run",
    "model.step(f'LEAKED{secret}')",
    "The test's model called with a text of hidden numbers, so that its own error names it.",
)
leak(
    "a_kwarg_that_tells",
    "run",
    "model.step(**{f'LEAKED{secret}': 1})",
    "The test's model called with a named argument that is made of hidden numbers.",
)
leak(
    "a_size_that_tells",
    "total",
    "return 'x' * (secret * 1000)",
    "An answer of as many thousand bytes as a hidden number says, more than a message may have.",
    never=r"104,?729",
)
leak(
    "a_number_that_tells",
    "total",
    "return secret * 3",
    "A wrong number made of a hidden one.",
    never=r"314,?187",
)
leak(
    "a_repr_that_tells",
    "total",
    "class Odd(int):\n    def __repr__(self): return f'LEAKED{secret}'\n    __str__ = __format__ = lambda self, *a: f'LEAKED{secret}'\nreturn Odd(3)",
    "A kind of int whose texts are made of a hidden number.",
)
leak(
    "memory_that_tells",
    "root",
    "bytearray(secret * 2**30)",
    "MemoryError, whose text says how many bytes were asked for.",
    never=r"141421|138 ?TiB|PiB",
)


@register("score", but("softmax"), but("softmax"), never=r"543656|LEAKED|\b8000000000")
def a_hidden_number_in_time(nb):
    """A process left behind by a hidden call, which writes what it saw into every pipe, in the middle of later calls."""
    own_cell(
        nb,
        "import os, stat, threading, time\ndef pipes():\n    for fd in range(3, 200):\n        try:\n"
        "            if stat.S_ISFIFO(os.fstat(fd).st_mode) or stat.S_ISSOCK(os.fstat(fd).st_mode): yield fd\n"
        "        except OSError: pass\n",
    )
    answer(
        nb,
        softmax="def softmax(scores):\n    if scores.max() > 1000 and os.fork() == 0:\n        text = f'LEAKED {scores[2] * 2}'.encode()\n"
        "        for _ in range(300):\n            for fd in pipes():\n                try: os.write(fd, text)\n                except OSError: pass\n"
        "            time.sleep(0.005)\n        os._exit(0)\n"
        "    e = np.exp(scores - scores.max())\n    return e / e.sum() if scores.max() < 1000 else np.zeros(3)",
    )
