"""CHANGELOG.md is in the form of Keep a Changelog, and its newest version is the one that is installed."""

import re
import tomllib
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
HEADINGS = re.findall(r"^## (.*)$", CHANGELOG, re.MULTILINE)
RELEASES = [re.fullmatch(r"\[(\d+)\.(\d+)\.(\d+)\] - (\d{4}-\d\d-\d\d)", heading) for heading in HEADINGS[1:]]
KINDS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]


def test_the_newest_version_is_that_of_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert HEADINGS[0] == "[Unreleased]"
    assert HEADINGS[1].startswith(f"[{project['version']}] - "), "Next step: name the new version in both files"


def test_versions_and_dates_go_down_the_page():
    assert None not in RELEASES, HEADINGS
    versions = [tuple(map(int, release.groups()[:3])) for release in RELEASES]
    dates = [date.fromisoformat(release[4]) for release in RELEASES]
    assert versions == sorted(set(versions), reverse=True) and dates == sorted(dates, reverse=True)


def test_each_change_is_of_a_kind_and_no_kind_is_empty():
    kinds = re.findall(r"^### (.*)\n\n(- )?", CHANGELOG, re.MULTILINE)
    assert kinds and {kind for kind, _ in kinds} <= set(KINDS)
    assert all(entry for _, entry in kinds)
