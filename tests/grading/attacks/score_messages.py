"""Attacks on the score by way of messages to the judge, which no function of the student's returned."""

# ruff: noqa: E501 (programs in strings)

from attack_register import all_answers, answer, but, own_cell, score_attack

# Finds the pipes to the judge: all file descriptors that are pipes.
PIPES = """
import os, json, stat, threading
def pipes():
    found = []
    for fd in range(3, 64):
        try:
            if stat.S_ISFIFO(os.fstat(fd).st_mode): found.append(fd)
        except OSError: pass
    return found
def say(message):
    line = message if isinstance(message, bytes) else json.dumps(message).encode() + b"\\n"
    for fd in pipes():
        try: os.write(fd, line)
        except OSError: pass
RETURN = {"op": "return", "v": 6, "changed": [], "borrowed": [], "warned": [], "global_rngs": [False, False]}
"""


def forging(name: str, body: str, doc: str) -> None:
    """Register an attack whose answers all run `body` before they return 0; it may use say()."""

    def change(nb):
        own_cell(nb, PIPES)
        indented = body.replace("\n", "\n    ")
        answer(nb, **{e: f"def {e}(*args):\n    {indented}\n    return 0" for e in but("root")})

    change.__name__, change.__doc__ = name, doc
    score_attack()(change)


forging("forged_return", "say(RETURN)", "The judge's pipe written to: a return message in front of the real one.")
forging(
    "forged_many_returns", "for _ in range(200): say(RETURN)", "200 answers to questions that nobody has asked yet."
)
forging(
    "forged_yours",
    "for n in range(0, 40): say({**RETURN, 'v': {'t': 'yours', 'n': n}})",
    "Answers that refer to the judge's own objects by number.",
)
forging(
    "forged_values",
    "for v in ({'t': 'dataclass', 'module': 'os', 'name': 'system', 'v': {}}, {'t': 'callable', 'n': 0, 'name': 'x'},"
    " {'t': 'object', 'n': 1, 'name': 'x'}, {'t': 'method', 'n': 0, 'name': 'step'}, {'t': 'eval'}, [], {'t': []},"
    " {'t': 'array', 'n': 'x', 'dtype': 'O', 'shape': [1], 'v': ''}, {'t': 'array', 'n': 1, 'dtype': '(9,)f8',"
    " 'shape': [-1], 'v': ''}, {'t': 'generator', 'n': 1, 'v': {'bit_generator': 'PCG64', 'state': {'state': -1,"
    " 'inc': -1}, 'has_uint32': 0, 'uinteger': 0}}, {'t': 'scalar', 'dtype': 'f8', 'v': ''}):\n"
    "    say({**RETURN, 'v': v})",
    "Values of every kind that no answer has: dataclasses, methods, arrays of objects, broken generators.",
)
forging(
    "forged_huge",
    "say(b'{\"op\":\"return\",\"v\":' + b'9' * 2**22 + b'}\\n')\nsay(b'[' * 2**20 + b'\\n')\nsay(b'x' * 2**23)",
    "A number of four million digits, a million brackets, and a line that never ends.",
)
forging(
    "forged_deep",
    "v = 6\nfor n in range(500): v = {'t': 'tuple', 'v': [v]}\nsay({**RETURN, 'v': v})\n"
    "v = 6\nfor n in range(38): v = {'t': 'tuple', 'v': [v, v]} if n < 3 else {'t': 'list', 'n': 2 * n + 1, 'v': [v]}\n"
    "say({**RETURN, 'v': {'t': 'set', 'v': [v]}})",
    "A value nested 500 deep, and a set of what cannot be in one.",
)
forging(
    "forged_no_fields",
    "for m in ({}, {'op': 'return'}, {'op': 'raise'}, {'op': 5}, {'op': 'names'}, {'op': 'get'}, {'op': 'ended'}, [], 6,"
    " {**RETURN, 'borrowed': ['mini_vllm.class', 'x.y\\n', 5, None]}, {**RETURN, 'warned': 7}, {**RETURN, 'changed': 7},"
    " {'op': 'ran', 'outputs': 5}, {'op': 'gone'}, {**RETURN, 'op': 'raise', 'type': '__class__', 'message': {}}):\n"
    "    say(m)",
    "Messages without their fields, or with fields of another type.",
)
forging(
    "forged_changes",
    "import numpy, base64\n"
    "new = {'t': 'array', 'dtype': '<f8', 'shape': [4], 'v': base64.b64encode(numpy.array([0., 2, 4, 6]).tobytes()).decode()}\n"
    "changed = [{**new, 'n': n} for n in range(0, 12)] + [{'t': 'list', 'n': n, 'v': [1, 2, 3]} for n in range(0, 12)]\n"
    "for n in range(0, 12):\n"
    "    say({**RETURN, 'v': {'t': 'yours', 'n': n}, 'changed': changed})",
    "'changed' messages that rewrite whatever the judge holds, the model included.",
)
forging(
    "forged_questions",
    "for name in ('__class__', 'seen', 'calls', '__init__', '__globals__', 'step.__globals__', 'step', 5, None, [], '_x'):\n"
    "    for n in (0, 2, 4, 6, '0', None, True, -1):\n"
    "        say({'op': 'get', 'n': n, 'name': name, 'changed': []})\n"
    "        say({'op': 'call', 'n': n, 'name': name, 'args': [[]], 'kwargs': {'__class__': 1}, 'changed': []})",
    "Questions about the judge's objects, their classes, globals and private attributes.",
)


@score_attack(solved=(), earns=())
def an_answering_thread(nb):
    """A thread, and a process that outlives its cell, answer every question before the functions do."""
    own_cell(
        nb,
        PIPES + "import time\ndef always():\n    for _ in range(400):\n        say(RETURN)\n        time.sleep(0.005)\n"
        "threading.Thread(target=always, daemon=True).start()\n"
        "if os.fork() == 0:\n    always()\n    os._exit(0)",
    )
    all_answers(nb, "0")


@score_attack(earns=())
def forged_results_of_cells(nb):
    """A cell answers for itself, and for the cells behind it, with results and outputs of its own."""
    own_cell(
        nb,
        PIPES + "for outputs in ([{'output_type': 'execute_result', 'data': {'text/plain': '9'}}],\n"
        "    [{'output_type': 'error', 'traceback': 5}], [{'output_type': 'display_data', 'data': {'image/png': '<'}}], 7,\n"
        "    [{'output_type': 'stream', 'text': '\\ud800'}]):\n"
        "    say({'op': 'ran', 'outputs': outputs})\n",
        before="test-total",
    )
    answer(nb, total="def total(numbers):\n    return 0")
