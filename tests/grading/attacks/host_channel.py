"""Attacks on the channel to the judge, and on the process at its end, from inside a call."""

# ruff: noqa: E501 (programs in strings)

from attack_register import ALL, answer, but, own_cell, register

PIPES = (
    "import ctypes, fcntl, mmap, os, resource, signal, stat, sys, threading, time\ndef pipes():\n    for fd in range(3, 200):\n        try:\n"
    "            if stat.S_ISFIFO(os.fstat(fd).st_mode) or stat.S_ISSOCK(os.fstat(fd).st_mode): yield fd\n"
    "        except OSError: pass\n"
)


BUT_TOTAL = but("total")


def in_a_call(name: str, code: str, doc: str, earns=BUT_TOTAL, **more) -> None:
    """Register a submission whose total runs this before it returns the right answer."""

    def change(nb):
        own_cell(nb, PIPES)
        body = code.replace("\n", "\n    ")
        answer(nb, total=f"def total(numbers):\n    {body}\n    return sum(numbers)")

    change.__name__, change.__doc__ = name, doc
    register("host", ALL, earns, **more)(change)


def in_a_cell(name: str, code: str, doc: str, kind: str = "host", **more) -> None:
    """Register a right submission with this cell."""

    def change(nb):
        own_cell(nb, PIPES + code)

    change.__name__, change.__doc__ = name, doc
    register(kind, ALL, ALL, never="REACHED", **more)(change)


in_a_call("closes_all_in_a_call", "os.closerange(0, 256)", "All descriptors closed in a call.")
in_a_call(
    "fills_the_pipe",
    "for fd in pipes():\n    os.set_blocking(fd, False)\n    try:\n        while True: os.write(fd, b'\\xff' * 65536)\n    except OSError: pass",
    "The pipe to the judge filled with bytes that mean nothing.",
)
in_a_call(
    "byte_by_byte",
    "end = time.monotonic() + 30\nwhile time.monotonic() < end:\n    for fd in pipes():\n        try: os.write(fd, b'\\xdd')\n        except OSError: pass\n    time.sleep(0.05)",
    "A byte every 50 ms, so that an answer is always about to come.",
)
in_a_call(
    "exchanges_the_pipe",
    "null = os.open('/dev/zero', os.O_RDWR)\nfor fd in list(pipes()): os.dup2(null, fd)",
    "/dev/zero in the place of the pipes.",
)
in_a_call(
    "a_pipe_to_itself",
    "r, w = os.pipe()\nfor fd in list(pipes()):\n    if fd not in (r, w): os.dup2(r if fcntl.fcntl(fd, fcntl.F_GETFL) & 3 == 0 else w, fd)",
    "The pipes replaced by one that leads back to the process itself.",
)
in_a_call(
    "stops_itself",
    "os.kill(os.getpid(), signal.SIGSTOP)",
    "SIGSTOP to itself, which no alarm interrupts.",
    is_endless=True,
)
in_a_call(
    "stops_everybody",
    "for pid in (os.getppid(), -1, os.getpid()):\n    try: os.kill(pid, signal.SIGSTOP)\n    except OSError: pass",
    "SIGSTOP to its parent, to all that it can reach, and to itself.",
    is_endless=True,
)
in_a_call(
    "limits_itself",
    "for name in ('NOFILE', 'FSIZE', 'NPROC', 'CORE', 'SIGPENDING'):\n"
    "    try: resource.setrlimit(getattr(resource, 'RLIMIT_' + name), (1, 1))\n    except (ValueError, OSError): pass",
    "Its own limits set to 1, one after the other, which an answer of one number can do with.",
    earns=ALL,
)
in_a_call(
    "raises_in_del",
    "class Last:\n    def __del__(self): raise SystemExit(1)\nglobals()['kept'] = Last()\ndel globals()['kept']\nLast()",
    "Errors and SystemExit in __del__ and in weak references, which Python ignores.",
    earns=ALL,
)
in_a_call(
    "exits_in_a_thread",
    "thread = threading.Thread(target=lambda: sys.exit(1))\nthread.start()\nthread.join()\n"
    "thread = threading.Thread(target=lambda: 1 / 0)\nthread.start()\nthread.join()",
    "sys.exit and an error in a thread, which end the thread alone.",
    earns=ALL,
)
in_a_call(
    "interrupts_later",
    "threading.Timer(0.05, lambda: os.kill(os.getpid(), signal.SIGINT)).start()\ntime.sleep(0.2)",
    "SIGINT from a thread in the middle of a call.",
)


