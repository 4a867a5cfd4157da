"""Attacks on the machine by what a cell does."""

# ruff: noqa: E501 (programs in strings)

from attack_register import answer, but, host_attack, own_cell

REPORT = "print('REACHED' if reached else 'closed')"


def reaches(name: str, doc: str, code: str, **more) -> None:
    """Register an attack whose cell appends to `reached` what it got hold of."""

    def change(nb):
        lines = "\n".join("    " + line for line in code.split("\n"))
        own_cell(
            nb,
            f"import os, socket, subprocess, sys\nreached = []\ntry:\n{lines}\nexcept Exception as error: print(error)\n{REPORT}",
        )

    change.__name__, change.__doc__ = name, doc
    host_attack(**more)(change)


reaches(
    "network",
    "Sockets to the machine itself, to its network and to the world; names looked up.",
    "for family, address in ((2, ('127.0.0.1', 22)), (2, ('1.1.1.1', 53)), (2, ('10.0.0.1', 80)), (10, ('::1', 22))):\n"
    "    with socket.socket(family) as s:\n        s.settimeout(0.3)\n"
    "        if s.connect_ex(address) == 0: reached.append(address)\n"
    "reached += [name for _, name in socket.if_nameindex() if name != 'lo']\n"
    "socket.gethostbyname('example.com')\nreached.append('names')",
)
reaches(
    "files_of_the_machine",
    "/etc/passwd, /etc/shadow, /root, home folders, /var, /work, the docker socket.",
    "for path in ('/etc/passwd', '/etc/shadow', '/root', '/home', '/var/log', '/work/shared', '/var/run/docker.sock',\n"
    "             '/etc/ssh', '/boot', '/sys/kernel', '/opt', '/srv', '/mnt'):\n"
    "    try:\n        found = os.listdir(path) if os.path.isdir(path) else [open(path).read()]\n"
    "        # the folders on the way to Python itself\n"
    "        reached += [n for n in found if not f'{sys.base_prefix}:{sys.prefix}/'.count(os.path.join(path, n) + '/')]\n"
    "    except OSError: pass",
)
reaches(
    "writes_outside",
    "Writes into every folder but its own.",
    "for folder in ('/', '/usr', '/usr/bin', '/etc', '/var', '/var/tmp', '/root', '/home', '/proc/sys/kernel', '/sys', '/judge',\n"
    "               os.path.dirname(os.__file__), '/opt', '/run', '/boot'):\n"
    "    try:\n        open(f'{folder}/written', 'w').write('x')\n        reached.append(folder)\n"
    "    except OSError: pass",
)
reaches(
    "rights",
    "setuid programs, new namespaces, mounts, chroot, device files, kernel settings, another user's id.",
    "import ctypes\nlibc = ctypes.CDLL(None)\n"
    "for flag in (0x10000000, 0x00020000, 0x20000000, 0x40000000):\n"
    "    pid = os.fork()\n"
    "    if pid == 0: os._exit(libc.unshare(flag) == 0)\n"
    "    if os.waitpid(pid, 0)[1]: reached.append(flag)\n"
    "for call in (lambda: os.setuid(0), lambda: os.setuid(1000), lambda: os.chroot('/tmp'), lambda: os.nice(-5),\n"
    "             lambda: os.mknod('/tmp/sda', 0o60666, os.makedev(8, 0)), lambda: os.sethostname('x')):\n"
    "    try:\n        call()\n        reached.append('call')\n"
    "    except (OSError, AttributeError): pass\n"
    "if libc.mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0: reached.append('mount')",
)


@host_attack(dangerous_to_host=True)
def kills_all(nb):
    """kill(-1), kill of the parent and of process 1."""
    own_cell(
        nb,
        "import os, signal\n"
        "for pid in (-1, os.getppid(), 1, 0):\n"
        "    try: os.kill(pid, signal.SIGKILL)\n"
        "    except OSError: pass",
    )


@host_attack()
def a_process_that_stays(nb):
    """setsid, a double fork, nohup: none of it is alive when the class is graded."""
    own_cell(
        nb,
        "import os, subprocess\n"
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork():\n        os._exit(0)\n"
        "    os.execvp('sleep', ['sleep', '86399.25'])\n"
        "subprocess.Popen(['nohup', 'setsid', 'sleep', '86399.25'], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)\n"
        "os.wait()",
    )


@host_attack(dangerous_to_host=True, is_endless=True)
def fork_bomb(nb):
    own_cell(
        nb,
        "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
    )


@host_attack(dangerous_to_host=True)
def memory_flood(nb):
    """Memory without end, in one process."""
    own_cell(nb, "hoard = []\nwhile True:\n    hoard.append(np.ones(2**24))")


@host_attack(dangerous_to_host=True)
def memory_flood_of_many(nb):
    """Memory without end, in many processes, each of which keeps within its own limit."""
    own_cell(
        nb,
        "import os, time\nread, write = os.pipe()\nchildren = []\nfor _ in range(12):\n    children.append(os.fork())\n"
        "    if not children[-1]:\n        hoard = [np.ones(2**24) for _ in range(6)]\n        os.write(write, b'.')\n"
        "        time.sleep(30)\n        os._exit(0)\n"
        "time.sleep(3)\nos.set_blocking(read, False)\nos.write(write, b'.')\n"
        "alive = sum(os.waitpid(child, os.WNOHANG) == (0, 0) for child in children)\n"
        "if min(alive, len(os.read(read, 99)) - 1) > 1: print('REACH' 'ED')",
    )


@host_attack(dangerous_to_host=True)
def memory_flood_by_files(nb):
    """Files in memory: /tmp, /dev/shm, memfd, shared memory of System V, a mount of its own."""
    own_cell(
        nb,
        "import ctypes, os\nwritten = 0\nblock = bytes(2**22)\nlibc = ctypes.CDLL(None)\n"
        "for folder in ('/tmp', '/dev/shm', '/dev', '/dev/mqueue'):\n"
        "    for number in range(100):\n"
        "        try:\n"
        "            with open(f'{folder}/flood{number}', 'wb') as file:\n"
        "                for _ in range(10):\n                    file.write(block)\n                    written += len(block)\n"
        "        except OSError: break\n"
        "kept = []\n"
        "for number in range(40):\n"
        "    try:\n        fd = os.memfd_create('x')\n        kept.append(fd)\n"
        "        for _ in range(10): written += os.write(fd, block)\n"
        "    except OSError: break\n"
        "libc.shmat.restype = ctypes.c_void_p\n"
        "for number in range(10):\n"
        "    part = libc.shmget(0, ctypes.c_size_t(2**25), 0o1600)\n"
        "    if part < 0: break\n"
        "    at = libc.shmat(part, None, 0)\n    ctypes.memset(at, 1, 2**25)\n    libc.shmdt(ctypes.c_void_p(at))\n    written += 2**25\n"
        "print('REACHED' if written > 2**28 else 'closed', written)\n"
        "import glob\nfor path in glob.glob('/tmp/flood*') + glob.glob('/dev/shm/flood*'): os.remove(path)",
    )


@host_attack(solved=but("run"), earns=but("run"), dangerous_to_host=True)
def memory_flood_at_the_judge(nb):
    """Array after array sent to the judge, and a number of a billion digits asked of its model."""
    answer(
        nb,
        run="def run(model, numbers):\n    kept = []\n    while True:\n"
        "        kept.append(np.ones(2**20))\n        model.step(kept[-1])",
    )
