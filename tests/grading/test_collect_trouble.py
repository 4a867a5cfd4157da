"""`python -m grading collect`: whatever is wrong with one student's files costs these files, and is named."""

import contextlib
import os

import pytest
from collect_course import CollectCourse, answered, released, untouched
from platform_zips import Zip, link, notebook_bytes, with_flag, zipped

import grading.collect.files as files_module
from grading.__main__ import main
from grading.collect.labs import Labs

WORK = answered("lab")
BOB = ("bob/lab.ipynb", answered("lab", "return 7"))  # an honest neighbour


def deep(levels: int) -> bytes:
    content = zipped({"lab.ipynb": WORK})
    for _ in range(levels - 1):
        content = zipped({"in.zip": content})
    return content


def without_metadata(lab: str) -> bytes:
    notebook = released()[lab]
    for number, cell in enumerate(notebook.cells):
        cell.metadata, cell.id = {}, f"cell-{number}"
    notebook.cells[-2].source = notebook.cells[-2].source.replace("raise NotImplementedError()", "return 5")
    return notebook_bytes(notebook)


def old_format(lab: str) -> bytes:
    cells = [{"metadata": cell.metadata, "cell_type": "code", "input": cell.source} for cell in released()[lab].cells]
    return notebook_bytes({"worksheets": [{"cells": cells}], "nbformat": 3, "metadata": {}})


def of_two_labs() -> bytes:
    one, other = released().values()
    one.cells += other.cells
    return notebook_bytes(one)


TAKEN = [
    # (what ada hands in, by name, as a list where two have the same name; what arrives)
    ({"lab.ipynb": b"\xef\xbb\xbf" + WORK}, {"lab.ipynb": b"\xef\xbb\xbf" + WORK}),
    ({"second.ipynb": WORK}, {"lab.ipynb": WORK}),  # saved under the other's name
    ({"Untitled7.ipynb": WORK, "lab.ipynb": untouched("lab")}, {"lab.ipynb": WORK}),
    ({"lab (1).ipynb": WORK}, {"lab.ipynb": WORK}),
    ({"lab-Copy1.ipynb.json": WORK}, {"lab.ipynb": WORK}),
    ({"lab.ipynb.txt": WORK}, {"lab.ipynb": WORK}),
    ({"LAB_2.IPYNB": WORK}, {"lab.ipynb": WORK}),
    ({"lab.ipynb": without_metadata("lab")}, {"lab.ipynb": without_metadata("lab")}),
    ({"lab.ipynb": old_format("lab")}, {"lab.ipynb": old_format("lab")}),
    ({"a.ipynb": answered("lab", "return 1"), "b.ipynb": answered("lab", "return 100")}, "return 100"),
    ({"w.zip": zipped({"x/lab.ipynb": WORK, "x/data/a.csv": "1", "x/b.png": "2"})}, ["data/a.csv", "b.png"]),
    ({"w.ZIP": zipped({"x\\lab.ipynb": WORK})}, {"lab.ipynb": WORK}),  # as some programs on Windows pack
    ({"w.zip": deep(3)}, {"lab.ipynb": WORK}),
    ({"lab.ipynb": WORK, "Zoe\u0308.csv": "1"}, ["Zo\xeb.csv"]),  # macOS takes letters and their accents apart
    ({"lab.ipynb": WORK, ".ipynb_checkpoints/lab-checkpoint.ipynb": WORK + b" "}, {"lab.ipynb": WORK}),
    ({"lab.ipynb": WORK, "._lab.ipynb": b"\0", "Thumbs.db": b"\0"}, {"lab.ipynb": WORK}),
]


@pytest.mark.parametrize("files,expected", TAKEN, ids=map(str, range(len(TAKEN))))
def test_what_is_taken(files, expected, tmp_path, capsys):
    course = CollectCourse(tmp_path)
    download = Zip().add(*BOB)
    for name, content in files.items():
        download.add(f"ada/{name}", content)
    status = course.collect("folder", download)
    found = {name.removeprefix("ada/"): text for name, text in course.submitted().items() if name.startswith("ada/")}
    if isinstance(expected, str):
        assert list(found) == ["lab.ipynb"] and expected in found["lab.ipynb"].decode()
    elif isinstance(expected, list):
        assert sorted(found) == sorted([*expected, "lab.ipynb"])
    else:
        assert found == expected
    assert status == 0, capsys.readouterr().out


