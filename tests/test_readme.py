"""The README keeps its word where a machine can tell."""

import re
import tomllib
from pathlib import Path
from urllib.parse import quote, unquote

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_every_lab_has_a_binder_badge_with_the_repositorys_address():
    repository = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["urls"]["Repository"]
    name = repository.partition("://")[2].partition("/")[2]
    badges = re.findall(r"\]\(https://mybinder\.org/v2/([^)?]*)\?urlpath=([^)]*)\)", README)
    for where, _ in badges:
        assert unquote(where).startswith((f"gh/{name}/", f"gl/{name}/", f"git/{repository}/"))
    labs = {path.relative_to(ROOT / "source").as_posix() for path in ROOT.glob("source/*/*.ipynb")}
    assert labs
    opened = {f"lab/tree/release/{page}" for page in labs | {"phase-00-foundations/README.md"}}
    assert {path for _, path in badges} == {quote(path, safe="") for path in opened}
    assert README.count("mybinder.org") == len(opened)


def test_what_the_readme_links_to_exists():
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_make_target_that_the_readme_names_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"make ([a-z]+)(?=[`\s,])", README)) - {"alone"}
    assert {"lab", "test", "demo"} <= named <= targets


def test_the_readers_example_runs_and_its_fox_is_in_the_story():
    example = re.search(r"```python\n(.*?)```", README, re.DOTALL).group(1)
    namespace: dict = {}
    exec(example, namespace)
    assert [len(output.outputs[0].text) > 40 for output in namespace["outputs"]] == [True, True]
    assert "fox" in namespace["answer"][0].outputs[0].text


def test_the_readmes_count_of_attacks_is_that_of_the_page_about_them():
    page = (ROOT / "docs" / "attacks.md").read_text(encoding="utf-8")
    counted = re.findall(r"^Right: this course, as root (\d+) of (\d+), .*stock (\d+) of (\d+)", page, re.MULTILINE)
    shown = re.findall(r"^\| .* \| (\d+) of (\d+) \| (\d+) of (\d+)", README, re.MULTILINE)
    assert shown == counted and len(counted) == 4
    assert f"how many of [{sum(int(tried) for _, tried, *_ in counted)} submissions]" in README
