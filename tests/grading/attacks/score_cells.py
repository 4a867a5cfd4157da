"""Attacks on the score by way of the notebook: tags, cells, hooks, and names that the tests use."""

# ruff: noqa: E501 (programs in strings)

from attack_register import all_answers, answer, own_cell, score_attack
from nbformat.v4 import new_code_cell


def tests_of(nb):
    return [cell for cell in nb.cells if cell.id.startswith("test-")]


@score_attack()
def skip_execution_tags(nb):
    """Tags that keep cells from being run, or let them fail."""
    for cell in nb.cells:
        cell.metadata.tags = ["skip-execution", "raises-exception", "remove-cell", "none", "ever"]


@score_attack()
def input_transformer(nb):
    """An IPython input transformer drops asserts."""
    own_cell(
        nb,
        "drop = lambda lines: ['pass\\n'] if any('assert' in line for line in lines) else lines\n"
        "get_ipython().input_transformers_cleanup.append(drop)",
    )


@score_attack()
def ast_transformer(nb):
    """An AST transformer drops asserts and calls."""
    own_cell(
        nb,
        "import ast\nclass Drop(ast.NodeTransformer):\n    def visit_Assert(self, node):\n        return ast.Pass()\n"
        "    def visit_Expr(self, node):\n        return ast.Pass()\nget_ipython().ast_transformers.append(Drop())",
    )


@score_attack(earns=())
def hooks_rewrite_cells(nb):
    """pre_run_cell and post_run_cell hooks, and run_code replaced, so that nothing runs, the own answer included."""
    own_cell(
        nb,
        "shell = get_ipython()\n"
        "def before(info):\n    info.raw_cell = 'pass'\n    open('/tmp/seen', 'a').write(info.raw_cell)\n"
        "def after(result):\n    result.error_in_exec = result.error_before_exec = None\n"
        "shell.events.register('pre_run_cell', before)\nshell.events.register('post_run_cell', after)\n"
        "shell.run_code = lambda *args, **kwargs: False\nshell.showtraceback = lambda *args, **kwargs: None\n"
        "shell._showtraceback = shell.showtraceback",
    )


@score_attack()
def forged_outputs(nb):
    """Forged results: displayed, printed, published, and as the outputs already in the file."""
    own_cell(
        nb,
        "from IPython.display import display, publish_display_data\n"
        "publish_display_data({'text/plain': '1000'})\ndisplay(1000)\nprint('1000')\n"
        "try:\n    shell = get_ipython()\n"
        "    shell.display_pub.session.send(shell.kernel.iopub_socket, 'execute_result',\n"
        "        {'data': {'text/plain': '1000'}, 'metadata': {}, 'execution_count': 1})\n"
        "except AttributeError:\n    pass\n1000",
    )
    forged = {"output_type": "execute_result", "data": {"text/plain": "1000"}, "metadata": {}, "execution_count": 3}
    for cell in tests_of(nb):
        cell.outputs, cell.execution_count = [forged], 3


@score_attack()
def partial_credit_published(nb):
    """An answer that publishes an execute_result on the kernel's iopub socket, and then never lets the test fail."""
    code = (
        "shell = get_ipython()\n    try:\n"
        "        shell.display_pub.session.send(shell.kernel.iopub_socket, 'execute_result',\n"
        "            {'data': {'text/plain': '3'}, 'metadata': {}, 'execution_count': 1})\n"
        "        shell.showtraceback = lambda *a, **k: None\n        shell.kernel.iopub_socket.close()\n"
        "    except AttributeError:\n        pass\n    return 0"
    )
    for name in ("total", "softmax", "run"):
        answer(nb, **{name: f"def {name}(*args):\n    {code}"})


@score_attack()
def builtins_by_name(nb):
    """Names of builtins given to functions of one's own: isinstance, len, abs, all, sum, print, AssertionError."""
    own_cell(
        nb,
        "class AssertionError(Exception): pass\n"
        "isinstance = lambda *a: True\nlen = lambda x: 3\nabs = lambda x: 0.0\nall = any = lambda *a: True\n"
        "sum = lambda numbers: 0\nrepr = print = lambda *a: ''\nlist = lambda x: x\nrange = lambda *a: []",
        before="test-total",
    )
    all_answers(nb, "0")


@score_attack(earns=())
def builtins_replaced(nb):
    """The same in the module builtins, in front of all answers; it breaks the student's own process."""
    own_cell(
        nb,
        "import builtins\nfor name in ('isinstance', 'len', 'abs', 'sum', 'AssertionError', 'print', 'list'):\n"
        "    setattr(builtins, name, lambda *a, **k: True)",
    )
    answer(nb, root="def root(x):\n    return 1e9")
    all_answers(nb, "0")


@score_attack(solved=(), earns=())
def absolute_value_is_zero(nb):
    """The student's own abs, under which every difference is small."""
    own_cell(nb, "abs = lambda x: 0.0", before=None)
    answer(nb, root="def root(x):\n    if x < 0:\n        raise ValueError\n    return 1e9\nabs = lambda x: 0.0")


