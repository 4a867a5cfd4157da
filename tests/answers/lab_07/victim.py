"""Exercise 4: who is preempted."""

from answers import Answer, right, wrong


def _victim(body: str) -> str:
    return "def victim(running):\n" + "".join(f"    {line}\n" for line in body.split("\n"))


def _wrongs(answers: dict[str, tuple[str, str]]) -> list[Answer]:
    return [wrong("victim", name, message, _victim(body)) for name, (body, message) in answers.items()]


VICTIM = [
    right("victim", "unpacked", _victim("*_, (request_id, _, _, _) = running\nreturn request_id")),
    right("victim", "by its length", _victim("return running[len(running) - 1][0]")),
    right("victim", "reversed", _victim("return next(reversed(running))[0]")),
    right("victim", "a loop", _victim("for request in running:\n    last = request[0]\nreturn last")),
    right("victim", "numpy's str", _victim("return np.str_(running[-1][0])")),
    right("victim", "pop from a copy", _victim("return list(running).pop()[0]")),
    *_wrongs(
        {
            "the first": ("return running[0][0]", "the request that came first is preempted"),
            "the last but one": ("return running[-2][0]", "the last but one"),
            "the second": ("return running[1][0]", "the second request"),
            "the most left": ("return max(running, key=lambda r: r[1] - r[2])[0]", "the most tokens left"),
            "the least left": ("return min(running, key=lambda r: r[1] - r[2])[0]", "the fewest tokens left"),
            "the longest": ("return max(running, key=lambda r: r[1])[0]", "the longest request"),
            "the most blocks": ("return max(running, key=lambda r: r[3])[0]", "the one with the most blocks"),
            "the shortest": ("return min(running, key=lambda r: r[1])[0]", "the shortest request"),
            "the fewest blocks": ("return min(running, key=lambda r: r[3])[0]", "the one with the fewest blocks"),
            "the least computed": ("return min(running, key=lambda r: r[2])[0]", "the shortest request"),
            "the smallest id": ("return min(running)[0]", "the smallest id"),
            "the largest id": ("return max(running)[0]", "the largest id"),
            "the whole request": ("return running[-1]", "the whole request is returned"),
            "its place": ("return len(running) - 1", "its numbers, is returned"),
            "its tokens": ("return running[-1][1]", "its numbers, is returned"),
            "popped": ("return running.pop()[0]", "changed a list in place"),
            "the fourth": ("return running[3][0]", "is right for the visible examples, but wrong for"),
            "hard-coded": ("return 'm' if running[0][0] == 'k' else 'h'", "is right for the visible examples, but"),
            "printed": ("print(running[-1][0])", "returned None"),
            "left as it was": ("raise NotImplementedError()", "not written yet"),
        }
    ),
]