LEFT = [
    # (what ada hands in; what is said of it)
    ({"lab.ipynb": WORK[:-9]}, "lab.ipynb: it is damaged or not a notebook. Next step: ask for it again."),
    ({"lab.ipynb": b"[" * 100_000}, "it is damaged or not a notebook"),
    ({"lab.ipynb": b'{"cells": [{"metadata": 3, "source": {}}]}'}, "it is damaged or not a notebook"),
    ({"lab.ipynb": b""}, "it is damaged or not a notebook"),
    ({"lab.ipynb": b'{"cells": []}'}, "it shares no cell with a lab of this assignment. Next step: look at it."),
    ({"lab.ipynb": of_two_labs()}, "it contains cells of both lab and second. Next step: split it."),
    ({"report.pdf": b"%PDF"}, "report.pdf: it comes without a notebook of this assignment."),
    ({"w.rar": b"Rar!"}, "an archive other than zip. Next step: unpack it, and use --from folder."),
    ({"w.zip": b"PK no zip"}, "a zip that cannot be opened (File is not a zip file)."),
    ({"w.zip": zipped({"../../lab.ipynb": WORK})}, "a path that leads out of the zip."),
    ({"w.zip": zipped({"/lab.ipynb": WORK})}, "a path that leads out of the zip."),
    ({"w.zip": zipped({"..\\lab.ipynb": WORK})}, "a path that leads out of the zip."),
    ({"w.zip": zipped({"C:\\lab.ipynb": WORK})}, "a path that leads out of the zip."),
    ({"w.zip": Zip().add(link("lab.ipynb"), "/etc/passwd").bytes()}, "a link or a special file."),
    ({"w.zip": zipped({"lab\x1b[2J.ipynb": WORK})}, "lab?[2J.ipynb: named with control characters."),
    ({"w.zip": zipped({"lab.ipynb": b" " * 2**23})}, "compressed by more than 200:1, like a zip bomb."),
    ({"w.zip": zipped({f"{number}": "" for number in range(10_001)})}, "it holds more than 10,000 files"),
    ({"w.zip": deep(4)}, "zips in zips more than 3 deep"),
    ({"w.zip": with_flag(zipped({"lab.ipynb": WORK}), 1, True)}, "lab.ipynb: encrypted."),
]


@pytest.mark.parametrize("files,said", LEFT, ids=map(str, range(len(LEFT))))
def test_what_is_left_is_named_and_the_neighbour_is_collected(files, said, tmp_path, capsys):
    root = tmp_path / "deep" / "course"
    root.mkdir(parents=True)
    course = CollectCourse(root)
    download = Zip().add(*BOB)
    for name, content in files.items():
        download.add(f"ada/{name}", content)
    status = course.collect("folder", download)
    printed = capsys.readouterr().out
    assert said in printed
    assert status == 1 and printed.count("Next step: ") > printed.count("left: ")  # and the one at the end
    submitted = course.submitted()
    assert submitted[BOB[0]] == BOB[1]
    assert [path.name for path in tmp_path.rglob("*") if root not in path.parents] == ["deep", "course"]


