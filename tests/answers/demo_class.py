"""The made-up class of `make demo`: six students, and the mistakes that each of them makes."""

from dataclasses import dataclass
from types import ModuleType

from answers import Answer, lab_01, lab_02, lab_03, lab_04


@dataclass(frozen=True)
class Student:
    """`mistakes` are the wrong answers among otherwise right ones; an untouched notebook has no answer."""

    name: str
    story: str
    mistakes: tuple[Answer, ...] = ()
    is_untouched: bool = False


def _mistake(lab: ModuleType, exercise: str, name: str) -> Answer:
    return next(answer for answer in lab.ANSWERS if (answer.exercise, answer.name) == (exercise, name))


CLASS = (
    Student("ada", "the reference"),
    Student("ben", "untouched", is_untouched=True),
    Student(
        "cleo",
        "one unit, many heads",
        (
            _mistake(lab_01, "work_with_cache", "last token not fed"),
            _mistake(lab_02, "kv_bytes_per_token", "query heads"),
        ),
    ),
    Student(
        "dev",
        "the edges",
        (
            _mistake(lab_03, "top_p_mask", "crossing token dropped"),
            _mistake(lab_04, "critical_batch_size", "floor"),
        ),
    ),
    Student(
        "eva",
        "no scale, no prompt, percent",
        (
            _mistake(lab_01, "attention_step", "no scale"),
            _mistake(lab_01, "generate_with_cache", "prompt never written"),
            _mistake(lab_04, "regime", "share: percent"),
        ),
    ),
    Student(
        "finn",
        "hard-coded",
        (
            _mistake(lab_01, "work_without_cache", "hard-coded"),
            _mistake(lab_02, "max_concurrent_sequences", "hard-coded"),
            _mistake(lab_03, "softmax", "hard-coded"),
            _mistake(lab_04, "ridge_point", "hard-coded"),
        ),
    ),
)
