"""`python -m grading collect`: one class, as each platform exports it."""

import re
import unicodedata

import pytest
from collect_course import CollectCourse, answered, untouched
from nbgrader.utils import parse_utc
from platform_zips import Attempt, Zip, blackboard, canvas, moodle, notebook_bytes, sakai, zipped

OLD, NEW = answered("lab", "return 1"), answered("lab", "return 2")
BEFORE, AFTER = "2026-11-01-10-00-00", "2026-11-02-21-45-10"


def class_of_four() -> list[Attempt]:
    """Latin, accented and Chinese names; an earlier attempt; several files; a zip; a damaged notebook."""
    return [
        Attempt("Ada", "Lovelace", "ada_l", 1234567, {"lab.ipynb": OLD}, BEFORE, 67890),
        Attempt(
            "Ada",
            "Lovelace",
            "ada_l",
            1234567,
            {"lab.ipynb": NEW, "work.zip": zipped({"w/second-Copy1.ipynb": answered("second"), "w/a.csv": "1"})},
            AFTER,
            70000,
        ),
        Attempt("Zoë", "Ødegård-Müller", "zoe", 22, {"second (1).ipynb": answered("lab"), "m.py": b"#"}, is_late=True),
        Attempt(
            "太郎", "山田", "taro", 33, {"lab.ipynb": untouched("lab"), "lab_2.ipynb": answered("lab", "return 4")}
        ),
        Attempt("Bo", "Ek", "bo", 44, {"lab.ipynb": answered("lab")[:-20]}),
    ]


IDS = {
    "moodle": ["Ada-Lovelace-1234567", "Zoë-Ødegård-Müller-22", "太郎-山田-33"],
    "canvas": ["lovelaceada-1234567", "ødegårdmüllerzoë-22", "山田太郎-33"],
    "blackboard": ["ada_l", "zoe", "taro"],
    "sakai": ["ada_l", "zoe", "taro"],
}
MAKERS = {"moodle": moodle, "canvas": canvas, "blackboard": blackboard, "sakai": sakai}


@pytest.mark.parametrize("platform", MAKERS)
def test_a_class_as_the_platform_exports_it(platform, tmp_path, capsys):
    course = CollectCourse(tmp_path)
    download = MAKERS[platform](class_of_four())
    for name, _ in list(download.entries)[:1]:  # what macOS adds when it packs a download again
        download.add(f"__MACOSX/{name.filename.rpartition('/')[0]}/._lab.ipynb", b"\0\5\26\7").add(".DS_Store", b"")
    assert course.collect(platform, download) == 1
    printed = capsys.readouterr().out
    files = course.submitted()
    ada, zoe, taro = IDS[platform]
    own = {name for name in files if not name.endswith(".txt")}
    work = "work-1" if platform == "canvas" else "work"
    helper = "m.py"
    assert own == {
        *(f"{ada}/lab.ipynb", f"{ada}/second.ipynb", f"{ada}/{work}/w/a.csv"),
        *(f"{zoe}/lab.ipynb", f"{zoe}/{helper}", f"{taro}/lab.ipynb"),
    }
    assert files[f"{ada}/lab.ipynb"] == NEW and files[f"{ada}/second.ipynb"] == answered("second")
    assert files[f"{zoe}/lab.ipynb"] == answered("lab") and files[f"{taro}/lab.ipynb"] == answered("lab", "return 4")
    times = {str(parse_utc(text.decode())) for name, text in files.items() if name.endswith("/timestamp.txt")}
    assert times == {"blackboard": {"2026-11-02 20:45:10"}, "sakai": {"2026-11-02 21:45:10"}}.get(platform, set())
    assert "it is damaged or not a notebook. Next step: ask for it again." in printed
    assert "it has no answers, unlike lab_2.ipynb" in printed
    assert ("marked as late by the platform" in printed) == (platform == "canvas")
    assert ("Submissions without a time, which count as on time: 3." in printed) == (platform in ("moodle", "canvas"))
    _all_files_are_counted(printed, download)


def _all_files_are_counted(printed: str, download: Zip) -> None:
    """Files in are files taken and files named; a zip of a student's counts as the files in it."""
    total, words = re.search(r"^Submissions: 4. Files: (\d+) \((.*)\)\.$", printed, re.MULTILINE).groups()
    in_zips = sum(name.filename.endswith(".zip") for name, _ in download.entries)
    assert int(total) == len(download.entries) + in_zips  # each zip here holds two files
    assert int(total) == sum(int(number) for number in re.findall(r"(\d+) ", words))


@pytest.mark.parametrize("platform", MAKERS)
def test_collecting_again_changes_nothing(platform, tmp_path, capsys):
    course = CollectCourse(tmp_path)
    download = MAKERS[platform](class_of_four())
    course.collect(platform, download)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "submitted").rglob("*")}
    ledger = (tmp_path / "downloaded/phase-00/collected.csv").read_text()
    capsys.readouterr()
    course.collect(platform, download)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "submitted").rglob("*")} == before
    assert (tmp_path / "downloaded/phase-00/collected.csv").read_text() == ledger
    assert " taken" not in capsys.readouterr().out