@score_attack()
def patched_numpy(nb):
    """numpy's testing functions and unittest patched."""
    own_cell(
        nb,
        "import unittest\nimport numpy.testing\n"
        "np.testing.assert_allclose = np.testing.assert_array_equal = lambda *a, **k: None\n"
        "numpy.testing.assert_allclose.__code__ = (lambda *a, **k: None).__code__\n"
        "np.array_equal = np.allclose = lambda *a, **k: True\nunittest.TestCase.assertEqual = lambda *a: None\n"
        "np.random.default_rng = lambda seed: None",
    )
    answer(nb, softmax="def softmax(scores):\n    return np.zeros(3)", draw="def draw(rng, n):\n    return np.zeros(n)")


@score_attack()
def redefined_instruments(nb):
    """answer_of, whole_number, Machine, np and operator defined anew, before and after the course's."""
    code = (
        "class Anything:\n    calls, seen = 3, [1, 2, 3]\n    def __eq__(self, other): return True\n"
        "    def __getattr__(self, name): return self\n    def __call__(self, *a, **k): return self\n"
        "    def __lt__(self, other): return True\n    def __abs__(self): return self\n"
        "    def __sub__(self, other): return self\n    __rsub__ = __sub__\n"
        "answer_of = whole_number = Machine = np = operator = sys = warnings = PROVIDED = Anything()\n"
        "isinstance = lambda *a: True"
    )
    all_answers(nb, "0")
    own_cell(nb, code)
    own_cell(nb, code, before="test-softmax")
    nb.cells.insert(0, new_code_cell(code))


@score_attack()
def helpers_of_the_tests(nb):
    """The names which the tests themselves set, given by the student: results, expected values, and loop variables."""
    names = "numbers expected result secret_numbers secret probabilities secret_scores given whole machine".split()
    own_cell(nb, "\n".join(f"{name} = 6" for name in [*names, "generator", "other", "drawn", "count"]))
    all_answers(nb, "6")


@score_attack(earns=())
def sys_modules(nb):
    """numpy, operator, math and the tests' other modules exchanged in sys.modules."""
    own_cell(
        nb,
        "import sys, types\n"
        "fake = types.ModuleType('numpy')\nfake.__getattr__ = lambda name: (lambda *a, **k: True)\n"
        "for name in ('operator', 'warnings', 'math', 'nbgrader', 'grading', 'grading.judge', 'unittest'):\n"
        "    sys.modules[name] = fake\nsys.modules['__main__'] = fake",
    )


@score_attack()
def tests_rewritten(nb):
    """Test cells edited, some turned into text, some into answers of no points."""
    for index, cell in enumerate(tests_of(nb)):
        cell.source = "print('fine')"
        if index == 0:
            cell.cell_type, cell.attachments = "markdown", {}
            del cell["outputs"], cell["execution_count"]
        if index == 1:
            cell.metadata.nbgrader.update(grade=False, solution=True, locked=False)
        if index == 2:
            cell.metadata.nbgrader.update(points=1000)


@score_attack()
def tests_deleted_and_renamed(nb):
    """Test cells deleted; others carry the names of each other, or of root's test, which passes."""
    kept = tests_of(nb)
    nb.cells = [cell for cell in nb.cells if cell.id not in ("test-total", "test-softmax")]
    for cell in kept[2:5]:
        cell.metadata.nbgrader.grade_id = "test-root"
        cell.source = kept[5].source


@score_attack()
def tests_duplicated(nb):
    """Empty copies of each test above and below it."""
    for cell in tests_of(nb):
        at = nb.cells.index(cell)
        copies = [cell.copy() for _ in range(2)]
        for copy in copies:
            copy.source = "pass"
        nb.cells[at : at + 1] = [copies[0], cell, copies[1]]


@score_attack()
def own_tests_with_points(nb):
    """Test cells of the student's own, of 100 points, one of them in the name of the course's."""
    claim = {**tests_of(nb)[0].metadata.nbgrader, "points": 100}
    nb.cells.append(new_code_cell("pass", metadata={"nbgrader": {**claim, "grade_id": "bonus"}}))
    nb.cells.append(new_code_cell("100", metadata={"nbgrader": {**claim, "grade_id": "test-total"}}))


@score_attack()
def answers_are_tests(nb):
    """Answer cells that claim to be locked tests, with asserts that hold."""
    for cell in nb.cells:
        if cell.id in ("total", "softmax", "run"):
            cell.metadata.nbgrader.update(grade=True, solution=False, locked=True, points=50)
            cell.source = "assert True\n50"


@score_attack()
def a_demonstration_cell_of_ones_own(nb):
    """The course's own ungraded cell rewritten, so that it sets what the tests use."""
    for cell in nb.cells:
        if cell.id == "example":
            cell.source = "isinstance = answer_of = whole_number = lambda *a: 6\nEXAMPLE = [6]\nabs = lambda x: 0"
    all_answers(nb, "6")


@score_attack()
def engine_under_another_name(nb):
    """The engine's softmax as the answer, as an alias and out of a table."""
    own_cell(nb, "import mini_vllm\nfrom mini_vllm import LlamaForCausalLM, ModelConfig")
    answer(
        nb,
        softmax="from mini_vllm.layers import attention as hidden\n"
        "softmax = next((f for n, f in vars(hidden).items() if callable(f)), None)",
    )
