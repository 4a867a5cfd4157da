"""`python -m grading export --canvas, --moodle-worksheet`: the grades in their file, and every other byte as it was."""

import pytest
from graded_course import gradebook_of, hand_in, make_course
from tiny_course import ASSIGNMENT

from grading.__main__ import main

FULL = {"test_double": 2, "test_ratio": 2.5, "test_triple": 1}
CANVAS = (
    'Student,ID,SIS User ID,SIS Login ID,Section,Phase 00 (4711),"Other, lab (4712)",Current Score\r\n'
    ",,,,,Manual Posting,,\r\n"
    "    Points Possible,,,,,6.00,10.00,(read only)\r\n"
    '"Lovelace, Ada",101,S1,ada,"A ""one""",,9.5,=1+1\r\n'
    '"Ødegård, Zoë",102,zoe,z@x.org,A,"3.00",,\r\n'
    '"Ek, Bo",103,,bo,A,,,\r\n'
    '"Excused, Eva",104,,eva,A,EX,,\r\n'
    '"Stranger, Sam",105,,sam,A,2,,\r\n'
    '"Student, Test",106,,,A,,,\r\n'
)
MOODLE = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",'
    '"Last modified (submission)","Last modified (grade)","Feedback comments"\n'
    'Participant 1234567,"Ada Lovelace",a@x.org,"For grading",,6.00,Yes,"Monday, 2 November 2026",-,"a\n""b"""\n'
    'Participant 1234568,"Zoë Ødegård",z@x.org,Submitted,3.00,6.00,Yes,-,"Tuesday, 3 November 2026, 9:00 AM",\n'
    'Participant 1234569,"Bo Ek",bo@x.org,Submitted,,6.00,Yes,-,-,\n'
    'Participant 1234570,"Eva Excused",eva@x.org,"No submission",,6.00,Yes,-,-,\n'
    'Participant 1234571,"Sam Stranger",sam@x.org,"No submission",1.00,6.00,Yes,-,-,\n'
)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = make_course(tmp_path_factory.mktemp("worksheet") / "course")
    with gradebook_of(course.root) as gradebook:
        hand_in(gradebook, "ada", {"first_name": "Ada", "last_name": "Lovelace", "email": "a@x.org"}, **FULL)
        hand_in(gradebook, "zoe", {"first_name": "Zoë", "last_name": "Ødegård"}, **FULL | {"test_ratio": 0})
        hand_in(gradebook, "bo", {"email": "bo@x.org"}, test_double=2, test_ratio=None)  # a grade by hand is missing
        hand_in(gradebook, "eva", {"email": "eva@x.org"}, **FULL)
        hand_in(gradebook, "nils", {"email": "nils@x.org"}, **FULL)  # in nobody's file
        gradebook.add_student("sam2", first_name="Sam", last_name="Strangest")
    return course


@pytest.fixture
def export(course, tmp_path, monkeypatch, capsys):
    """Write their file, run the command; the exit status, what it printed, and the file beside theirs."""
    monkeypatch.chdir(course.root)

    def export(flag: str, content: bytes, *arguments: str) -> tuple[int, str, bytes | None]:
        theirs = tmp_path / "theirs.csv"
        theirs.write_bytes(content)
        status = main(["export", ASSIGNMENT, flag, str(theirs), *arguments])
        printed = capsys.readouterr()
        graded = tmp_path / "theirs-graded.csv"
        assert theirs.read_bytes() == content and not list(tmp_path.glob(".*"))
        return status, printed.out + printed.err, graded.read_bytes() if graded.exists() else None

    return export


def test_canvas_gets_its_own_file_back_with_the_grades_in_it(export):
    status, printed, graded = export("--canvas", CANVAS.encode("utf-8-sig"))
    expected = CANVAS.replace('one""",,', 'one""",5.5,').replace('"3.00"', '"3"')
    assert graded == expected.encode("utf-8-sig")
    assert status == 1
    assert "theirs-graded.csv: 2 grades filled in.\n" in printed
    assert "Not filled, because a grade by hand is missing (see the Formgrader): bo.\n" in printed
    assert "Not filled, because Canvas says EX or N/A: eva.\n" in printed
    assert "Graded here, but not in that file: nils.\n" in printed
    assert "In that file, but not in the gradebook: Stranger, Sam; Student, Test.\n" in printed


