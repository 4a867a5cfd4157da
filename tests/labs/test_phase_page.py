"""The page that students of a phase start from, and its glossary, say what its labs say."""

import re

import nbformat
import pytest
from lab_cells import LABS, PHASES, ROOT, Lab


class Phase:
    """A folder of source/: its labs, its start page and its glossary."""

    def __init__(self, name: str) -> None:
        self.folder = ROOT / "source" / name
        self.name = f"phase {name.split('-')[1]}"  # as in the README
        self.labs = [lab for lab in LABS if lab.path.parent == self.folder]
        self.page = (self.folder / "README.md").read_text(encoding="utf-8")
        self.glossary = (self.folder / "glossary.md").read_text(encoding="utf-8")

    @property
    def lab_rows(self) -> list[list[str]]:
        """The rows of the start page's table of labs."""
        return rows(self.page, "| lab | the question")

    @property
    def terms(self) -> list[list[str]]:
        """The rows of the glossary: term, meaning, lab."""
        return rows(self.glossary, "| term")


def rows(text: str, header: str) -> list[list[str]]:
    """The cells of the rows of the table that begins with this header."""
    lines = text[text.index(header) :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def text_of(lab: Lab) -> str:
    return "\n".join(cell.source for cell in nbformat.read(lab.path, as_version=4).cells)


def number_of(cell: str) -> str:
    """The lab's number in a cell: `[02](lab-02-....ipynb)`, or `-` for a term of the start page."""
    return re.sub(r"\[(\d+)\]\(.*\)", r"\1", cell)


OF_PHASE = {name: Phase(name) for name in PHASES}
EACH_PHASE = pytest.mark.parametrize("phase", OF_PHASE.values(), ids=OF_PHASE)


@EACH_PHASE
def test_the_page_names_every_lab_in_order_and_links_to_it(phase):
    assert [re.search(r"\((.*)\)", row[0]).group(1) for row in phase.lab_rows] == [lab.path.name for lab in phase.labs]


@EACH_PHASE
def test_the_page_and_the_readme_ask_the_question_that_is_the_labs_title(phase):
    readme = {row[0]: row[1] for row in rows((ROOT / "README.md").read_text(encoding="utf-8"), f"| [{phase.name} ")}
    for row, lab in zip(phase.lab_rows, phase.labs, strict=True):
        (listed,) = [question for link, question in readme.items() if lab.path.name in link]
        assert text_of(lab).startswith(f"# Lab {lab.name[-2:]} · {row[1]} [CPU-OK]\n")
        assert row[1] == listed


@EACH_PHASE
def test_the_minutes_are_those_of_the_labs_title_cards(phase):
    for row, lab in zip(phase.lab_rows, phase.labs, strict=True):
        assert f"About {row[3]} minutes." in text_of(lab), lab.name


@EACH_PHASE
def test_links_of_page_and_glossary_lead_somewhere(phase):
    for text in (phase.page, phase.glossary):
        for link in re.findall(r"\]\((?!http)([^)#]+)\)", text):
            assert (phase.folder / link).exists(), link


@EACH_PHASE
def test_the_points_of_the_page_are_those_of_the_labs(phase):
    prose = " ".join(phase.page.split())
    for lab in phase.labs:
        points = f"{sum(lab.points.values()):g} points for its tests and {lab.manual_points:g} points"
        assert f"Each lab has {points} for your whiteboard answer" in prose


@EACH_PHASE
def test_the_page_ends_with_a_table_that_rests_on_every_lab(phase):
    first, *lines = phase.page[phase.page.rindex("\n\n|") :].strip().splitlines()
    table = rows("\n".join([first, *lines]), first)
    assert {number for row in table for number in row[-1].split(", ")} == {lab.name[-2:] for lab in phase.labs}
    assert all(len(row) == first.count("|") - 1 and all(row) for row in table)


@EACH_PHASE
def test_the_glossary_is_in_alphabetical_order(phase):
    terms = [row[0].strip("`").lower() for row in phase.terms]
    assert terms and len(terms) == len(set(terms)) and terms == sorted(terms)


@EACH_PHASE
def test_every_term_that_a_lab_links_is_in_the_glossary_that_it_links(phase):
    for lab in phase.labs:
        linked = re.findall(r"\[([^\]]+)\]\((?:\.\./([^/)]+)/)?glossary\.md", text_of(lab))
        assert linked, lab.name
        for term, other in linked:
            glossary = OF_PHASE[other or phase.folder.name].glossary.lower()
            assert term.lower()[:7] in glossary, f"{lab.name}: {term}"  # preempts, ...


@pytest.mark.parametrize(
    ("phase", "row"),
    [pytest.param(phase, row, id=f"{name}-{row[0][:20]}") for name, phase in OF_PHASE.items() for row in phase.terms],
)
def test_the_lab_that_the_glossary_names_uses_the_term(phase, row):
    term, _, number = row
    if number == "-":
        where, text = "the start page", phase.page
    else:
        (lab,) = [lab for lab in phase.labs if lab.name == f"lab-{number_of(number)}"]
        assert f"]({lab.path.name})" in number
        where, text = lab.name, text_of(lab)
    text = re.sub(r"[*`]", "", text).lower()
    words = [word.strip() for word in re.split(r"[,(]", re.sub(r"[`)]", "", term).lower())]
    assert any(word in text for word in words if word), f"{where} never says {term}"
