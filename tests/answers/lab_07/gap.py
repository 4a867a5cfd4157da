"""Exercise 5: the longest pause between two tokens."""

from answers import Answer, right, wrong

ENDS = (
    "ends = [sum(seconds_per_step[:i + 1]) for i in range(len(seconds_per_step))]\n"
    "mine = [i for i, plan in enumerate(plan_of_steps) if request_id in [name for name, _ in plan]]\n"
)
GAPS = ENDS + "gaps = [ends[b] - ends[a] for a, b in zip(mine, mine[1:])] or [0]\n"


def _gap(body: str) -> str:
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return f"def longest_gap(plan_of_steps, request_id, seconds_per_step):\n{lines}"


def _sums(first: str, last: str) -> str:
    """The largest sum of seconds from `first` to `last`, for two places a and b of the request."""
    return (
        ENDS
        + f"gaps = [sum(seconds_per_step[{first}:{last}]) for a, b in zip(mine, mine[1:])] or [0]\nreturn max(gaps)"
    )


def _wrongs(answers: dict[str, tuple[str, str]]) -> list[Answer]:
    return [wrong("longest_gap", name, message, _gap(body)) for name, (body, message) in answers.items()]


LONGEST_GAP = [
    right("longest_gap", "the ends subtracted", _gap(GAPS + "return max(gaps)")),
    right("longest_gap", "the seconds added up", _gap(_sums("a + 1", "b + 1"))),
    right(
        "longest_gap",
        "numpy",
        _gap(
            "has = np.array([request_id in dict(plan) for plan in plan_of_steps], dtype=bool)\n"
            "return np.diff(np.cumsum(seconds_per_step)[has]).max(initial=0)"
        ),
    ),
    right(
        "longest_gap",
        "a loop over the time",
        _gap(
            "now, last, longest = 0.0, None, 0.0\n"
            "for plan, seconds in zip(plan_of_steps, seconds_per_step):\n"
            "    now += seconds\n"
            "    if any(name == request_id for name, tokens in plan):\n"
            "        if last is not None and now - last > longest:\n            longest = now - last\n"
            "        last = now\n"
            "return np.float32(longest)"
        ),
    ),
    right(
        "longest_gap",
        "recursion from the first token on",
        """
        def longest_gap(plan_of_steps, request_id, seconds_per_step):
            mine = [i for i, plan in enumerate(plan_of_steps) if request_id in dict(plan)]
            if len(mine) < 2:
                return 0
            one = sum(seconds_per_step[mine[0] + 1 : mine[1] + 1])
            rest = slice(mine[0] + 1, None)
            return max(one, longest_gap(plan_of_steps[rest], request_id, seconds_per_step[rest]))
    """,
    ),
    *_wrongs(
        {
            "the mean": (GAPS + "return sum(gaps) / len(gaps)", "the mean of the gaps"),
            "all gaps": (GAPS + "return sum(gaps)", "all gaps together"),
            "the shortest": (GAPS + "return min(gaps)", "the shortest gap"),
            "the last": (GAPS + "return gaps[-1]", "the last gap"),
            "the first": (GAPS + "return gaps[0]", "the first gap"),
            "its own steps": (
                ENDS + "return max([seconds_per_step[i] for i in mine])",
                "not the steps between them",
            ),
            "its own steps, but the first": (
                ENDS + "return max([seconds_per_step[i] for i in mine[1:]], default=0)",
                "not the steps between them",
            ),
            "from start to start": (_sums("a", "b"), "from the start of one step to the start of the next"),
            "both steps": (_sums("a", "b + 1"), "the step of the earlier token is in the gap"),
            "only between": (_sums("a + 1", "b"), "the step that makes the later token is left out"),
            "only between, and before": (
                "gap = longest = 0\n"
                "for plan, seconds in zip(plan_of_steps, seconds_per_step):\n"
                "    if request_id in dict(plan):\n        longest, gap = max(longest, gap), 0\n"
                "    else:\n        gap += seconds\n"
                "return longest",
                "the step that makes the later token is left out",
            ),
            "an id among pairs": (
                "ends = np.cumsum(seconds_per_step)\n"
                "mine = [end for end, plan in zip(ends, plan_of_steps) if request_id in plan]\n"
                "return max(np.diff(mine), default=0)",
                "a plan holds pairs, not ids",
            ),
            "the first pair": (
                "ends = np.cumsum(seconds_per_step)\n"
                "mine = [end for end, plan in zip(ends, plan_of_steps) if plan and plan[0][0] == request_id]\n"
                "return max(np.diff(mine), default=0)",
                "only the first pair of each plan",
            ),
            "the time to the first token": (
                ENDS + "gaps = [e - s for s, e in zip([0, *(ends[i] for i in mine)], [ends[i] for i in mine])]\n"
                "return max(gaps)",
                "the time to the first token counts as a gap",
            ),
            "the time after the last token": (
                ENDS + "mine = [*mine, len(ends) - 1]\nreturn max([ends[b] - ends[a] for a, b in zip(mine, mine[1:])])",
                "the time after the last token",
            ),
            "before and after": (
                ENDS + "marks = [0, *(ends[i] for i in mine), ends[-1]]\n"
                "return max(b - a for a, b in zip(marks, marks[1:]))",
                "the time before the first token, or after the last",
            ),
            "never set back": (
                "now = longest = 0.0\n"
                "for plan, seconds in zip(plan_of_steps, seconds_per_step):\n"
                "    now += seconds\n    if request_id in dict(plan):\n        longest = max(longest, now)\n"
                "return longest",
                "never set back",
            ),
            "steps": (
                ENDS + "return max([b - a for a, b in zip(mine, mine[1:])], default=0)",
                "steps are counted, not seconds",
            ),
            "the longest step": ("return max(seconds_per_step)", "the longest step of all"),
            "a part of the id": (
                "ends = np.cumsum(seconds_per_step)\n"
                "mine = [i for i, plan in enumerate(plan_of_steps) if any(request_id in name for name, _ in plan)]\n"
                "return max([float(ends[b] - ends[a]) for a, b in zip(mine, mine[1:])], default=0)",
                "whose id begins or ends alike",
            ),
            "steps without it": (
                ENDS + "return sum(s for i, s in enumerate(seconds_per_step) if i not in mine)",
                "all steps without the request",
            ),
            "number times the last": (
                ENDS + "return max([(b - a) * seconds_per_step[b] for a, b in zip(mine, mine[1:])], default=0)",
                "multiplied by the last one's time",
            ),
            "number times the first": (
                ENDS + "return max([(b - a) * seconds_per_step[0] for a, b in zip(mine, mine[1:])], default=0)",
                "as long as the first one",
            ),
            "number times the mean": (
                ENDS + "mean = sum(seconds_per_step) / len(seconds_per_step)\n"
                "return max([(b - a) * mean for a, b in zip(mine, mine[1:])], default=0)",
                "with the mean of all steps",
            ),
            "tokens of work": (
                "seconds_per_step = [sum(n for _, n in plan) for plan in plan_of_steps]\n" + GAPS + "return max(gaps)",
                "tokens of work",
            ),
            "milliseconds": (GAPS + "return 1000 * max(gaps)", "in milliseconds"),
            "differences of durations": (
                ENDS + "return max([seconds_per_step[b] - seconds_per_step[a] for a, b in zip(mine, mine[1:])],"
                " default=0)",
                "durations are subtracted",
            ),
            "whole seconds": (GAPS + "return int(max(gaps))", "is right for the visible examples, but wrong for"),
            "two tokens at least": (
                ENDS + "return max(ends[b] - ends[a] for a, b in zip(mine, mine[1:]))",
                "with fewer than two tokens there is no gap",
            ),
            "in place": (
                "for i in range(1, len(seconds_per_step)):\n    seconds_per_step[i] += seconds_per_step[i - 1]\n"
                "mine = [s for plan, s in zip(plan_of_steps, seconds_per_step) if request_id in dict(plan)]\n"
                "return max([b - a for a, b in zip(mine, mine[1:])], default=0)",
                "changed a list in place",
            ),
            "all gaps in a list": (GAPS + "return gaps", "a list; a number"),
            "printed": (GAPS + "print(max(gaps))", "returned None"),
            "left as it was": ("raise NotImplementedError()", "not written yet"),
        }
    ),
]
