"""The page that students start from, and the glossary, say what the labs say."""

import re

import nbformat
import pytest
from lab_cells import LABS as EVERY_LAB
from lab_cells import PHASE, ROOT

from mini_vllm.specs import GPU_SPECS, MODEL_SPECS

LABS = [lab for lab in EVERY_LAB if lab.path.parent.name == PHASE]
PAGE = (ROOT / "source" / PHASE / "README.md").read_text(encoding="utf-8")
GLOSSARY = (ROOT / "source" / PHASE / "glossary.md").read_text(encoding="utf-8")


def rows(text: str, header: str) -> list[list[str]]:
    """The cells of the rows of the table that begins with this header."""
    lines = text[text.index(header) :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def text_of(lab) -> str:
    return "\n".join(cell.source for cell in nbformat.read(lab.path, as_version=4).cells)


LAB_ROWS = rows(PAGE, "| lab | the question")


def test_the_page_names_every_lab_in_order_and_links_to_it():
    assert [re.search(r"\((.*)\)", row[0]).group(1) for row in LAB_ROWS] == [lab.path.name for lab in LABS]


def test_the_minutes_are_those_of_the_labs_title_cards():
    for row, lab in zip(LAB_ROWS, LABS, strict=True):
        assert f"About {row[3]} minutes." in text_of(lab), lab.name


def test_links_of_page_and_glossary_lead_somewhere():
    for text in (PAGE, GLOSSARY):
        for link in re.findall(r"\]\((?!http)([^)#]+)\)", text):
            assert (ROOT / "source" / PHASE / link).exists(), link


def test_the_numbers_of_the_page_are_what_the_engines_figures_give():
    llama = MODEL_SPECS["Llama-3-8B"].config
    per_token = 2 * llama.num_hidden_layers * llama.num_key_value_heads * llama.head_dim * 2
    users = (24 - 16) * 2**30 // (2048 * per_token)
    ridge = GPU_SPECS["A100"].ridge_point
    shown = [row[2] for row in LAB_ROWS]
    assert f"cost {sum(range(5, 1005)):,} units of work without a cache and {5 + 1000:,} with one" in shown[0]
    assert f"takes {per_token:,} bytes of cache, so {users} users of 2,048 tokens" in shown[1]
    assert "in 15 configurations" in shown[2]
    assert f"at {ridge:.0f} FLOPs per byte, and one stream of decode uses {100 / ridge:.2f} %" in shown[3]


def test_the_points_of_the_page_are_those_of_the_labs():
    for lab in LABS:
        assert (
            f"worth {sum(lab.points.values()):g} points given by tests, and {lab.manual_points:g} points"
            in " ".join(PAGE.split())
        )


def test_the_table_of_proposals_rests_on_every_lab():
    proposals = rows(PAGE, "| if your proposal")
    assert {row[-1] for row in proposals} == {lab.name.removeprefix("lab-") for lab in LABS}
    assert all(len(row) == 6 and all(row) for row in proposals)


def test_the_glossary_is_in_alphabetical_order():
    terms = [row[0].strip("`").lower() for row in rows(GLOSSARY, "| term")]
    assert len(terms) == len(set(terms)) and terms == sorted(terms)


@pytest.mark.parametrize("term, line, number", rows(GLOSSARY, "| term"), ids=lambda value: value[:20])
def test_the_lab_that_the_glossary_names_uses_the_term(term, line, number):
    (lab,) = [lab for lab in LABS if lab.name == f"lab-{number}"]
    text = re.sub(r"[*`]", "", text_of(lab)).lower()
    words = [word.strip() for word in re.split(r"[,(]", re.sub(r"[`)]", "", term).lower())]
    assert any(word in text for word in words if word), f"{lab.name} never says {term}"
