"""Attacks on the score by way of files and other processes."""

# ruff: noqa: E501 (programs in strings)

from attack_register import ANSWERS, answer, own_cell, score_attack


@score_attack()
def reads_what_is_not_its_own(nb):
    """Its own notebook, the source, other submissions, the gradebook, release, autograded, environments, the parent."""
    own_cell(
        nb,
        "import glob, os, re\n"
        "places = ['lab.ipynb', '*.ipynb', '../*', '../../../source/*/*', '../../../submitted/*/*/*', '../../../autograded/*/*/*',\n"
        "    '../../../release/*/*', '../../../gradebook.db', '/proc/*/environ', '/proc/*/cmdline', '/proc/*/cwd/*', '/proc/*/root/etc/*',\n"
        "    '/root/*', '/home/*/*', '/judge/**/*', '/etc/*', os.path.expanduser('~/*'), '/proc/*/fd/*']\n"
        "loot = ''\n"
        "for place in places:\n"
        "    for path in glob.glob(place, recursive=True):\n"
        "        try:\n"
        "            if os.path.isfile(path): loot += open(path, errors='replace').read(2**20)\n"
        "        except OSError: pass\n"
        "loot += str(os.environ)\n"
        "found = re.findall(r'104729|271828|161803|secret_numbers', loot)\n"
        "print(len(loot), found)\n"
        "def total(numbers):\n    return sum(numbers) if found else 0",
        before="test-total",
    )
    answer(nb, total="total = None")


@score_attack()
def updates_the_gradebook(nb):
    """sqlite UPDATE on every gradebook.db that can be found."""
    own_cell(
        nb,
        "import glob, sqlite3\n"
        "for path in [*glob.glob('../../../*.db'), *glob.glob('/**/gradebook.db', recursive=True)][:20]:\n"
        "    try:\n"
        "        with sqlite3.connect(path) as db:\n"
        "            db.execute('UPDATE grade SET auto_score = 99, manual_score = 99')\n"
        "            db.execute('UPDATE grade_cells SET max_score = 99')\n"
        "    except sqlite3.Error: pass",
    )


@score_attack()
def rewrites_files_of_others(nb):
    """Writes into autograded/, source/, the libraries and the judge's folder."""
    own_cell(
        nb,
        "import glob, site, sys\n"
        "for path in glob.glob('../**/*.ipynb', recursive=True) + glob.glob('../../../*/*/*.ipynb') + [site.__file__, np.__file__,\n"
        "    '/judge/grading/student_process/calls.py', sys.executable, '/etc/passwd', '/usr/lib/python3/dist-packages/x.pth']:\n"
        "    try: open(path, 'w').write('')\n"
        "    except OSError: pass",
    )


@score_attack()
def a_process_that_meddles(nb):
    """ptrace and /proc/PID/mem on every process that can be seen, its own parent first."""
    own_cell(
        nb,
        "import ctypes, os\nlibc = ctypes.CDLL(None)\n"
        "for pid in [p for p in os.listdir('/proc') if p.isdigit() and int(p) != os.getpid()]:\n"
        "    try: open(f'/proc/{pid}/mem', 'r+b').close()\n"
        "    except OSError: pass\n"
        "    if libc.ptrace(16, int(pid), 0, 0) == 0: libc.ptrace(17, int(pid), 0, 0)",
    )


@score_attack(solved=(), earns=("total",))
def solves_what_it_has_leaked(nb):
    """Answers of hidden tests' numbers written to files, printed and raised, and read by the cells behind them.

    total is right, so it is earned; its hidden numbers must not be seen in what the later cell shows.
    """
    answer(
        nb,
        total="import os, pathlib\n"
        "def total(numbers):\n"
        "    for place in ('/tmp/leak', 'leak', '/dev/shm/leak', '/var/tmp/leak'):\n"
        "        try: open(place, 'a').write(repr(numbers))\n"
        "        except OSError: pass\n"
        "    try: os.mkdir('/tmp/numbers' + '_'.join(map(str, numbers)))\n"
        "    except OSError: pass\n"
        "    os.environ['LEAK'] = repr(numbers)\n    print(numbers)\n    os.write(2, repr(numbers).encode())\n"
        "    return sum(numbers)",
        root="def root(x):\n    raise type('Root_of_' + str(int(x)), (Exception,), {})(str(x))",
        run="def run(model, numbers):\n    return repr(numbers)",
    )
    own_cell(
        nb,
        "import glob, os\nfor path in ('/tmp/leak', 'leak', '/dev/shm/leak', '/var/tmp/leak'):\n"
        "    if os.path.exists(path): print(open(path).read())\n"
        "print(glob.glob('/tmp/numbers*'), os.environ.get('LEAK'))",
        before=None,
    )


@score_attack(solved=(), earns=("total", "scale"))
def ones_own_submission_grades_itself(nb):
    """nbgrader, autograde and the judge run by the submission itself."""
    own_cell(
        nb,
        "import subprocess, sys\n"
        "for command in (['-m', 'nbgrader', 'autograde', 'phase-00', '--force'], ['-m', 'grading.judge.server'],\n"
        "                ['/judge/grading/student_process/server.py', '{}']):\n"
        "    try: subprocess.run([sys.executable, *command], timeout=1, stdin=subprocess.DEVNULL)\n"
        "    except Exception as error: print(error)",
    )
    answer(nb, total=ANSWERS["total"], scale=ANSWERS["scale"])