def _attempts(platform: str, upload: int, when: str, files: dict) -> Zip:
    made = MAKERS[platform]([Attempt("Ada", "Lovelace", "ada", 7, files, when, upload)])
    if platform in ("moodle", "sakai"):  # a later download has later times
        for entry, _ in made.entries:
            entry.date_time = (2026, 11, int(when[8:10]) + 1, 0, 0, 0)
    return made


@pytest.mark.parametrize("platform", MAKERS)
def test_a_later_attempt_replaces_an_earlier_one_and_never_the_other_way_round(platform, tmp_path, capsys):
    course = CollectCourse(tmp_path)
    first = _attempts(platform, 98, BEFORE, {"lab.ipynb": OLD, "second.ipynb": answered("second")})
    later = _attempts(platform, 100, AFTER, {"lab.ipynb": NEW, "second.ipynb": untouched("second")})
    assert course.collect(platform, first) == 0
    assert course.collect(platform, later) == 0
    after = course.submitted()
    assert NEW in after.values() and OLD not in after.values()
    assert answered("second") in after.values()  # an untouched copy never takes the place of work
    printed = capsys.readouterr().out
    assert "it replaces an earlier attempt" in printed and "the earlier attempt is kept" in printed
    assert course.collect(platform, first) == 0
    assert {name: text for name, text in course.submitted().items() if name in after} == after
    assert "submitted/ holds a later attempt" in capsys.readouterr().out


def test_moodle_without_folders(tmp_path):
    course = CollectCourse(tmp_path)
    assert course.collect("moodle", moodle([Attempt("Ada", "L", "ada", 7, {"lab.ipynb": NEW})], in_folders=False)) == 0
    assert course.submitted() == {"Ada-L-7/lab.ipynb": NEW}


OTHER_NAMES = [
    # (platform, a path as newer, older or other installations write it, the student)
    ("moodle", "Ada L_7_assignsubmission_file/lab.ipynb", "Ada-L-7"),
    ("moodle", "Participant_7_assignsubmission_file_/lab.ipynb", "Participant-7"),
    ("moodle", "LLM-Lab 1-99/Ada L_7_assignsubmission_file_/sub/lab.ipynb", "Ada-L-7"),
    ("canvas", "anon_5Xy3z_67890_lab.ipynb", "anon_5Xy3z"),
    ("canvas", "LATE_anon_5Xy3z_67890_lab.ipynb", "anon_5Xy3z"),
    ("canvas", "o2brienpat_5_67890_my_lab_2.ipynb", "o2brienpat-5"),
    ("blackboard", "Inleveren lab_ada_poging_2026-11-02-21-45-10_lab.ipynb", "ada"),
    ("sakai", "Lab/Lovelace, Ada(ada)_Submission attachment(s)_lab.ipynb", "ada"),
    ("sakai", "Lab/Lovelace, Ada(ada)/Abgegebene Anlage(n)/lab.ipynb", "ada"),
    ("folder", "ada/lab.ipynb", "ada"),
    ("folder", "ada/phase-00/lab.ipynb", "ada"),
    ("folder", "ada/Phase-00/deep/lab.ipynb", "ada"),
    ("folder", unicodedata.normalize("NFD", "Zoë/lab.ipynb"), "Zoë"),
    ("folder", "O'Neil, Zoë?/lab.ipynb", "O-Neil-Zoë-"),
]


@pytest.mark.parametrize("platform,path,student", OTHER_NAMES)
def test_other_names_of_the_same_platforms(platform, path, student, tmp_path):
    course = CollectCourse(tmp_path)
    assert course.collect(platform, Zip().add(path, NEW)) == 0
    (found,) = (name for name in course.submitted() if name.endswith("/lab.ipynb"))
    assert found.startswith(student) and len(found) <= len(f"{student}12345678/lab.ipynb")
    assert f",{platform}," in (tmp_path / "downloaded/phase-00/collected.csv").read_text()


SAKAIS_TIMES = ["20261102204510123", "2026-11-02T20:45:10Z", "Mon Nov 02 20:45:10 UTC 2026"]


@pytest.mark.parametrize("text", SAKAIS_TIMES)
def test_sakais_times_of_three_versions(text, tmp_path):
    course = CollectCourse(tmp_path)
    folder = "Lab/Lovelace, Ada(ada)/"
    course.collect(
        "sakai", Zip().add(f"{folder}timestamp.txt", text).add(f"{folder}Submission attachment(s)/l.ipynb", NEW)
    )
    assert str(parse_utc(course.submitted()["ada/timestamp.txt"].decode())) == "2026-11-02 20:45:10"


def test_a_download_may_be_unpacked_or_lie_in_nbgraders_folder(tmp_path):
    course = CollectCourse(tmp_path)
    archive = tmp_path / "downloaded/phase-00/archive"
    archive.mkdir(parents=True)
    moodle(class_of_four()).write(archive / "LLM-Lab-99.zip")
    assert course.collect("moodle", archive) == 1
    packed = course.submitted()
    unpacked = tmp_path / "unpacked/Ada L_7_assignsubmission_file_"
    unpacked.mkdir(parents=True)
    (unpacked / "lab.ipynb").write_bytes(notebook_bytes({"cells": []}))
    (unpacked / "lab-1.ipynb").write_bytes(NEW)
    assert course.collect("moodle", tmp_path / "unpacked") == 1
    assert course.submitted() == packed | {"Ada-L-7/lab.ipynb": NEW}
