"""What became of each file, for the person who ran the command."""

from collections import Counter
from dataclasses import dataclass, field

from grading.plain_text import one_line

WHAT = ("taken", "unchanged", "superseded", "left", "not submitted")
SHOWN = 30  # students; of a larger class only those of whom there is something to say
LINES = 10  # of one student


@dataclass
class Report:
    """counts: of files, by what became of them (see WHAT). lines: what there is to say of some of them.

    has_time: whether it is known when it was handed in.
    """

    student: str
    counts: Counter = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)
    has_time: bool = True

    def add(self, what: str, file: str = "", why: str = "") -> None:
        self.counts[what] += 1
        if what == "left" and "Next step" not in why:
            why += " Next step: ask the student for the notebook itself."
        if why:
            self.lines.append(f"{what}: {file}: {why}")


def table(reports: list[Report]) -> tuple[str, Counter]:
    """The lines to show, and the counts of all together."""
    counts = sum((report.counts for report in reports), Counter())
    shown = [report for report in reports if report.lines or (len(reports) <= SHOWN and report.counts["taken"])]
    width = max((len(report.student) for report in shown), default=0)
    lines = []
    for report in sorted(shown, key=lambda report: report.student):
        lines.append(f"{report.student:<{width}}  {in_words(report.counts)}")
        more = len(report.lines) - LINES
        told = [*report.lines[:LINES], *([f"... and {more:,} more such lines."] if more > 0 else [])]
        lines += [f"{'':<{width}}    {one_line(line, 500)}" for line in told]
    return "\n".join(lines), counts


def in_words(counts: Counter) -> str:
    return ", ".join(f"{counts[what]:,} {what}" for what in WHAT if counts[what])