def test_a_zip_that_lies_about_its_sizes_is_read_no_further_than_the_bound(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("grading.collect.candidates.MAX_NOTEBOOK_BYTES", 1000)
    course = CollectCourse(tmp_path)
    assert course.collect("folder", Zip().add(*BOB).add("ada/lab.ipynb", WORK + b" " * 1000)) == 1
    assert "it is larger than 1,000 bytes" in capsys.readouterr().out


def test_a_name_in_another_encoding_is_its_owners_trouble_at_most(tmp_path, capsys):
    course = CollectCourse(tmp_path)
    for name in (b"Zo\xeb", b"Zo\xe9"):
        folder = os.fsencode(tmp_path) + b"/in/" + name
        os.makedirs(folder)
        with open(folder + b"/lab.ipynb", "wb") as file:
            file.write(WORK)
    assert course.collect("folder", tmp_path / "in") == 0
    assert len(course.submitted()) == 2


def test_a_submission_has_bounds_of_files_and_bytes(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("grading.collect.candidates.MAX_FILES", 2)
    course = CollectCourse(tmp_path)
    course.collect("folder", Zip().add("ada/lab.ipynb", WORK).add("ada/a", b"").add("ada/b", b"").add("ada/c", b""))
    assert capsys.readouterr().out.count("the student handed in more than 2 files") == 2
    monkeypatch.setattr("grading.collect.candidates.MAX_BYTES", len(WORK) + 5)
    course.collect("folder", Zip().add("eva/lab.ipynb", WORK).add("eva/a", b"123456"))
    assert "eva/a: it is larger than 5 bytes" in capsys.readouterr().out


def test_links_and_special_files_of_a_folder_are_not_followed(tmp_path, capsys):
    course = CollectCourse(tmp_path)
    secret = tmp_path / "secret.ipynb"
    secret.write_bytes(WORK)
    ada = tmp_path / "in" / "ada"
    ada.mkdir(parents=True)
    (ada / "lab.ipynb").symlink_to(secret)
    (ada / "more").symlink_to(tmp_path)
    os.mkfifo(ada / "second.ipynb")
    os.link(secret, ada / "hard.ipynb")
    assert course.collect("folder", tmp_path / "in") == 1
    printed = capsys.readouterr().out
    assert printed.count("a link or a special file") == 3 and "a hard link" in printed
    assert course.submitted() == {}


def test_a_link_in_submitted_is_not_written_through(tmp_path, capsys):
    course = CollectCourse(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "submitted").mkdir()
    (tmp_path / "submitted" / "ada").symlink_to(tmp_path / "elsewhere")
    assert course.collect("folder", Zip().add("ada/lab.ipynb", WORK).add(*BOB)) == 1
    assert "is a link" in capsys.readouterr().out and not list((tmp_path / "elsewhere").iterdir())
    assert course.submitted()["bob/lab.ipynb"] == BOB[1]


def test_what_is_in_submitted_by_hand_stays_unless_the_times_tell(tmp_path, capsys):
    course = CollectCourse(tmp_path)
    folder = tmp_path / "submitted" / "ada" / "phase-00"
    folder.mkdir(parents=True)
    (folder / "lab.ipynb").write_bytes(answered("lab", "by hand"))
    assert course.collect("folder", Zip().add("ada/lab.ipynb", WORK)) == 1
    assert "it is not known which is later. Next step: move it away, and collect again." in capsys.readouterr().out
    download = Zip().add("ada/lab.ipynb", WORK).add("ada/timestamp.txt", "2026-11-20 08:00")
    (folder / "timestamp.txt").write_text("2027-01-01 00:00:00 UTC")
    assert course.collect("folder", download) == 0
    assert (folder / "lab.ipynb").read_bytes() == answered("lab", "by hand")
    (folder / "timestamp.txt").write_text("2026-01-01 00:00:00 UTC")
    assert course.collect("folder", download) == 0
    assert (folder / "lab.ipynb").read_bytes() == WORK
    assert (folder / "timestamp.txt").read_text() == "2026-11-20 07:00:00.000000 UTC"


def test_who_was_graded_before_and_has_no_later_time_is_named_with_the_command(tmp_path, capsys):
    course = CollectCourse(tmp_path)
    (tmp_path / "autograded/Ada-7/phase-00").mkdir(parents=True)
    course.collect("moodle", Zip().add("Ada_7_assignsubmission_file_/lab.ipynb", WORK))
    assert "graded before: python -m grading autograde phase-00 --student Ada-7 --force" in capsys.readouterr().out


def test_a_dry_run_writes_nothing_and_says_the_same(tmp_path, capsys):
    course = CollectCourse(tmp_path)
    download = Zip().add("ada/lab.ipynb", WORK).add("eva/lab.ipynb", WORK[:-9])
    assert course.collect("folder", download, "--dry-run") == 1
    dry = capsys.readouterr().out
    assert not (tmp_path / "submitted").exists() and not (tmp_path / "downloaded").exists()
    assert course.collect("folder", download) == 1
    wet = capsys.readouterr().out
    assert dry.splitlines()[:-1] == wet.splitlines()[:-1] and "Nothing was written: --dry-run." in dry


CANNOT_START = [
    (
        "moodle",
        Zip().add("lovelaceada_1_2_lab.ipynb", WORK),
        "contains no submissions as they are named with --from moodle",
    ),
    ("moodle", Zip().add("lovelaceada_1_2_lab.ipynb", WORK), "It may be --from canvas."),
    (
        "canvas",
        Zip().add("lab.ipynb", WORK),
        "Expected, for example: smithmary_12345_67890_lab.ipynb\nFound: lab.ipynb.",
    ),
    ("sakai", Zip(), "Found: no file."),
    ("folder", Zip().add("Ada L_7_assignsubmission_file_/lab.ipynb", WORK), "It may be --from moodle."),
    ("folder", "nowhere.zip", "No such file or directory: 'nowhere.zip'"),
    (
        "folder",
        "nbgrader_config.py",
        "Not collected: nbgrader_config.py is not a zip, or is damaged. Next step: download it again.",
    ),
]


@pytest.mark.parametrize("platform,download,said", CANNOT_START)
def test_what_cannot_start_says_what_was_expected_and_seen(platform, download, said, tmp_path, capsys):
    course = CollectCourse(tmp_path)
    assert course.collect(platform, download) == 2
    assert said in capsys.readouterr().err and not (tmp_path / "submitted").exists()


def test_other_reasons_not_to_start(tmp_path, capsys):
    course = CollectCourse(tmp_path)
    download = Zip().add("ada/lab.ipynb", WORK)
    assert course.collect("folder", download, "--timezone", "Mars/Olympus") == 2
    assert "there is no such zone" in capsys.readouterr().err
    with contextlib.chdir(tmp_path):
        assert main(["collect", "phase-99", "download.zip", "--from", "folder"]) == 2
    assert "has no notebook. Next step: nbgrader generate_assignment phase-99" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["timestamp.txt", "Timestamp.TXT"])
def test_nobody_chooses_the_own_time_of_submission(name, tmp_path, capsys):
    course = CollectCourse(tmp_path)
    content = zipped({"a/lab.ipynb": WORK, f"a/{name}": "1999-01-01"})
    assert course.collect("folder", Zip().add("ada/w.zip", content)) == 0
    assert f"not submitted: ada/w/a/{name}: this name is reserved for nbgrader" in capsys.readouterr().out
    assert course.submitted() == {"ada/lab.ipynb": WORK}


def test_a_file_of_nobody_is_named(tmp_path, capsys):
    course = CollectCourse(tmp_path)
    assert course.collect("canvas", Zip().add("lovelaceada_1_2_lab.ipynb", WORK).add("stray.ipynb", WORK)) == 1
    assert "left: stray.ipynb: not named as a submission, such as smithmary_1" in capsys.readouterr().out


IN_ANOTHERS_NAME = [
    ("moodle", "Ada_7_assignsubmission_file_/Bob_8_assignsubmission_file_/lab.ipynb", "Ada-7"),
    ("moodle", "Ada_7_assignsubmission_file_Bob_8_assignsubmission_file_lab.ipynb", "Ada-7"),
    ("canvas", "ada_7_70_bob_8_80_lab.ipynb", "ada-7"),
    ("blackboard", "Lab_ada_attempt_2026-11-02-21-45-10_Lab_bob_attempt_2026-11-02-21-45-11_lab.ipynb", "ada"),
    ("sakai", "Lab/A, Ada(ada)/Submission attachment(s)/B, Bob(bob)/x/lab.ipynb", "ada"),
    ("sakai", "Labs, part (b)/A, Ada(ada)/Submission attachment(s)/lab.ipynb", "ada"),
]


@pytest.mark.parametrize("platform,path,student", IN_ANOTHERS_NAME)
def test_a_file_named_as_another_students_stays_its_owners(platform, path, student, tmp_path):
    course = CollectCourse(tmp_path)
    course.collect(platform, Zip().add(path, WORK))
    assert {name.partition("/")[0] for name in course.submitted()} == {student}


def test_an_attempt_with_and_one_without_a_receipt_are_one_students(tmp_path):
    course = CollectCourse(tmp_path)
    start = "Lab_ada_attempt_2026-11-0"
    download = Zip().add(f"{start}1-00-00-00.txt", "Name: Ada L (ada)\n").add(f"{start}1-00-00-00_lab.ipynb", WORK)
    assert course.collect("blackboard", download.add(f"{start}2-00-00-00_lab.ipynb", BOB[1])) == 0
    assert course.submitted()["ada/lab.ipynb"] == BOB[1]


def test_the_same_work_handed_in_again_makes_nobody_late(tmp_path):
    course = CollectCourse(tmp_path)
    course.collect("blackboard", Zip().add("Lab_ada_attempt_2026-11-02-21-45-10_lab.ipynb", WORK))
    before = course.submitted()
    course.collect("blackboard", Zip().add("Lab_ada_attempt_2026-11-09-21-45-10_lab.ipynb", WORK))
    assert course.submitted() == before and "ada/timestamp.txt" in before


def test_a_later_copy_without_answers_does_not_take_the_place_of_work(tmp_path, capsys):
    course = CollectCourse(tmp_path)
    download = Zip().add("ada/a.ipynb", WORK).add("ada/b.ipynb", untouched("lab"), (2026, 11, 21, 0, 0, 0))
    course.collect("folder", download)
    assert course.submitted() == {"ada/lab.ipynb": WORK}
    assert "superseded: ada/b.ipynb: it has no answers, unlike a.ipynb" in capsys.readouterr().out


def test_a_files_own_time_decides_between_attempts_but_is_no_time_of_submission(tmp_path, capsys):
    course = CollectCourse(tmp_path)
    download = Zip().add("ada/a.ipynb", WORK).add("ada/b.ipynb", BOB[1], (2026, 11, 21, 0, 0, 0))
    course.collect("folder", download)
    assert course.submitted() == {"ada/lab.ipynb": BOB[1]}
    assert "Submissions without a time, which count as on time: 1. A file's own time may be" in capsys.readouterr().out


def test_a_folder_of_folders_in_a_zip_is_no_student(tmp_path):
    course = CollectCourse(tmp_path)
    course.collect("folder", Zip().add("class/ada/lab.ipynb", WORK).add("class/bob/lab.ipynb", WORK))
    assert [name for name in course.submitted() if name.endswith(".ipynb")] == ["ada/lab.ipynb", "bob/lab.ipynb"]


def test_names_in_a_zip_of_macos_are_utf_8_even_if_it_does_not_say_so(tmp_path):
    course = CollectCourse(tmp_path)
    (tmp_path / "mac.zip").write_bytes(with_flag(zipped({"Zoë/lab.ipynb": WORK}), 0x800, False))
    course.collect("folder", tmp_path / "mac.zip")
    assert "Zoë/lab.ipynb" in course.submitted()


def test_the_real_labs_are_told_from_each_other():
    from tiny_course import REPOSITORY

    folder = REPOSITORY / "release" / "phase-00-foundations"
    labs = Labs(folder)
    for path in folder.glob("*.ipynb"):
        found = labs.recognise(path.read_bytes())
        assert (found.lab, found.own) == (path.stem, 0)
    in_all_labs = {"metadata": {"nbgrader": {"grade_id": "setup"}}, "id": "setup", "source": "import numpy"}
    with pytest.raises(ValueError, match="it shares no cell with a lab"):
        labs.recognise(notebook_bytes({"cells": [in_all_labs]}))


def test_the_bound_on_entries_is_read_from_the_zip_itself(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(files_module, "MAX_ENTRIES", 1)
    assert CollectCourse(tmp_path).collect("folder", Zip().add("ada/lab.ipynb", WORK).add(*BOB)) == 2
    assert "it holds 2 files, at most 1" in capsys.readouterr().err
