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


def number_of(cell: str) -> str:
    """The lab's number in a cell: `[02](lab-02-....ipynb)`, or `-` for a term of the start page."""
    return re.sub(r"\[(\d+)\]\(.*\)", r"\1", cell)


def test_the_minutes_are_those_of_the_labs_title_cards():
    for row, lab in zip(LAB_ROWS, LABS, strict=True):
        assert f"About {row[3]} minutes." in text_of(lab), lab.name


def test_links_of_page_and_glossary_lead_somewhere():
    for text in (PAGE, GLOSSARY):
        for link in re.findall(r"\]\((?!http)([^)#]+)\)", text):
            assert (ROOT / "source" / PHASE / link).exists(), link


def test_the_page_gives_no_answer_of_a_prediction_or_an_exercise_away():
    llama = MODEL_SPECS["Llama-3-8B"].config
    per_token = 2 * llama.num_hidden_layers * llama.num_key_value_heads * llama.head_dim * 2
    users = (24 - 16) * 2**30 // (2048 * per_token)
    ridge = GPU_SPECS["A100"].ridge_point
    answers = [f"{sum(range(5, 1005)):,}", f"{5 + 1000:,}", f"{per_token:,}", f"{per_token // 1024} KiB", f"{users}"]
    answers += [f"{ridge:.0f}", f"{100 / ridge:.2f}", "1.12", "1.57"]
    prose = re.sub(r"float(32|64)", "", PAGE)
    assert [answer for answer in answers if re.search(rf"(?<![\d,.]){re.escape(answer)}(?![\d,])", prose)] == []


def test_the_glossarys_card_reports_the_memory_of_the_specs():
    mib = GPU_SPECS["A100-80GB-SXM"].memory_bytes // 2**20
    assert f'an "80 GB" A100 reports {mib:,} MiB, which is {mib // 1024} GiB' in GLOSSARY
    assert f"a GiB is {2**30 / 10**9 - 1:.0%} larger".replace("%", " %") in GLOSSARY


def test_the_points_of_the_page_are_those_of_the_labs():
    prose = " ".join(PAGE.split())
    for lab in LABS:
        points = f"{sum(lab.points.values()):g} points for its tests and {lab.manual_points:g} points"
        assert f"Each lab has {points} for your whiteboard answer" in prose


def test_the_table_of_proposals_rests_on_every_lab():
    proposals = rows(PAGE, "| a proposal that")
    assert {row[-1] for row in proposals} == {lab.name.removeprefix("lab-") for lab in LABS}
    assert all(len(row) == 6 and all(row) for row in proposals)


def test_the_glossary_is_in_alphabetical_order():
    terms = [row[0].strip("`").lower() for row in rows(GLOSSARY, "| term")]
    assert len(terms) == len(set(terms)) and terms == sorted(terms)


def test_every_term_that_a_lab_links_is_in_the_glossary():
    for lab in LABS:
        linked = re.findall(r"\[([^\]]+)\]\(glossary\.md", text_of(lab))
        assert linked, lab.name
        assert [term for term in linked if term.lower()[:7] not in GLOSSARY.lower()] == [], lab.name  # preempts, ...


@pytest.mark.parametrize("term, line, number", rows(GLOSSARY, "| term"), ids=lambda value: value[:20])
def test_the_lab_that_the_glossary_names_uses_the_term(term, line, number):
    if number == "-":
        where, text = "the start page", PAGE
    else:
        (lab,) = [lab for lab in LABS if lab.name == f"lab-{number_of(number)}"]
        assert f"]({lab.path.name})" in number
        where, text = lab.name, text_of(lab)
    text = re.sub(r"[*`]", "", text).lower()
    words = [word.strip() for word in re.split(r"[,(]", re.sub(r"[`)]", "", term).lower())]
    assert any(word in text for word in words if word), f"{where} never says {term}"
