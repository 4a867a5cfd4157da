"""Attempts to have a hidden test's message, the log or the table repeat something of the hidden numbers."""

# ruff: noqa: E501 (programs in strings)

from attack_register import answer, but, own_cell, register
from course_of_attacks import ANSWERS

# A rare error, a status and a signal that nothing else here shows; each is chosen by a hidden number.
RARE = "StopAsyncIteration|BlockingIOError|ChildProcessError|FloatingPointError"


def leak(name: str, exercise: str, code: str, doc: str, never: str = "LEAKED", setup: str = "", **more) -> None:
    """Register an attempt: one answer is right for visible tests; for hidden ones, whose x is told, it runs `code`."""
    hidden = {
        "total": "(sum(numbers) > 1000)",
        "softmax": "(scores.max() > 1000)",
        "run": "(len(numbers) == 4)",
        "draw": "(count < 5)",
        "root": "(x > 1000)",
        "scale": "(factor > 1000)",
    }[exercise]
    x = {"total": "numbers[0]", "softmax": "int(scores.max())", "run": "449", "draw": "577", "root": "int(x)"}
    x |= {"scale": "int(factor)"}

    def change(nb):
        if setup:
            own_cell(nb, setup)
        signature, _, body = ANSWERS[exercise].partition("\n")
        code_ = code.replace("\n", "\n        ")
        answer(
            nb, **{exercise: f"{signature}\n    if {hidden}:\n        secret = {x[exercise]}\n        {code_}\n{body}"}
        )

    change.__name__, change.__doc__ = name, doc
    register("score", but(exercise), but(exercise), never=never, **more)(change)


leak(
    "an_exit_status_that_tells",
    "total",
    "import os\nos._exit(secret % 256)",
    "The process ended in a hidden call, with a status that is made of a hidden number.",
    never=r"\b25\b|\b105\b",
)
leak(
    "a_signal_that_tells",
    "root",
    "import os\nos.kill(os.getpid(), 34 + secret % 17)\nimport time; time.sleep(1)",
    "The process ended by a real-time signal that is chosen by a hidden number.",
    never=rf"\b{34 + 141421 % 17}\b",
)
for exercise_ in ("root", "scale", "run", "draw"):
    leak(
        f"a_builtin_error_that_tells_in_{exercise_}",
        exercise_,
        "raise (StopAsyncIteration, BlockingIOError, ChildProcessError, FloatingPointError)[secret % 4]('x')",
        "One of Python's own errors, chosen by a hidden number.",
        never=RARE,
    )
leak(
    "a_type_name_that_tells",
    "root",
    "return type(f'LEAKED{secret}', (), {})()",
    "An object whose type's name is made of a hidden number, for an operator's message to repeat.",
)
leak(
    "an_element_that_tells",
    "softmax",
    "return [secret * 2, secret + 1, f'LEAKED{secret}']",
    "A list whose elements are made of a hidden number, for numpy's message to show.",
    never="LEAKED|543656|271829",
)
leak(
    "an_array_that_tells",
    "softmax",
    "return np.array([secret * 2.0, secret - 1.0, 7.0])",
    "An array computed from hidden numbers, for numpy's message to show.",
    never=r"543656|271827",
)
leak(
    "characters_that_tell",
    "softmax",
    "return np.array([ord(c) - 48.0 for c in str(secret)])",
    "The digits of a hidden number, one by one, as an array.",
    never=r"2\.?\d?, +7\.?\d?, +1\.?\d?, +8",
)
leak(
    "a_shape_that_tells",
    "softmax",
    "return np.zeros((secret % 1000, 2, 1))",
    "A shape made of a hidden number, for numpy's message to show.",
    never=r"\b828\b",
)
leak(
    "a_dtype_that_tells",
    "softmax",
    "return np.zeros(3, dtype=[(f'LEAKED{secret}', 'f8')])",
    "A structured array with a field named by a hidden number.",
)
leak(
    "a_text_that_tells",
    "softmax",
    "return np.array([f'LEAKED{secret}', 'b', 'c'])",
    "An array of text made of a hidden number.",
)
leak(
    "a_key_that_tells",
    "run",
    "return {f'LEAKED{secret}': numbers}",
    "A dict with a key made of hidden numbers.",
)
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
