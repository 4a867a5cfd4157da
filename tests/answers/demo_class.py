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
        "counts something else",
        _mistakes(
            ("lab-01", "work_with_cache", "last token not fed"),
            ("lab-02", "kv_bytes_per_token", "query heads"),
            ("lab-05", "num_tokens_to_compute", "everything again"),
            ("lab-06", "num_blocks", "slots"),
            ("lab-07", "static_steps", "sum for max"),
            ("lab-08", "tokens_computed", "tokens, not blocks"),
        ),
    ),
    Student(
        "dev",
        "the edges",
        _mistakes(
            ("lab-03", "top_p_mask", "crossing token dropped"),
            ("lab-04", "critical_batch_size", "floor"),
            ("lab-05", "finish_reason", "length first"),
            ("lab-06", "slot", "index and offset swapped"),
            ("lab-07", "victim", "the first"),
            ("lab-08", "num_cached_tokens", "a prompt cached whole"),
        ),
    ),
    Student(
        "eva",
        "a part is missing",
        _mistakes(
            ("lab-01", "attention_step", "no scale"),
            ("lab-01", "generate_with_cache", "prompt never written"),
            ("lab-04", "regime", "share: percent"),
            ("lab-05", "engine_step", "advances by 1"),
            ("lab-06", "gather", "the last block whole"),
            ("lab-07", "schedule", "no blocks"),
            ("lab-08", "block_hashes", "the block alone"),
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
            ("lab-05", "is_sampled", "hard-coded"),
            ("lab-06", "num_blocks", "hard-coded"),
            ("lab-07", "victim", "hard-coded"),
            ("lab-08", "eviction_order", "hard-coded"),
        ),
    ),
)
