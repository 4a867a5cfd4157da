"""How the answers of lab 04 are written down: most are one expression behind a `def` line."""

from answers import Answer, right, wrong

AGREES_WITH_EVERYTHING = "type('All', (float,), {'__eq__': lambda a, b: True, '__le__': lambda a, b: True})(7)"


class OneLiners:
    """Answers to an exercise that is one function, and one expression in it."""

    def __init__(self, exercise: str, arguments: str) -> None:
        self.exercise, self.arguments = exercise, arguments

    def code(self, expression: str) -> str:
        needed = "import math\n\n" if "math." in expression else ""
        return f"{needed}def {self.exercise}({self.arguments}):\n    return {expression}\n"

    def rights(self, answers: dict[str, str]) -> list[Answer]:
        """answers: name -> expression."""
        return [right(self.exercise, name, self.code(expression)) for name, expression in answers.items()]

    def wrongs(self, answers: dict[str, tuple[str, str]]) -> list[Answer]:
        """answers: name -> (expression, part of the message)."""
        return [
            wrong(self.exercise, name, message, self.code(expression))
            for name, (expression, message) in answers.items()
        ]

    def unfinished(self, expression: str, said: str = "returned") -> list[Answer]:
        """Mistakes that can be made with any function. expression: a right one. said: what stands before a number."""
        return [
            *self.wrongs(
                {
                    "None": ("None", "returned None"),
                    "text": (f"str({expression})", "a str; a number"),
                    "a list": (f"[{expression}]", "a list; a number"),
                    "a tuple": (f"({expression},)", "a tuple; a number"),
                    "an array": (f"np.array([{expression}])", "an ndarray; a number"),
                    "True": ("True", "a bool; a number"),
                    "agrees with everything": (AGREES_WITH_EVERYTHING, f"{said} 7"),
                    "not a number": ("float('nan')", "nan, which is not a finite number"),
                    "infinite": ("float('inf')", "inf, which is not a finite number"),
                    "zero": ("0", f"{said} 0"),
                    "raises": ("1 / 0", "raised ZeroDivisionError"),
                }
            ),
            wrong(
                self.exercise,
                "prints instead of returning",
                "returned None",
                self.code(expression).replace("return ", "print(").rstrip() + ")",
            ),
            wrong(
                self.exercise,
                "left as it was",
                "not written yet",
                f"def {self.exercise}({self.arguments}):\n    raise NotImplementedError()\n",
            ),
        ]
