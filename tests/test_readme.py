"""The README keeps its word where a machine can tell."""

import json
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
    start = f"{min(labs).partition('/')[0]}/README.md"
    opened = {f"lab/tree/release/{page}" for page in labs | {start}}
    assert {path for _, path in badges} == {quote(path, safe="") for path in opened}
    assert README.count("mybinder.org") == len(opened)


def test_what_the_readme_links_to_exists():
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_extra_that_the_readme_installs_exists():
    named = set(re.findall(r"'\.\[([a-z]+)\]'", README))
    assert {"course", "grading", "models"} <= named
    assert named <= set(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"])


def test_every_make_target_that_the_readme_names_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"make ([a-z-]+)(?=[`\s,])", README)) - {"alone"}
    assert {"lab", "test", "test-all", "demo"} <= named <= targets


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
    (stock,) = re.findall(r"stock nbgrader (\d+\.\d+\.\d+),", README)
    assert f'"Stock" is nbgrader {stock} ' in page
    assert f"how many of [{sum(int(tried) for _, tried, *_ in counted)} submissions]" in README


def test_the_seconds_to_the_first_exercise_are_those_of_the_benchmark():
    (shown,) = re.findall(r"\[(\d+) seconds\]\(benchmarks/README\.md#from-a-fresh-clone", README)
    benchmarks = (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")
    section = benchmarks.partition("\n## From a fresh clone")[2].partition("\n## ")[0]
    (total,) = re.findall(r"^\| total \| ([\d.]+) \|", section, re.MULTILINE)
    assert int(shown) == round(float(total))


def test_each_lab_has_the_minutes_and_the_points_that_the_readme_names():
    minutes = dict(re.findall(r"^\| \[Lab .*\]\(release/(.*\.ipynb)\) \| .* \| (\d+) \|$", README, re.MULTILINE))
    (points,) = re.findall(r"Each lab has (\d+) points for its tests and (\d+) for the whiteboard", README)
    assert len(minutes) == len([*ROOT.glob("source/*/*.ipynb")])
    for lab, shown in minutes.items():
        cells = json.loads((ROOT / "source" / lab).read_text(encoding="utf-8"))["cells"]
        assert any(f"About {shown} minutes." in "".join(cell["source"]) for cell in cells), lab
        graded = [cell["metadata"].get("nbgrader", {}) for cell in cells]
        tests, by_hand = (
            sum(c["points"] for c in graded if c.get("grade") and c["solution"] is solution)
            for solution in (False, True)
        )
        assert (str(tests), str(by_hand)) == points, lab


def test_the_plot_of_work_shows_what_its_text_says():
    prompt, new = 5, 1_000
    without, with_cache = sum(range(prompt, prompt + new)), prompt + new
    assert f"to {without:,} units at {new:,} new tokens; with a cache it grows linearly, to {with_cache:,}." in README


def test_the_download_is_as_large_as_the_labs_say():
    (size,) = re.findall(r"# download once, (\d+ MB)", README)
    assert f"({size})" in (ROOT / "labkit" / "real_model.py").read_text(encoding="utf-8")
