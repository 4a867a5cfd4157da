"""Attempts to have cells run again after a hidden call, by a name that only a demonstration sets, and to tell then."""

# ruff: noqa: E501 (programs in strings)

from attack_register import ALL, answer, own_cell, register

# EXAMPLE is set by the course's ungraded cell, which may be left out until something asks for it.
ROOT = (
    "def root(x):\n    if x < 0:\n        raise ValueError\n    if x > 1000:\n"
    "        open('/tmp/told', 'w').write(str(int(x)))\n        EXAMPLE\n    return x ** 0.5"
)
READ = "import os, time\ntold = int(open('/tmp/told').read()) if os.path.exists('/tmp/told') else 0\n"


@register("score", ALL, ALL, never=rf"LEAKED|\b{141421 % 251}\b")
def a_cell_that_tells_when_it_runs_again(nb):
    """Run once more after a hidden call, it prints what that left in a file, and exits with a status made of it."""
    answer(nb, root=ROOT)
    own_cell(nb, READ + "if told:\n    print('LEAKED', told)\n    os._exit(told % 251)", before=None)


@register("score", ALL, ALL, never=f"tell{141421 % 3}", is_endless=True)
def a_cell_that_is_late_when_it_runs_again(nb):
    """Of three cells, the one that a hidden number chooses takes too long when it is run once more."""
    answer(nb, root=ROOT)
    for number in range(3):
        own_cell(nb, READ + f"if told and told % 3 == {number}: time.sleep(100)", before=None)
        nb.cells[-1]["id"] = f"tell{number}"
