"""The class of `make demo`: six made-up students, and the mistakes that each of them makes in the labs of any phase."""

import importlib
from dataclasses import dataclass, field

from answers import Answer

Mistakes = dict[str, list[Answer]]  # by lab: "lab-01"


@dataclass(frozen=True)
class Student:
    """`mistakes` are the wrong answers among otherwise right ones; an untouched notebook has no answer."""

    name: str
    story: str
    mistakes: Mistakes = field(default_factory=dict)
    is_untouched: bool = False


def _mistakes(*named: tuple[str, str, str]) -> Mistakes:
    """Of the collected answers, those with this lab, exercise and name."""
    found: Mistakes = {}
    for lab, exercise, name in named:
        answers = importlib.import_module(f"answers.{lab.replace('-', '_')}").ANSWERS
        answer = next(answer for answer in answers if (answer.exercise, answer.name) == (exercise, name))
        found.setdefault(lab, []).append(answer)
    return found


CLASS = (
    Student("ada", "the reference"),
    Student("ben", "untouched", is_untouched=True),
    Student(
        "cleo",
        "one unit, many heads",
        _mistakes(
            ("lab-01", "work_with_cache", "last token not fed"),
            ("lab-02", "kv_bytes_per_token", "query heads"),
        ),
    ),
    Student(
        "dev",
        "the edges",
        _mistakes(
            ("lab-03", "top_p_mask", "crossing token dropped"),
            ("lab-04", "critical_batch_size", "floor"),
        ),
    ),
    Student(
        "eva",
        "no scale, no prompt, percent",
        _mistakes(
            ("lab-01", "attention_step", "no scale"),
            ("lab-01", "generate_with_cache", "prompt never written"),
            ("lab-04", "regime", "share: percent"),
        ),
    ),
    Student(
        "finn",
        "hard-coded",
        _mistakes(
            ("lab-01", "work_without_cache", "hard-coded"),
            ("lab-02", "max_concurrent_sequences", "hard-coded"),
            ("lab-03", "softmax", "hard-coded"),
            ("lab-04", "ridge_point", "hard-coded"),
        ),
    ),
)
