"""Exercises 1 and 2: static batches and continuous batching."""

from answers import Answer, right, wrong

SEATS = "busy = [0] * max_num_seqs\nfor n in output_lens:\n    i = busy.index(min(busy))\n    busy[i] += n\n"
WALK = (
    "running, waiting, steps = [], list(output_lens), 0\n"
    "while running or waiting:\n"
    "    while waiting and len(running) < max_num_seqs:\n"
    "        running.append(waiting.pop(0))\n"
    "    running = [n - 1 for n in running if n > 1]\n"
    "    steps += 1\n"
    "return steps"
)
BATCHES = "batches = [output_lens[i:i + batch_size] for i in range(0, len(output_lens), batch_size)]\n"


def _function(name: str, argument: str, body: str) -> str:
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    needed = "import math\n\n" if "math." in body else ""
    return f"{needed}def {name}(output_lens, {argument}):\n{lines}"


def _static(body: str) -> str:
    return _function("static_steps", "batch_size", body)


def _continuous(body: str) -> str:
    return _function("continuous_steps", "max_num_seqs", body)


def _wrongs(exercise: str, code, answers: dict[str, tuple[str, str]]) -> list[Answer]:
    return [wrong(exercise, name, message, code(body)) for name, (body, message) in answers.items()]


STATIC_STEPS = [
    right("static_steps", "a loop", _static(BATCHES + "n = 0\nfor b in batches:\n    n += max(b)\nreturn n")),
    right(
        "static_steps",
        "numpy, padded",
        _static(
            "lens = np.array(output_lens + [0] * (-len(output_lens) % batch_size), dtype=int)\n"
            "return lens.reshape(-1, batch_size).max(axis=1).sum() if len(lens) else np.int64(0)"
        ),
    ),
    right(
        "static_steps",
        "recursion",
        _static(
            "if not output_lens:\n    return 0\n"
            "return max(output_lens[:batch_size]) + static_steps(output_lens[batch_size:], batch_size)"
        ),
    ),
    right(
        "static_steps",
        "a step at a time",
        _static(
            "steps, waiting, running = 0, list(output_lens), []\n"
            "while waiting or running:\n"
            "    if not running:\n        running, waiting = waiting[:batch_size], waiting[batch_size:]\n"
            "    steps += 1\n    running = [n - 1 for n in running if n > 1]\n"
            "return steps"
        ),
    ),
    right(
        "static_steps",
        "an iterator in batches",
        _static(
            "from itertools import islice\n"
            "rest, steps = iter(output_lens), 0\n"
            "while batch := tuple(islice(rest, batch_size)):\n    steps += max(batch)\n"
            "return steps"
        ),
    ),
    *_wrongs(
        "static_steps",
        _static,
        {
            "sum for max": ("return sum(output_lens)", "as if one request ran at a time"),
            "the shortest": (BATCHES + "return sum(map(min, batches))", "ends with its shortest request"),
            "the first of each batch": ("return sum(output_lens[::batch_size])", "ends with its first request"),
            "the last of each batch": (BATCHES + "return sum(b[-1] for b in batches)", "ends with its last request"),
            "the last batch dropped": (
                "full = len(output_lens) // batch_size\n"
                "return sum(max(output_lens[i * batch_size:(i + 1) * batch_size]) for i in range(full))",
                "the last batch is not full, and is not counted",
            ),
            "the longest of all": (
                "return max(output_lens, default=0) * math.ceil(len(output_lens) / batch_size)",
                "as long as the longest request of all",
            ),
            "the longest of all, full batches": (
                "return max(output_lens, default=0) * (len(output_lens) // batch_size)",
                "multiplied by the number of full batches",
            ),
            "the longest alone": ("return max(output_lens, default=0)", "only the longest request of all"),
            "sorted, short first": (
                "lens = sorted(output_lens)\n"
                "return sum(max(lens[i:i + batch_size]) for i in range(0, len(lens), batch_size))",
                "sorted first",
            ),
            "sorted, long first": (
                "return sum(sorted(output_lens, reverse=True)[::batch_size])",
                "sorted first",
            ),
            "batches counted": ("return math.ceil(len(output_lens) / batch_size)", "the batches are counted"),
            "perfect packing": ("return math.ceil(sum(output_lens) / batch_size)", "as if no seat ever stayed empty"),
            "perfect packing, rounded down": (
                "return sum(output_lens) // batch_size",
                "as if no seat ever stayed empty",
            ),
            "the mean": (
                BATCHES + "return sum(round(sum(b) / len(b)) for b in batches)",
                "the mean of its requests",
            ),
            "batch_size batches": (
                "n = math.ceil(len(output_lens) / batch_size) or 1\n"
                "return sum(max(output_lens[i:i + n]) for i in range(0, len(output_lens), n))",
                "used as the number of batches",
            ),
            "dealt out": (
                "return sum(max(output_lens[i::batch_size], default=0) for i in range(batch_size))",
                "every batch_size-th request",
            ),
            "one step more": (BATCHES + "return sum(max(b) + 1 for b in batches)", "one step too many"),
            "one step less": (BATCHES + "return sum(max(b) - 1 for b in batches)", "one step too few"),
            "places": (BATCHES + "return batch_size * sum(map(max, batches))", "the places are counted"),
            "the first batch alone": ("return max(output_lens[:batch_size], default=0)", "only the first batch"),
            "the last batch alone": (BATCHES + "return max(batches[-1]) if batches else 0", "only the last batch"),
            "one after the other in a batch": (
                BATCHES + "return max(map(sum, batches), default=0)",
                "one after the other, and batches side by side",
            ),
            "a batch from every request": (
                "return sum(max(output_lens[i:i + batch_size]) for i in range(len(output_lens)))",
                "a new batch begins at every request",
            ),
            "continuous": (SEATS.replace("max_num_seqs", "batch_size") + "return max(busy)", "continuous batching"),
            "max of nothing": (
                "return max(output_lens[:batch_size]) + static_steps(output_lens[batch_size:], batch_size) "
                "if len(output_lens) > batch_size else max(output_lens)",
                "max() or min() gets an empty list",
            ),
            "in place": (
                "steps = 0\nwhile output_lens:\n    steps += max(output_lens[:batch_size])\n"
                "    del output_lens[:batch_size]\nreturn steps",
                "changed a list in place",
            ),
            "two at a time": (
                "batch_size = batch_size if batch_size in (1, 8) else 2\n" + BATCHES + "return sum(map(max, batches))",
                "is right for the visible examples, but wrong for",
            ),
            "a float": (BATCHES + "return float(sum(map(max, batches)))", "a float; a whole number"),
            "the steps of each batch": (BATCHES + "return [max(b) for b in batches]", "a list; a whole number"),
            "printed": (BATCHES + "print(sum(map(max, batches)))", "returned None"),
            "left as it was": ("raise NotImplementedError()", "not written yet"),
        },
    ),
]

