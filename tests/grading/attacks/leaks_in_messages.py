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
