"""What an instructor sees at the end: points, and what went wrong for whom."""

import statistics

from grading.plain_text import few, one_line

SHOWN = 30


def table(graded: list[str], points: dict[str, float], notes: dict[str, list[str]]) -> str:
    """A row for each student if they are few, else for those only of whom there is something to say."""
    shown = graded if len(graded) <= SHOWN else []
    students = sorted({*shown, *notes})
    if not students:
        return ""
    width = max(len("student"), *(len(one_line(student)) for student in students))
    lines = [f"{'student':<{width}}  {'points':>7}  problem"]
    for student in students:
        score = f"{points.get(student, 0):7g}" if student in graded else f"{'-':>7}"
        first, *more = few(notes.get(student, ())) or [""]
        lines.append(f"{one_line(student):<{width}}  {score}  {first}".rstrip())
        lines += [f"{'':<{width}}  {'':>7}  {line}" for line in more]
    return "\n".join(lines)


def summary(graded: list[str], failed: int, skipped: int, points: dict[str, float], seconds: float) -> str:
    """One line: how many, how well, how long."""
    scores = [points.get(student, 0) for student in graded]
    parts = [f"{len(graded)} graded"]
    if scores:
        parts[0] += f" (median {statistics.median(scores):g} points, lowest {min(scores):g}, highest {max(scores):g})"
    parts += [f"{failed} not graded"] if failed else []
    parts += [f"{skipped} already graded, unchanged"] if skipped else []
    return f"{', '.join(parts)}; {seconds:.0f} s."
