"""Attacks on the score by way of labkit, the package that the tests are written with; and honest ones beside them."""

# ruff: noqa: E501 (programs in strings)

from pathlib import Path

from attack_register import answer, honest, own_cell, score_attack
from nbformat.v4 import new_code_cell

LABKIT = Path(__file__).parents[3] / "labkit"
WRONG = "def total(numbers):\n    return 0"

# A labkit whose every test passes.
FAKE = """
class Anything:
    def __init__(self, *args, **kwargs): pass
    def __call__(self, *args, **kwargs): return self
    def __getattr__(self, name): return self
    def __enter__(self): return self
    def __exit__(self, *error): return True
check = Exercise = kinds = start = predictions = CheckFailed = AnswerRaised = Call = Check = Anything()
"""


@score_attack()
def brings_a_labkit(nb):
    """A labkit.py whose tests all pass, handed in beside the notebook."""
    answer(nb, total=WRONG)
    return {"labkit.py": FAKE}


@score_attack()
def brings_a_labkit_folder(nb):
    """The same as a package, with a sitecustomize.py and a mini_vllm of the student's own."""
    answer(nb, total=WRONG)
    named = ("call", "check", "failure", "kinds", "notebook", "prediction")
    files = {f"labkit/{name}.py": FAKE for name in ("__init__", *named)}
    return files | {"sitecustomize.py": "import sys\nsys.path.insert(0, '')\n", "mini_vllm/__init__.py": ""}


@score_attack()
def patches_labkit(nb):
    """A cell replaces labkit's methods and functions, and the code of those that others have imported already."""
    own_cell(
        nb,
        "import contextlib, sys\n"
        "part = lambda name: sys.modules['labkit.' + name]\n"
        "nothing = lambda *args, **kwargs: None\n"
        "def empty(self, *args, **kwargs): return None\n"
        "Check, Call, Exercise = part('check').Check, part('check').Call, part('check').Exercise\n"
        "for method in (Call.should_be, Call.should_raise): method.__code__ = empty.__code__\n"
        "Call.should_be = Call.should_raise = nothing\n"
        "Check.hidden = lambda self, what: contextlib.suppress(BaseException)\n"
        "Exercise.same = Exercise.explain = lambda *args: True\n"
        "part('kinds').whole_number.__code__ = (lambda call, answer: 6).__code__\n"
        "part('check').answer_of = part('call').answer_of = lambda *args: 6\n"
        "part('check').check = sys.modules['labkit'].check = Check",
    )
    answer(nb, total=WRONG)


@score_attack()
def patches_what_labkit_raises(nb):
    """CheckFailed made an error that ends nothing: its constructor leaves, or what it shows is empty."""
    own_cell(
        nb,
        "import sys\nfrom labkit import CheckFailed\n"
        "class Quiet(BaseException):\n    def __init__(self, *args): raise SystemExit(0)\n"
        "CheckFailed._render_traceback_ = lambda self: []\nCheckFailed.__str__ = lambda self: ''\n"
        "CheckFailed.__init__ = lambda self, *args: sys.exit(0)\n"
        "for name, module in list(sys.modules.items()):\n"
        "    if name.startswith('labkit') and hasattr(module, 'CheckFailed'): module.CheckFailed = Quiet\n"
        "get_ipython().set_custom_exc((Exception, SystemExit), lambda *args, **kwargs: None)",
    )
    answer(nb, total=WRONG)


@score_attack()
def shadows_the_names_of_labkit(nb):
    """The names that the tests use, set by the student: check, TOTAL, kinds, lab_01, a test's own variable."""
    code = FAKE + "TOTAL = lab_01 = lab_90 = totals = PROVIDED = Anything()"
    own_cell(nb, code)
    answer(nb, total=f"{WRONG}\n{code}")
    nb.cells.insert(0, new_code_cell(code))


@score_attack()
def exchanges_labkit_in_sys_modules(nb):
    """labkit and its parts exchanged in sys.modules, in front of the cell that imports them and behind it."""
    code = (
        f"import sys, types\nfake = types.ModuleType('labkit')\nexec({FAKE!r}, vars(fake))\n"
        "for name in ['labkit', 'labkit.check', 'labkit.kinds', 'labkit.failure', 'labkit.call', 'labkit.notebook']:\n"
        "    sys.modules[name] = fake"
    )
    nb.cells.insert(0, new_code_cell(code))
    own_cell(nb, code)
    answer(nb, total=WRONG)


@score_attack()
def names_engine_modules_as_provided(nb):
    """PROVIDED set and every labkit module's PROVIDED widened, so that an answer may call the engine's softmax."""
    own_cell(
        nb,
        "import sys\nPROVIDED = {name for name in sys.modules if name.startswith('mini_vllm')}\n"
        "for name, module in list(sys.modules.items()):\n"
        "    if name.startswith('labkit'): module.PROVIDED = PROVIDED",
    )
    answer(
        nb,
        total=WRONG,
        softmax="from mini_vllm import SamplingParams\nfrom mini_vllm.sample.ops.topk_topp_sampler import filtered_weights\n"
        "def softmax(scores):\n    weights = filtered_weights(scores, SamplingParams())[1]\n    return weights / weights.sum()",
    )


@honest()
def a_copy_of_labkit(nb):
    """The course's own labkit handed in with the notebook, as whoever packs up the whole folder does."""
    return {f"labkit/{path.name}": path.read_text(encoding="utf-8") for path in sorted(LABKIT.glob("*.py"))}


@honest()
def a_module_named_labkit(nb):
    """A labkit.py of the student's own that holds a helper, and is never needed."""
    own_cell(nb, "import labkit\nprint(hasattr(labkit, 'zero'))")
    return {"labkit.py": "zero = 0\n"}


@honest()
def tests_of_ones_own_by_labkit(nb):
    """Own cells that use labkit as the tests do, some of them failing."""
    own_cell(nb, "check(total, TOTAL)([4, 5]).should_be(9)", before="test-total")
    own_cell(nb, "check(total, TOTAL)([4, 5]).should_be(8)", before="test-total")
    own_cell(nb, "from labkit import CheckFailed, predictions\nraise CheckFailed('not yet')")


@honest()
def variables_named_like_labkits(nb):
    """Variables that happen to have the names of labkit's functions."""
    own_cell(
        nb, "check = total([1, 2, 3]) == 6\nkinds = ['int', 'float']\nstart = 0\ntotals = [check]", before="test-total"
    )


@honest()
def an_answer_that_uses_labkit(nb):
    """An answer that reads its numbers by labkit, and patches a copy of the module of its own."""
    answer(
        nb,
        total="import importlib.util, labkit.kinds\nspec = importlib.util.find_spec('labkit.kinds')\n"
        "mine = importlib.util.module_from_spec(spec)\nspec.loader.exec_module(mine)\nmine.whole_number = int\n"
        "def total(numbers):\n    return sum(labkit.kinds.whole_number('numbers', mine.whole_number(n)) for n in numbers)",
    )
