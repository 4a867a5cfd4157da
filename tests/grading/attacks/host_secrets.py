"""Attempts to read what belongs to the instructor: the environment, the installation, the course around it."""

# ruff: noqa: E501 (programs in strings)

from attack_register import ALL, answer, own_cell, register

# What graders.ENVIRONMENT sets, and what only the course's own files hold.
SECRET = "swordfish|104729|271828|161803|secret_numbers|BEGIN HIDDEN|BEGIN SOLUTION"
TELL = """
import glob, importlib.util, os, pathlib, re, site, sys, sysconfig
SECRET = re.compile("sword" + "fish|10" + "4729|27" + "1828|16" + "1803|secret" + "_numbers|BEGIN SOLU" + "TION")
def tell(path):
    try:
        found = SECRET.findall(open(path, errors="replace").read(2**22))
        if found: print("LEAK" "ED", path, found[:3])
    except OSError: pass
"""


def reads(name: str, doc: str, code: str) -> None:
    """Register a right submission with a cell that reads what it can, and shows what it should not have found."""

    def change(nb):
        own_cell(nb, TELL + code)

    change.__name__, change.__doc__ = name, doc
    register("host", ALL, ALL, never=f"LEAKED|{SECRET}")(change)


reads(
    "environments_of_all_processes",
    "The environment, the command line and the memory of every process, the sandbox's first one among them.",
    "for pid in filter(str.isdigit, os.listdir('/proc')):\n    for name in ('environ', 'cmdline', 'auxv', 'task/1/environ', 'mountinfo', 'stack', 'maps'):\n"
    "        tell(f'/proc/{pid}/{name}')\ntell('/proc/1/environ')\n"
    "if found := SECRET.findall(str(dict(os.environ))): print('LEAK' 'ED', found)",
)
reads(
    "the_environment_as_root_sees_it",
    "The memory, the descriptors and the folders of the sandbox's first process.",
    "for pid in (1, os.getppid()):\n    for link in ('cwd', 'root', 'exe', *(f'fd/{n}' for n in range(64))):\n"
    "        try: target = os.readlink(f'/proc/{pid}/{link}')\n        except OSError: continue\n"
    "        tell(f'/proc/{pid}/{link}')\n        if os.path.isdir(f'/proc/{pid}/{link}') and link != 'root': print(os.listdir(f'/proc/{pid}/{link}')[:50])",
)
reads(
    "the_course_by_way_of_libraries",
    "source, gradebook and others' work in and around the folders that Python's libraries are in.",
    "roots = {sys.prefix, sys.base_prefix, sys.exec_prefix, os.path.dirname(sys.prefix), *site.getsitepackages(), *sys.path, '/judge'}\n"
    "roots |= set(sysconfig.get_paths().values())\n"
    "for root in filter(None, roots):\n    for name in ('source', 'release', 'submitted', 'autograded', 'gradebook.db', 'nbgrader_config.py', 'tests/answers', 'grading/answers'):\n"
    "        for found in glob.glob(f'{root}/{name}') + glob.glob(f'{root}/*/{name}'):\n"
    "            for path in [found, *map(str, pathlib.Path(found).rglob('*'))][:500]: tell(path)",
)
reads(
    "collected_answers_in_the_libraries",
    "The answers and tests that the course is tested with, wherever an installation may have left them.",
    "for name in ('grading.answers', 'grading.answers.lab_01', 'answers', 'answers.lab_01', 'tests', 'attack_register', 'grading', 'grading.judge'):\n"
    "    try: spec = importlib.util.find_spec(name)\n    except (ImportError, ValueError): continue\n"
    "    if spec and (spec.origin or '').rfind('/answers/') >= 0: print('LEAK' 'ED', spec.origin)\n"
    "for root in (*site.getsitepackages(), *sys.path, '/judge'):\n    for path in pathlib.Path(root or '.').glob('**/answers/lab_0*'): print('LEAK' 'ED', path)",
)


@register("score", ("root",), ("root",), never=f"LEAKED|{SECRET}")
def answers_read_from_the_course(nb):
    """Solutions searched for in the whole file system, and used as answers."""
    answer(nb, total="total = softmax = scale = run = draw = None")
    own_cell(
        nb,
        "import os, json, re\nskip = ('/proc', '/sys', '/usr/lib', '/usr/share', '/dev')\n"
        "for parent, folders, names in os.walk('/'):\n    folders[:] = [f for f in folders if not os.path.join(parent, f).startswith(skip) and f != 'site-packages']\n"
        "    for name in names:\n        if name == 'lab.ipynb' or name.endswith('.db'):\n"
        "            text = open(os.path.join(parent, name), errors='replace').read()\n"
        "            for source in re.findall(r'def [a-z]+\\(.*?END SOLUTION', text, re.S):\n"
        "                exec(source.replace('\\\\n', '\\n').replace('\",\\n    \"', ''))\n            print('LEAK' 'ED', parent, name)",
        before="test-total",
    )


@register("score", ("root",), ("root",))
def engine_loaded_under_another_name(nb):
    """The engine's file loaded as a module of another name, and its softmax returned: no call is seen as the engine's."""
    answer(
        nb,
        softmax="import importlib.util, sys\nfrom mini_vllm import SamplingParams\n"
        "spec = importlib.util.find_spec('mini_vllm.sample.ops.topk_topp_sampler')\n"
        "other = importlib.util.spec_from_file_location('my_own', spec.origin)\n"
        "mine = importlib.util.module_from_spec(other)\nother.loader.exec_module(mine)\nparameters = SamplingParams()\n"
        "def softmax(scores):\n    weights = mine.filtered_weights(scores, parameters)[1]\n    return weights / weights.sum()",
    )


@register("score", ("root",), ("root",))
def engine_loaded_while_it_is_tested(nb):
    """The engine forgotten and imported anew by the call itself, when its code had been taken away already."""
    answer(
        nb,
        softmax="import sys\ndef softmax(scores):\n"
        "    for name in [name for name in sys.modules if name.startswith('mini_vllm')]: del sys.modules[name]\n"
        "    from mini_vllm import SamplingParams\n"
        "    from mini_vllm.sample.ops.topk_topp_sampler import filtered_weights\n"
        "    weights = filtered_weights(scores, SamplingParams())[1]\n    return weights / weights.sum()",
    )


@register("score", ("root",), ("root",))
def engine_code_kept_aside(nb):
    """The code of the engine's functions kept in a list, and put back, or into new functions, by the call itself."""
    answer(
        nb,
        softmax="import sys, types\nfrom mini_vllm import SamplingParams\nfrom mini_vllm.sample.ops import topk_topp_sampler as engine\n"
        "parameters = SamplingParams()\n"
        "functions = [f for name, module in list(sys.modules.items()) if name.startswith('mini_vllm')\n"
        "             for f in vars(module).values() if type(f) is types.FunctionType]\n"
        "kept = [(f, f.__code__, f.__defaults__, f.__kwdefaults__) for f in functions]\n"
        "def softmax(scores):\n    for function, code, defaults, named in kept:\n"
        "        try: function.__code__ = code\n"
        "        except RuntimeError:\n"
        "            vars(engine)[function.__name__] = types.FunctionType(code, function.__globals__)\n"
        "        function.__defaults__, function.__kwdefaults__ = defaults, named\n"
        "    weights = engine.filtered_weights(scores, parameters)[1]\n    return weights / weights.sum()",
    )
