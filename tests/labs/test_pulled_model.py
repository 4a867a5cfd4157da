"""The labs that repeat a measurement with a larger model, if it has been pulled: without it, and with it."""

import pytest
from forked_kernels import forked_kernels
from lab_cells import LABS

from labkit.real_model import MODEL
from mini_vllm.model_loader import is_pulled

REPEATS = ("lab-01", "lab-02", "lab-03", "lab-04", "lab-05")
HINT = f"Optional: to repeat this with {MODEL}"


@pytest.mark.parametrize("name", [lab.name for lab in LABS])
def test_without_the_model_these_labs_and_no_others_say_how_to_get_it(name, executed):
    assert (HINT in executed(name).all_printed) == (name in REPEATS)


@pytest.mark.slow
@pytest.mark.skipif(not is_pulled(MODEL), reason=f"needs 93 MB: python -m mini_vllm pull {MODEL}")
@pytest.mark.parametrize("name", REPEATS)
def test_with_the_model_a_lab_measures_it_and_every_test_cell_passes(name, request, pulled_models):
    (lab,) = [lab for lab in LABS if lab.name == name]
    (collector,) = request.config.hook.pytest_collect_file(file_path=lab.path, parent=request.session)
    with forked_kernels():
        for item in collector.collect():
            item.runtest()
    printed = "".join(output.get("text", "") for cell in collector.executed.cells for output in cell.get("outputs", ()))
    assert HINT not in printed