@register("score", ("root",), ("root",))
def two_answers_to_one_question(nb):
    """A fork in the middle of a call: parent and child both return, one of them what the next call asks for."""
    answer(
        nb,
        total="import os\ndef total(numbers):\n    pid = os.fork()\n    return (6 if pid else 0) if numbers == [1, 2, 3] else 7",
        run="def run(model, numbers):\n    return [7, 3, 10] if os.fork() else [9, 9, 1, 5]",
        softmax="def softmax(scores):\n    return np.array([0.09003057, 0.24472847, 0.66524096]) if os.fork() else np.array([1.0, 0.0, 0.0])",
    )


@register("score", ("root",), ("root",))
def a_child_that_answers_instead(nb):
    """The process that is asked forks and ends; the child serves on, and answers whatever is asked next."""
    code = "if os.fork(): os._exit(0)\n    os.setsid()\n    time.sleep(0.1)"
    own_cell(nb, "import os, time")
    answer(
        nb,
        total=f"def total(numbers):\n    {code}\n    return 6",
        run=f"def run(model, numbers):\n    {code}\n    return [7, 3, 10]",
    )


in_a_cell(
    "children_are_ignored",
    "signal.signal(signal.SIGCHLD, signal.SIG_IGN)\nos.umask(0o777)\nos.setpgid(0, 0)",
    "SIGCHLD ignored, so that no parent learns how a child ended; a umask of 777; a process group of its own.",
    kind="robustness",
)
in_a_cell(
    "all_signals_are_blocked",
    "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass",
    "All signals blocked, then a loop without end.",
    kind="robustness",
    is_endless=True,
)
in_a_cell(
    "slows_its_parent",
    "for pid in (os.getppid(), 1, os.getpid()):\n    for call in (lambda: os.setpriority(os.PRIO_PROCESS, pid, 19), lambda: os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))):\n"
    "        try: call()\n        except OSError: pass",
    "The lowest priority for its own parents.",
)
in_a_cell(
    "memory_shared_by_three",
    "part = mmap.mmap(-1, 700 * 2**20)\nfor start in range(3):\n    if os.fork() == 0:\n        other = mmap.mmap(-1, 700 * 2**20)\n"
    "        for at in range(0, len(other), 4096): other[at] = 1\n        if os.fork() == 0:\n            sum(other[::4096])\n            time.sleep(20)\n            os._exit(0)\n"
    "        time.sleep(20)\n        os._exit(0)\nfor at in range(0, len(part), 4096): part[at] = 1\ntime.sleep(3)\nprint('REACHED')",
    "2.8 GB of anonymous memory that is shared by processes, under a limit of 1 GB together.",
    dangerous_to_host=True,
)
in_a_cell(
    "memory_in_dev_shm",
    "written = 0\nfor number in range(40):\n    try:\n        with open(f'/dev/shm/{number}', 'wb') as file:\n            for _ in range(64): written += file.write(bytes(2**20))\n"
    "    except OSError: break\ntry:\n    for fd in [os.memfd_create('x') for _ in range(20)]: written += os.write(fd, bytes(2**25))\nexcept OSError: pass\n"
    "print('REACHED' if written > 2**28 else 'closed')",
    "Files in /dev/shm and memfd, as large as they get, and left there.",
    dangerous_to_host=True,
)
in_a_cell(
    "folders_that_cannot_be_removed",
    "os.makedirs('/tmp/shut/in')\nopen('/tmp/shut/in/file', 'w').close()\nos.chmod('/tmp/shut/in', 0)\nos.chmod('/tmp/shut', 0)\n"
    "os.mkdir('/tmp/deep')\nos.chdir('/tmp/deep')\nfor _ in range(3000):\n    os.mkdir('d' * 200)\n    os.chdir('d' * 200)\n"
    "os.chdir('/tmp')\nopen(b'/tmp/\\xff\\x1b[31m', 'w').close()\nfor n in range(20_000): os.symlink('x', f'/tmp/{n}')",
    "Folders without rights, 3,000 deep, of names that are no text, and 20,000 links.",
)
