"""More honest submissions, each beside an attack that looks like it."""

# ruff: noqa: E501 (programs in strings)

from attack_register import answer, honest, own_cell
from course_of_attacks import ANSWERS


@honest()
def a_buffer_used_again(nb):
    """Returns the same array of its own each time, and changes what it has returned before."""
    answer(
        nb,
        softmax="buffer = np.empty(3)\nearlier = []\ndef softmax(scores):\n    for array in earlier: array[:] = -1\n"
        "    np.exp(scores - scores.max(), out=buffer)\n    buffer[:] = buffer / buffer.sum()\n    result = buffer.copy()\n"
        "    earlier.append(result)\n    return result",
        draw="kept = {}\ndef draw(rng, count):\n    out = kept.setdefault(count, np.empty(count, dtype=int))\n"
        "    out[:] = rng.integers(0, 100, size=count)\n    return out",
    )


@honest()
def returns_its_argument(nb):
    """The list that was passed, changed in place and returned."""
    answer(nb, run="def run(model, numbers):\n    numbers[:] = [model.step(n) for n in numbers]\n    return numbers")


@honest()
def files_between_cells(nb):
    """Writes a file in one cell, reads it in the next and in an answer; removes another."""
    own_cell(
        nb,
        "import json, pathlib, tempfile\njson.dump({'zero': 0}, open('own.json', 'w'))\nnp.save('own.npy', np.zeros(3))",
    )
    own_cell(nb, "loaded = json.load(open('own.json'))\npathlib.Path('gone').touch()\npathlib.Path('gone').unlink()")
    answer(
        nb,
        total="def total(numbers):\n    with tempfile.NamedTemporaryFile('w+') as file:\n"
        "        file.write('\\n'.join(map(str, numbers)))\n        file.seek(0)\n"
        "        return sum(map(int, file)) + loaded['zero'] + json.load(open('own.json'))['zero']",
        softmax="def softmax(scores):\n    e = np.exp(scores - scores.max()) + np.load('own.npy')\n    return e / e.sum()",
    )


@honest()
def warns_in_its_own_way(nb):
    """A category of its own, a filter set to error and put back, numpy's errstate, a DeprecationWarning."""
    answer(
        nb,
        softmax="import warnings\nclass Mind(UserWarning): pass\ndef softmax(scores):\n    warnings.warn('mind', Mind)\n"
        "    with np.errstate(all='raise'), warnings.catch_warnings():\n        warnings.simplefilter('error')\n"
        "        e = np.exp(np.clip(scores - scores.max(), -700, 0))\n    return e / e.sum()",
        root="def root(x):\n    warnings.warn_explicit('old', DeprecationWarning, 'own.py', 1)\n    if x < 0:\n"
        "        raise ValueError('negative') from KeyError('x')\n    return x ** 0.5",
    )


@honest()
def threads_in_a_function(nb):
    """Threads that take parts of the work, a lock, a queue, and one that is left waiting."""
    answer(
        nb,
        total="import queue, threading\ndef total(numbers):\n    done, lock, results = queue.Queue(), threading.Lock(), []\n"
        "    def add(part):\n        with lock: results.append(sum(part))\n        done.put(1)\n"
        "    for start in (0, 1): threading.Thread(target=add, args=(numbers[start::2],)).start()\n"
        "    threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
        "    for _ in range(2): done.get()\n    return sum(results)",
        run="def run(model, numbers):\n    results = []\n"
        "    worker = threading.Thread(target=lambda: results.extend(model.step(n) for n in numbers))\n"
        "    worker.start()\n    worker.join()\n    return results",
    )


@honest()
def three_hundred_cells(nb):
    """300 short cells of the student's own, between all others."""
    for number in range(300):
        own_cell(nb, f"x{number} = {number} + {f'x{number - 1}' if number else 0}", before=[*ANSWERS][number // 50])


@honest()
def uses_the_demonstration_in_a_call(nb):
    """Names that only the course's ungraded cell sets, looked up by a function inside a function, and by globals()."""
    answer(
        nb,
        total="def offset():\n    return shown_total - sum(EXAMPLE)\ndef total(numbers):\n    return sum(numbers) + offset()",
        root="def root(x):\n    if x < 0:\n        raise ValueError\n    return x ** 0.5 + globals()['shown_total'] - 6",
    )


@honest()
def names_of_the_demonstration_of_ones_own(nb):
    """EXAMPLE and shown_total, set by the student to something else, before and after the course's cell."""
    answer(
        nb,
        total="EXAMPLE, shown_total = [], 0\ndef total(numbers):\n    return sum(numbers) + sum(EXAMPLE) + shown_total",
    )


@honest()
def arrays_of_other_layouts(nb):
    """Big-endian, longdouble, read-only, strided, Fortran order, of a kind of ndarray."""
    answer(
        nb,
        softmax="def softmax(scores):\n    e = np.exp(scores - scores.max())\n    made = np.repeat(e / e.sum(), 2).astype('>f8')[::2]\n"
        "    made.flags.writeable = False\n    return made",
        draw="def draw(rng, count):\n    return rng.integers(0, 100, size=count).astype('>i4').view(np.ndarray)",
        root="def root(x):\n    if x < 0:\n        raise ValueError\n    return np.sqrt(np.longdouble(x))",
        scale="def scale(array, factor):\n    np.multiply(array[::-1], factor, out=array[::-1])",
    )


@honest()
def many_calls_of_the_model(nb):
    """The model asked by name, by attribute, in a comprehension and through partial, with an error of its own caught."""
    answer(
        nb,
        run="import functools\ndef run(model, numbers):\n    try:\n        model.walk(1)\n    except AttributeError:\n        pass\n"
        "    step = functools.partial(getattr(model, 'step'))\n    return [step(number=n) if n % 2 else step(n) for n in numbers]",
    )


@honest()
def signals_and_alarms(nb):
    """An alarm of its own that is answered, a handler for SIGCHLD, a child that is waited for."""
    answer(
        nb,
        total="import os, signal\nsignal.signal(signal.SIGCHLD, lambda *_: None)\ndef total(numbers):\n"
        "    pid = os.fork()\n    if pid == 0:\n        os._exit(0)\n    os.waitpid(pid, 0)\n    return sum(numbers)",
    )
    own_cell(
        nb,
        "before = signal.signal(signal.SIGUSR1, lambda *_: None)\nos.kill(os.getpid(), signal.SIGUSR1)",
        before="test-total",
    )


def stamped(name: str, content: str | bytes, doc: str) -> None:
    """Register an honest submission with this timestamp.txt."""

    def change(nb):
        return {"timestamp.txt": content}

    change.__name__, change.__doc__ = name, doc
    honest()(change)


stamped(
    "a_time_with_a_zone", "2026-11-02T21:45:10.123456+01:00\r\n", "timestamp.txt in ISO form, with a zone and CRLF."
)
stamped("a_time_in_words", "Nov 2, 2026 9:45 PM UTC\n\n", "timestamp.txt in words, as people write it.")
stamped("an_empty_time", " \n", "timestamp.txt without a time.")
