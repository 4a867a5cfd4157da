"""Attacks on the score by way of messages to the judge, which no function of the student's returned."""

# ruff: noqa: E501 (programs in strings)

from attack_register import ALL, all_answers, answer, but, own_cell, register, score_attack
from course_of_attacks import ANSWERS

# The student's process has the messages' own module, and a descriptor of the pipe: it can say whatever can be said.
PIPES = """
import json, os, stat, threading, time
import msgspec
from grading.wire import messages as m
def pipes():
    found = []
    for fd in range(3, 64):
        try:
            if stat.S_ISFIFO(os.fstat(fd).st_mode) or stat.S_ISSOCK(os.fstat(fd).st_mode): found.append(fd)
        except OSError: pass
    return found
def say(*messages):
    for message in messages:
        try: data = message if isinstance(message, bytes) else msgspec.msgpack.encode(message)
        except Exception: continue
        for fd in pipes():
            try: os.write(fd, len(data).to_bytes(4, "big") + data)
            except OSError: pass
def returned(value=6, changed=()): return m.Returned(value, list(changed), [], (False, False))
"""


def forging(name: str, body: str, doc: str) -> None:
    """Register an attack whose answers all run `body` before they return 0; it may use say() and returned()."""

    def change(nb):
        own_cell(nb, PIPES)
        indented = body.replace("\n", "\n    ")
        answer(nb, **{e: f"def {e}(*args):\n    {indented}\n    return 0" for e in but("root")})

    change.__name__, change.__doc__ = name, doc
    score_attack()(change)


forging("forged_return", "say(returned())", "The judge's pipe written to: a return message in front of the real one.")
forging("forged_many_returns", "say(*[returned()] * 200)", "200 answers to questions that nobody has asked yet.")
forging(
    "forged_same",
    "for n in range(0, 40): say(returned(m.Same(n)))",
    "Answers that refer to the judge's own objects by number.",
)
forging(
    "forged_values",
    "for v in (m.Instance('os', 'system', {}), m.Function(0, 'x'), m.Foreign(1, 'x', 'y'), m.Kept(0, 'x', 'step'), m.Kept(0), m.Theirs(0),\n"
    "        m.Array(1, 'O', [1], b''), m.Array(1, '(9,)f8', [-1], b''), m.Array(1, 'f8', [2**40, 2**40, 0], b''), m.Scalar('f8', b''),\n"
    '        m.Generator(1, \'{"bit_generator": "PCG64", "state": {"state": -1, "inc": -1}}\'), m.Generator(1, \'[\' * 10**5), m.BigInt(\'9\' * 10**7),\n'
    "        m.Group('eval', []), m.Set(5, [m.List(1, [])]), m.Dict(1, [(m.List(3, []), 6)]), m.Instance('numpy', 'ndarray', {'shape': 6})):\n"
    "    say(returned(v))",
    "Values of every kind that no answer has: dataclasses, methods, arrays of objects, broken generators.",
)
forging(
    "forged_huge",
    "say(b'\\xdd\\xff\\xff\\xff\\xff' * 2**18, b'\\x91' * 2**22)\nfor fd in pipes(): os.write(fd, b'\\xff' * 2**16)",
    "Lengths of 4 GB, a million brackets, and a message that never ends.",
)
forging(
    "forged_deep",
    "v = 6\nfor n in range(400): v = m.Group('tuple', [v])\nsay(returned(v))\n"
    "v = 6\nfor n in range(38): v = m.Group('tuple', [v, v]) if n < 3 else m.List(2 * n + 1, [v])\nsay(returned(m.Set(99, [v])))\n"
    "v = m.List(1, [6])\nfor n in range(16): v = m.List(1, [v, v])\nsay(returned(v))",
    "A value nested 400 deep, a set of what cannot be in one, and a list that is 65,536 lists.",
)
forging(
    "forged_no_fields",
    "raw = [{}, {'type': 'Returned'}, {'type': 5}, [], 6, {'type': 'Returned', 'value': 6, 'changed': 7, 'warned': [], 'drew': []},\n"
    "    {'type': 'Raised', 'kind': '__class__', 'base': 'x', 'text': {}, 'own': [1], 'changed': [], 'warned': [], 'drew': []},\n"
    "    {'type': 'Returned', 'value': {'type': ['Returned']}, 'changed': []}, {'type': 'Verdict', 'outputs': {}}]\n"
    "say(*map(msgspec.msgpack.encode, raw), m.Raised('__class__', 'type', '', ('', -1, ''), [], [('x', 'y')] * 999, (1, 2)))",
    "Messages without their fields, or with fields of another type.",
)
forging(
    "forged_changes",
    "import numpy\ndata = numpy.array([0., 2, 4, 6]).tobytes()\n"
    "changed = [m.Array(n, '<f8', [4], data) for n in range(12)] + [m.List(n, [1, 2, 3]) for n in range(12)] + [m.Dict(n, [('calls', 3)]) for n in range(12)]\n"
    "for n in range(0, 12): say(returned(m.Same(n), changed[n : n + 1]), returned(None, changed))",
    "'changed' messages that rewrite whatever the judge holds, the model included.",
)
forging(
    "forged_questions",
    "for name in ('__class__', 'seen', 'calls', '__init__', '__globals__', 'step.__globals__', 'step', None, '_x', 'step_size'):\n"
    "    for n in (0, 1, 2, -1, 2**70):\n"
    "        say(m.Question(n, name, None, {}, []), m.Question(n, name, [[]], {'__class__': 1, 'self': 2}, []), m.Question(n, name, [1] * 9, {}, [m.List(0, [1])]))",
    "Questions about the judge's objects, their classes, globals and private attributes.",
)
forging(
    "forged_ends",
    "say(m.Ended(''), m.Gone(''), m.Forked(0), m.Begun(), m.Resting(), m.Loaded(), m.Names(0, {'total': 6}), m.Ran([m.Text('6')]), returned())",
    "Every other message that a student's process can send, as the answer to a call.",
)


