"""Submissions that break, do not end, or cannot be read."""

# ruff: noqa: E501 (programs in strings)

from attack_register import answer, but, own_cell, robust

STUBBORN = """
import signal
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
"""


@robust(is_endless=True)
def an_endless_cell(nb):
    """A cell without end that ignores signals and catches every exception."""
    own_cell(nb, STUBBORN + "while True:\n    try:\n        while True: pass\n    except BaseException: pass")


@robust(is_endless=True)
def a_cell_that_sleeps(nb):
    own_cell(nb, "import time\ntry:\n    time.sleep(1000)\nexcept BaseException:\n    time.sleep(1000)")


@robust(solved=but("total"), earns=but("total"), is_endless=True)
def an_endless_answer(nb):
    """A function without end that ignores signals and catches every exception."""
    code = STUBBORN.strip().replace("\n", "\n    ")
    answer(
        nb,
        total=f"def total(numbers):\n    {code}\n    while True:\n        try:\n            while True: pass\n"
        "        except BaseException: pass",
    )


@robust(solved=but("total"), earns=but("total"), is_endless=True)
def an_endless_answer_in_c(nb):
    """A function without end inside one call of C code."""
    answer(nb, total="def total(numbers):\n    return len(10 ** 10 ** 9 * 3 ** 10 ** 8 * [])")


@robust(solved=but("run"), earns=but("run"), is_endless=True)
def endless_questions(nb):
    """A function that asks the judge's model again and again, and never returns."""
    own_cell(nb, STUBBORN)
    answer(nb, run="def run(model, numbers):\n    while True:\n        model.step(1)")


@robust(solved=but("softmax"), earns=but("softmax"))
def recursion_without_end(nb):
    own_cell(nb, "import sys\nsys.setrecursionlimit(10**9)\ndef deeper():\n    return deeper()\ndeeper()")
    answer(nb, softmax="def softmax(scores):\n    return softmax(scores)")


@robust()
def a_segfault(nb):
    """A cell that ends its process by a bad address."""
    own_cell(nb, "import ctypes\nctypes.string_at(1)")


@robust(solved=but("total"), earns=but("total"))
def a_segfault_in_an_answer(nb):
    answer(nb, total="import ctypes\ndef total(numbers):\n    return ctypes.string_at(1)")


@robust()
def a_flood_of_processes_that_sleep(nb):
    """Forks until it is refused; the children sleep, and leave no process for the tests."""
    own_cell(
        nb,
        "import os, time\nwhile True:\n    try:\n        pid = os.fork()\n    except OSError:\n        break\n"
        "    if pid == 0:\n        time.sleep(60)\n        os._exit(0)",
    )


@robust()
def a_flood_of_prints(nb):
    """1 GB in small prints."""
    own_cell(nb, "line = 'x' * 99\nfor _ in range(10**7): print(line)")


@robust()
def one_long_line(nb):
    """A line of 20 MB, as output, as a result and as an error."""
    own_cell(nb, "print('y' * 20_000_000)\nraise ValueError('y' * 20_000_000)")
    own_cell(nb, "'y' * 20_000_000")


@robust()
def writes_to_descriptors(nb):
    """os.write to descriptors 1 and 2, without end for as long as the time lasts."""
    own_cell(nb, "import os\nfor _ in range(20_000):\n    os.write(1, b'x' * 4096)\n    os.write(2, b'x' * 4096)")


@robust()
def ten_thousand_displays(nb):
    own_cell(nb, "from IPython.display import HTML\nfor number in range(10_000): display(HTML('<b>x</b>'))")


@robust()
def a_picture_too_large(nb):
    own_cell(
        nb,
        "import matplotlib.pyplot as plt\nplt.figure(figsize=(30, 30))\nplt.imshow(np.random.rand(2500, 2500))\nplt.show()",
    )


@robust()
def threads_left_running(nb):
    own_cell(
        nb,
        "import threading, time\ndef busy():\n    while True: time.sleep(0.01)\n"
        "for _ in range(20): threading.Thread(target=busy).start()",
    )


@robust()
def lone_surrogates(nb):
    """Text that is no Unicode, printed, raised and shown."""
    own_cell(nb, "print('\\ud800')\n'\\udfff'")
    own_cell(nb, "raise ValueError('\\ud800')")


@robust(solved=but("total"), earns=but("total"))
def surrogates_from_an_answer(nb):
    """An answer whose value and error are no Unicode."""
    answer(nb, total="def total(numbers):\n    return '\\ud800'")


@robust()
def closes_the_pipes(nb):
    """All file descriptors closed in a cell, which the judge never hears the end of."""
    own_cell(nb, "import os\nos.closerange(0, 256)", before="run")