def test_moodle_gets_its_own_worksheet_back_with_the_grades_in_it(export):
    status, printed, graded = export("--moodle-worksheet", MOODLE.encode())
    expected = MOODLE.replace('grading",,', 'grading",5.5,').replace("Submitted,3.00", "Submitted,3")
    assert (
        graded
        == expected.replace(
            '1234570,"Eva Excused",eva@x.org,"No submission",,', '1234570,"Eva Excused",eva@x.org,"No submission",5.5,'
        ).encode()
    )
    assert status == 1 and "3 grades filled in" in printed
    assert "In that file, but not in the gradebook: Sam Stranger.\n" in printed


SAME_GRADES = [
    # (flag, the file in another form, what stands in it then)
    ("--canvas", CANVAS.replace(",", ";"), "utf-8", b'one""";5.5;'),
    ("--canvas", CANVAS.replace("Phase 00 (4711)", "Lab (4711)"), "utf-16", 'one""",5.5,'.encode("utf-16-le")),
    ("--canvas", CANVAS.replace("6.00", '"6,00"'), "latin-1", b'one""","5,5",'),
    ("--canvas", CANVAS.replace("Student,ID", "Student,ID", 1).replace("\r\n", "\n").rstrip("\n"), "utf-8", b"5.5"),
    ("--moodle-worksheet", MOODLE.replace(",6.00", ',"6,00"'), "utf-8", b'"5,5","6,00"'),
    ("--moodle-worksheet", MOODLE.replace("Participant", "Teilnehmer/in"), "utf-8-sig", b'grading",5.5,'),
]


@pytest.mark.parametrize("flag,text,encoding,expected", SAME_GRADES, ids=map(str, range(len(SAME_GRADES))))
def test_separators_encodings_and_decimal_signs_are_the_files_own(flag, text, encoding, expected, export):
    text = text.replace("ë", "e").replace("Ø", "O").replace("å", "a") if encoding == "latin-1" else text
    column = ["--column", "Lab (4711)"] if "Lab (4711)" in text else []
    _, printed, graded = export(flag, text.encode(encoding), *column)
    assert graded and expected in graded, printed
    before, after = text.encode(encoding).split(b"\n"), graded.split(b"\n")
    assert len(before) == len(after) and sum(a != b for a, b in zip(before, after)) in (2, 3)


REFUSED = [
    ("--canvas", MOODLE, "has no column 'Student'; its first line is: Identifier, Full name"),
    ("--moodle-worksheet", CANVAS, "has no column 'Identifier'"),
    ("--moodle-worksheet", MOODLE.replace("Last modified (grade)", "X"), "has no column 'Last modified (grade)'"),
    ("--canvas", CANVAS.replace("Phase 00 (", "Lab ("), "add --column with one of: Lab (4711), Other, lab (4712)."),
    ("--canvas", CANVAS + '"unclosed', "is no CSV file"),
    ("--canvas", "", "is no CSV file"),
    ("--moodle-worksheet", MOODLE.replace("6.00", "5.00"), "The maximum there is 5.00. Next step: set it to 6"),
]


@pytest.mark.parametrize("flag,text,said", REFUSED, ids=map(str, range(len(REFUSED))))
def test_what_is_not_what_it_should_be_is_refused_by_the_column(flag, text, said, export):
    status, printed, graded = export(flag, text.encode())
    assert (status, graded) == (2, None) and printed.startswith("Not written: ") and said in printed


def test_another_maximum_is_said(export):
    _, printed, graded = export("--moodle-worksheet", MOODLE.replace("6.00", "100.00").encode())
    assert graded and "The maximum there is 100.00, here 6. The points are filled in as they are here." in printed


def test_lines_that_fit_several_are_not_filled(course, export):
    twice = MOODLE + 'Participant 99,"Ada Lovelace",a@x.org,Submitted,,6.00,Yes,-,-,\n'
    status, printed, graded = export("--moodle-worksheet", twice.encode())
    assert graded == twice.encode().replace(b"Submitted,3.00", b"Submitted,3").replace(
        b'eva@x.org,"No submission",,', b'eva@x.org,"No submission",5.5,'
    )
    assert status == 1 and "because several students match" in printed and "Ada Lovelace (ada)" in printed


def test_to_names_the_file_and_may_name_theirs(course, tmp_path, monkeypatch):
    monkeypatch.chdir(course.root)
    theirs = tmp_path / "theirs.csv"
    theirs.write_text(MOODLE)
    assert main(["export", ASSIGNMENT, "--moodle-worksheet", str(theirs), "--to", str(theirs)]) == 1
    assert 'grading",5.5,' in theirs.read_text() and list(tmp_path.iterdir()) == [theirs]