CONTINUOUS_STEPS = [
    right("continuous_steps", "seat by seat", _continuous(SEATS + "return max(busy)")),
    right("continuous_steps", "a step at a time", _continuous(WALK)),
    right(
        "continuous_steps",
        "a heap",
        "import heapq\n\n"
        + _continuous(
            "seats = [0] * max_num_seqs\nend = 0\nfor n in output_lens:\n    free = heapq.heappop(seats)\n"
            "    heapq.heappush(seats, free + n)\n    end = max(end, free + n)\nreturn end"
        ),
    ),
    right(
        "continuous_steps",
        "numpy",
        _continuous(
            "seats = np.zeros(max_num_seqs, dtype=np.int32)\nfor n in output_lens:\n    seats[seats.argmin()] += n\n"
            "return seats.max()"
        ),
    ),
    right(
        "continuous_steps",
        "recursion over sorted seats",
        """
        def continuous_steps(output_lens, max_num_seqs, seats=None):
            first, *others = sorted(seats or [0] * max_num_seqs)
            if not output_lens:
                return max([first, *others])
            return continuous_steps(output_lens[1:], max_num_seqs, [first + output_lens[0], *others])
    """,
    ),
    right(
        "continuous_steps",
        "jumps to the next end",
        _continuous(
            "running, waiting, steps = [], list(output_lens), 0\n"
            "while running or waiting:\n"
            "    free = max_num_seqs - len(running)\n"
            "    running, waiting = running + waiting[:free], waiting[free:]\n"
            "    jump = min(running)\n"
            "    running, steps = [n - jump for n in running if n > jump], steps + jump\n"
            "return steps"
        ),
    ),
    *_wrongs(
        "continuous_steps",
        _continuous,
        {
            "static": (
                "return sum(max(output_lens[i:i + max_num_seqs]) for i in range(0, len(output_lens), max_num_seqs))",
                "these are static batches",
            ),
            "perfect packing": ("return math.ceil(sum(output_lens) / max_num_seqs)", "could use two seats at once"),
            "perfect packing, rounded down": ("return sum(output_lens) // max_num_seqs", "could use two seats at once"),
            "the best possible": (
                "return max(max(output_lens, default=0), math.ceil(sum(output_lens) / max_num_seqs))",
                "as if the longest request came first",
            ),
            "long first": (
                SEATS.replace("in output_lens", "in sorted(output_lens)[::-1]") + "return max(busy)",
                "as if the longest request came first",
            ),
            "short first": (
                SEATS.replace("in output_lens", "in sorted(output_lens)") + "return max(busy)",
                "sorted first",
            ),
            "last first": (
                SEATS.replace("in output_lens", "in output_lens[::-1]") + "return max(busy)",
                "the last request comes first",
            ),
            "dealt out": (
                "return max(sum(output_lens[i::max_num_seqs]) for i in range(max_num_seqs))",
                "dealt out in turn",
            ),
            "all added up": ("return sum(output_lens)", "everything runs on one seat"),
            "the busiest seat": (SEATS.replace("min(", "max(") + "return max(busy)", "everything runs on one seat"),
            "the longest alone": ("return max(output_lens, default=0)", "as if no request had to wait"),
            "the end of the last": (
                "end = 0\n" + SEATS + "    end = busy[i]\nreturn end",
                "when the last request ends",
            ),
            "the first idle seat": (SEATS + "return min(busy)", "when the first seat has nothing left"),
            "all seats added up": (SEATS + "return sum(busy)", "everything runs on one seat"),
            "an empty step between": (
                "busy = [0] * max_num_seqs\nfor k, n in enumerate(output_lens):\n    i = busy.index(min(busy))\n"
                "    busy[i] += n + (k >= max_num_seqs)\nreturn max(busy)",
                "stays empty for one step",
            ),
            "one sits down in a step": (
                WALK.replace("    while waiting and len", "    if waiting and len"),
                "only one request may start in a step",
            ),
            "stops when nobody waits": (WALK.replace("while running or", "while"), "when no request waits any more"),
            "a step too long": (WALK.replace("if n > 1", "if n > 0"), "keeps its seat one step too long"),
            "one seat too many": (WALK.replace("< max_num_seqs", "<= max_num_seqs"), "one request too many"),
            "one seat too few": (
                WALK.replace("< max_num_seqs", "< max(1, max_num_seqs - 1)"),
                "one seat stays empty",
            ),
            "rounds": (
                "running, waiting, rounds = [], list(output_lens), 0\n"
                "while running or waiting:\n"
                "    free = max_num_seqs - len(running)\n"
                "    running, waiting = running + waiting[:free], waiting[free:]\n"
                "    running, rounds = [n - min(running) for n in running if n > min(running)], rounds + 1\n"
                "return rounds",
                "rounds or requests are counted",
            ),
            "requests": ("return len(output_lens)", "rounds or requests are counted"),
            "places": (SEATS + "return max_num_seqs * max(busy)", "the places are counted"),
            "in a row": (
                "end = 0\nfor i, n in enumerate(output_lens):\n    end = n if i < max_num_seqs else end + n\n"
                "return end",
                "when the one before it ends",
            ),
            "two seats": (SEATS.replace("max_num_seqs", "2") + "return max(busy)", "there are two seats, whatever"),
            "few seats": (
                SEATS.replace("max_num_seqs", "(max_num_seqs if max_num_seqs != 3 else 2)") + "return max(busy)",
                "is right for the visible examples, but wrong for",
            ),
            "max of nothing": (
                "ends = []\nbusy = [0] * max_num_seqs\nfor n in output_lens:\n    i = busy.index(min(busy))\n"
                "    busy[i] += n\n    ends.append(busy[i])\nreturn max(ends)",
                "max() or min() gets an empty list",
            ),
            "in place": (WALK.replace("list(output_lens)", "output_lens"), "changed a list in place"),
            "the seats": (SEATS + "return busy", "a list; a whole number"),
            "a float": (SEATS + "return max(busy) / 1", "a float; a whole number"),
            "printed": (SEATS + "print(max(busy))", "returned None"),
            "left as it was": ("raise NotImplementedError()", "not written yet"),
        },
    ),
]
