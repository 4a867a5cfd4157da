"""The facts of an invented class of 60, as the report gathers them from a graded one."""

import random
from collections import Counter
from datetime import datetime, timedelta

from grading.report.facts import NOT_TRIED, PARTLY, RIGHT, WAITS, WRONG, Exercise, Facts, Lab

NAMES = "ada ben cleo dev eva finn gül hugo ines jun kofi lena mateo nora omar priya quinn rosa sven uma".split()
STUDENTS = [f"{name}-{number}" for number in (1, 2, 3) for name in NAMES]
DUE = datetime(2026, 11, 3, 23, 59)
LABS = {
    "lab-01-kv-cache-speedup": {
        "work_without_cache": ["the prompt is forgotten, but every step reads it."],
        "work_with_cache": ["the last token is not fed: engines do stop there, right after their last sample."],
        "attention_step": ["the new token does not attend to itself.", "the scores are divided by d."],
        "generate_with_cache": ["the last token is not fed: engines stop there, but our rule counts it."],
        "chat_turn": ["the turn does not continue from the cache that it is given.", "A <b>bold</b> cause."],
    },
    "lab-02-kv-memory-calculator": {
        "kv_bytes_per_token": ["the factor 2 is missing: K is counted, V is not."],
        "kv_bytes_with_windows": ["your kv_bytes_per_token does not pass its own test yet, if this function calls it."],
        "max_concurrent_sequences": ["card and weights are divided separately.", "the result is rounded up."],
        "requests_that_fit": ["tokens are counted, not blocks."],
    },
    "lab-03-sampling-basics": {
        "softmax": ["exp overflows to inf, because the maximum is not subtracted."],
        "top_p_mask": ["the token that crosses p is dropped."],
        "sample": ["the temperature comes after top-p."],
    },
    "lab-04-prefill-vs-decode": {
        "ridge_point": ["the fraction is upside down: this is bytes per FLOP."],
        "regime": ["a strict >, while at the ridge itself the result is True."],
        "lever_speedup": ["each lever alone is right, but all together come out below 2x."],
    },
}  # fmt: skip


def invented_class() -> Facts:
    """57 graded submissions, and three that are not."""
    dice = random.Random(6)
    labs = []
    for name, causes in LABS.items():
        exercises = [Exercise(f"correct_{title}", title, 5, {title: title}, False) for title in causes]
        exercises.append(Exercise("whiteboard", "board", 4, {"board": "board"}, True))
        labs.append(Lab(name, exercises, 5 * len(causes) + 4))
    facts = Facts("phase-00-foundations", labs, sum(lab.most for lab in labs), DUE, with_names=True)
    facts.num_students, facts.num_handed_in = 63, 60
    graded, (broken, renamed, empty) = STUDENTS[:57], STUDENTS[57:]
    facts.ungraded["A notebook cannot be read."].add(f"{broken} (lab-02-kv-memory-calculator.ipynb)")
    facts.ungraded["No notebook has the name of a lab."].add(f"{renamed} (lab-01 (1).ipynb)")
    facts.ungraded["It contains no notebook."].add(f"{empty} (answers.docx)")
    for student in graded:
        skill, sum_of_points = dice.random(), 0
        for lab in labs:
            points = sum(_answer(facts, lab, exercise, student, skill, dice) for exercise in lab.exercises)
            lab.points.append(points)
            sum_of_points += points
        facts.points.append(sum_of_points)
        facts.times.append((DUE + timedelta(days=dice.gauss(-0.6, 1.2) - 2 * skill), sum_of_points))
    for lab, what, where, who in (
        (0, "The answer's cell ran out of time.", {"attention step": None}, "ines-1"),
        (2, "The lab is untouched: its answers are as they were handed out.", {}, "ben-2"),
        (3, "The answer's cell did not run: SyntaxError.", {"regime": None}, "mateo-3"),
    ):
        group = facts.troubles[labs[lab].name][what]
        group.add(who)
        group.where.update(where)
    return facts


def _answer(facts: Facts, lab: Lab, exercise: Exercise, student: str, skill: float, dice: random.Random) -> float:
    """Add one answer to the facts, and return its points."""
    luck = dice.random()
    if exercise.is_by_hand:
        state = WAITS if luck < skill else NOT_TRIED
        if state == WAITS:
            facts.by_hand[lab.name].add(student)
    else:
        state = RIGHT if luck < 0.35 + 0.6 * skill else PARTLY if luck > 0.98 else NOT_TRIED if luck > 0.93 else WRONG
    exercise.states[state] += 1
    if state in (WRONG, PARTLY):
        cause = dice.choice(LABS[lab.name][exercise.cell])
        exercise.causes[cause].add(student, cause)
    return Counter({RIGHT: 5, PARTLY: 2})[state]