@register("score", ALL, ("total", "scale", "draw"), never="LEAKED")
def forged_ends_that_tell(nb):
    """A hidden number as the reason for an end, the name of an error, of a function, of a warning, as outputs of cells."""
    own_cell(nb, PIPES)
    for name, hidden in (("root", "x > 1000"), ("softmax", "scores.max() > 1000"), ("run", "len(numbers) == 4")):
        signature, _, body = ANSWERS[name].partition("\n")
        tells = (
            "t = f'LEAKED{[*locals().values()][0]}'[:99]\n        say(m.Returned(0, [], [(t, t)], (True, True)), m.Ended(t), m.Gone(t), m.Names(0, {t: t}),\n"
            "            m.Raised(t, t, t, (t, 1, t), [], [(t, t)], (True, True)), m.Ran([m.Text(t), m.Failure(t, t, [t])]))"
        )
        answer(nb, **{name: f"{signature}\n    if {hidden}:\n        {tells}\n{body}"})


@score_attack(solved=(), earns=())
def an_answering_thread(nb):
    """A thread, and a process that outlives its cell, answer every question before the functions do."""
    own_cell(
        nb,
        PIPES + "def always():\n    for _ in range(400):\n        say(returned())\n        time.sleep(0.005)\n"
        "threading.Thread(target=always, daemon=True).start()\nif os.fork() == 0:\n    always()\n    os._exit(0)",
    )
    all_answers(nb, "0")


@score_attack(earns=())
def forged_results_of_cells(nb):
    """A cell answers for itself, and for the cells behind it, with results and outputs of its own."""
    own_cell(
        nb,
        PIPES
        + "for output in (m.Text('9'), m.Failure('E', '', [5]), m.Display('', '<'), 7, m.Text('\\x1b[2J'), m.Failure('\\x1b', '9', [])):\n"
        "    say(m.Ran([output]))\n",
        before="test-total",
    )
    answer(nb, total="def total(numbers):\n    return 0")
