"""Links, pictures and the drawing of the pages."""

import re
import xml.etree.ElementTree as ElementTree
from urllib.parse import unquote

import pytest
from doc_pages import PAGES, ROOT, read

BESIDE = [path.relative_to(ROOT).as_posix() for pattern in ("*.md", "docs/*.md") for path in ROOT.glob(pattern)]
EVERY_PAGE = sorted({*PAGES, *BESIDE})
SVG = "{http://www.w3.org/2000/svg}"
PHONE, DRAWN = 390 - 32, 700  # the width of a page on a phone, less its margins; the width of the drawing
SMALLEST = 11  # pixels of a letter on a phone


def links(page: str) -> list[tuple[str, str]]:
    """(path, anchor) of each link to a file or a place on a page."""
    text = re.sub(r"^ *```.*?^ *```$", "", read(page), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)", text)


def anchors(text: str) -> set[str]:
    """The names of the page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", EVERY_PAGE)
def test_every_link_leads_somewhere(page):
    for path, anchor in links(page):
        target = ((ROOT / page).parent / unquote(path)).resolve() if path else ROOT / page
        assert target.exists(), f"{page} links to {path}"
        assert not anchor or anchor in anchors(target.read_text(encoding="utf-8")), f"{page}: {path}#{anchor}"


@pytest.mark.parametrize("page", EVERY_PAGE)
def test_every_picture_says_in_a_sentence_what_it_shows(page):
    for alt, address in re.findall(r"!\[([^\]]*)\]\(([^)]*)\)", read(page)):
        if "img.shields.io" in address:
            assert alt.strip(), f"{page}: {address}"  # a badge says where it leads
        else:
            assert len(alt.split()) >= 8 and alt.rstrip().endswith("."), f"{page}: {address} is said to show {alt!r}"


def test_the_page_of_commands_has_a_block_for_each_step():
    assert re.findall(r"^## (\d)\.", read("docs/running-a-course.md"), re.MULTILINE) == [*"123456789"]


@pytest.fixture(scope="module")
def drawing() -> ElementTree.Element:
    return ElementTree.parse(ROOT / "docs" / "architecture.svg").getroot()


def test_the_drawing_has_an_opaque_ground_so_that_it_reads_in_the_dark(drawing):
    _, _, width, height = map(float, drawing.get("viewBox").split())
    ground = drawing.find(f"{SVG}rect")
    assert (float(ground.get("width")), float(ground.get("height")), ground.get("fill")) == (width, height, "#ffffff")
    assert width == DRAWN and height > width


def test_the_drawings_letters_are_large_enough_for_a_phone(drawing):
    sizes = {"".join(text.itertext()): float(text.get("font-size")) for text in drawing.iter(f"{SVG}text")}
    assert len(sizes) > 20
    assert {text: size for text, size in sizes.items() if size * PHONE / DRAWN < SMALLEST} == {}


def test_the_drawing_names_the_parts_that_the_page_explains(drawing):
    page = read("docs/architecture.md")
    names = {"".join(text.itertext()) for text in drawing.iter(f"{SVG}text") if text.get("font-size") == "25"}
    assert len(names) == 10
    assert {name for name in names if f"| {name} |" not in page} == set()
