"""`python -m grading collect --class-list`: whose a submission is, by lists as they come; nobody is guessed."""

import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from collect_course import CollectCourse, answered
from nbgrader.utils import parse_utc
from platform_zips import Attempt, Zip, blackboard, canvas, moodle, sakai

from grading.collect.people import safe_id
from grading.collect.times import parsed

WORK = answered("lab")
ATTEMPTS = [
    Attempt("Zoë", "Ødegård-Müller", "zoe_m", 22, {"lab.ipynb": WORK}),
    Attempt("太郎", "山田", "taro", 33, {"lab.ipynb": WORK}),
]
NBGRADER = "id,first_name,last_name,email,lms_user_id\nz1,Zoë,Ødegård-Müller,z@x.org,\nt2,太郎,山田,t@x.org,\n"
NUMBERS = "id,lms_user_id\nz1,22\nt2,33\n"
USERS = "Last Name,First Name,Username,Availability\nM,Z,zoe_m,Yes\nY,T,taro,Yes\n"  # as Blackboard has it
CANVAS = (
    "Student,ID,SIS Login ID,Section,Lab (1)\n    Points Possible,,,,6\n"
    '"Ødegård-Müller, Zoë",22,z1,A,\n"山田, 太郎",33,t2,A,\n"Student, Test",99,,A,\n'
)
PARTICIPANTS = '"First name",Surname,"ID number","Email address"\nZoë,Ødegård-Müller,z1,z@x.org\n太郎,山田,t2,t@x.org\n'
GRADING_WORKSHEET = (
    'Identifier,"Full name","Email address",Status,Grade,"Last modified (submission)","Last modified (grade)"\n'
    'Participant 22,"Zoë Ødegård-Müller",z1,Submitted,,"Monday, 2 November 2026, 9:45 PM",-\n'
    'Participant 33,"Another spelling",t2,Submitted,,"Monday, 2 November 2026, 9:45 PM",-\n'
)
LISTS = [
    # (the platform, the list, its encoding, the ids)
    (moodle, NBGRADER, "utf-8", {"z1", "t2"}),
    (moodle, NBGRADER, "utf-8-sig", {"z1", "t2"}),
    (moodle, NBGRADER.replace(",", "\t"), "utf-16", {"z1", "t2"}),
    (moodle, unicodedata.normalize("NFD", NBGRADER), "utf-8", {"z1", "t2"}),
    (moodle, NBGRADER.replace(",", ";").replace("太郎;山田", "T;Y"), "cp1252", {"z1"}),
    (moodle, PARTICIPANTS, "utf-8", {"z1", "t2"}),
    (moodle, GRADING_WORKSHEET, "utf-8", {"z1", "t2"}),
    (canvas, NBGRADER, "utf-8", {"z1", "t2"}),
    (canvas, NUMBERS, "utf-8", {"z1", "t2"}),
    (canvas, CANVAS, "utf-8-sig", {"z1", "t2"}),
    (moodle, NBGRADER.replace("z1", "Zoë M. + co").replace("t2", "../t"), "utf-8", {"Zoë M. + co", "t-364201dc"}),
    (blackboard, NBGRADER, "utf-8", {"z1", "t2"}),
    (blackboard, USERS, "utf-8", {"zoe_m", "taro"}),
    (sakai, USERS, "utf-8", {"zoe_m", "taro"}),
    (sakai, NBGRADER, "utf-8", {"z1", "t2"}),
]


@pytest.mark.parametrize("platform,text,encoding,ids", LISTS, ids=map(str, range(len(LISTS))))
def test_lists_are_taken_as_they_come(platform, text, encoding, ids, tmp_path, capsys):
    course = CollectCourse(tmp_path)
    (tmp_path / "list.csv").write_bytes(text.encode(encoding))
    status = course.collect(platform.__name__, platform(ATTEMPTS), "--class-list", "list.csv")
    assert {name.partition("/")[0] for name in course.submitted()} == ids
    assert status == (0 if len(ids) == 2 else 1), capsys.readouterr().out
    if text is GRADING_WORKSHEET:
        assert parse_utc(course.submitted()["z1/timestamp.txt"].decode()) == datetime(2026, 11, 2, 20, 45)


NOT_GUESSED = [
    # (the list; what is said of Ada Lovelace, 7; of Moodle)
    ("id,first_name,last_name\nb,Bob,Ek\n", "Ada Lovelace 7  1 left\n"),
    (
        "id,first_name,last_name\nb,Bob,Ek\n",
        "it matches nobody in the class list. Next step: add ids, email addresses or the platform's numbers",
    ),
    ("id,first_name,last_name\na1,Ada,Lovelace\na2,Ada,Lovelace\n", "it matches several students: a1, a2."),
    ("id,first_name,last_name\na1,Lovelace,Ada\na2,Ada,Lovelace\n", "it matches several students: a1, a2."),
    ("id,first_name,last_name\n7,Bob,Ek\n", "it matches nobody in the class list"),  # a participant's number is no id
    (
        "Identifier,Full name,Username\nParticipant 7,Bob Ek,b\nParticipant 8,Ada Lovelace,a\n",
        "it matches several students",
    ),
]


@pytest.mark.parametrize("text,said", NOT_GUESSED)
def test_nobody_is_guessed(text, said, tmp_path, capsys):
    course = CollectCourse(tmp_path)
    (tmp_path / "list.csv").write_text(text)
    download = moodle([Attempt("Ada", "Lovelace", "ada", 7, {"lab.ipynb": WORK})])
    assert course.collect("moodle", download, "--class-list", "list.csv") == 1
    assert said in capsys.readouterr().out and course.submitted() == {}


def test_two_who_fit_one_line_are_both_named(tmp_path, capsys):
    course = CollectCourse(tmp_path)
    (tmp_path / "list.csv").write_text("id,first_name,last_name\na1,Ada,Lovelace\n")
    two = [Attempt("Ada", "Lovelace", user, number, {"lab.ipynb": WORK}) for user, number in (("a", 7), ("b", 8))]
    assert course.collect("moodle", moodle(two), "--class-list", "list.csv") == 1
    printed = capsys.readouterr().out
    assert "Ada Lovelace 7" in printed and "Ada Lovelace 8" in printed and course.submitted() == {}


def test_who_was_collected_under_another_id_gets_no_second_one(tmp_path, capsys):
    course = CollectCourse(tmp_path)
    assert course.collect("moodle", moodle(ATTEMPTS)) == 0
    before = course.submitted()
    (tmp_path / "list.csv").write_text(NBGRADER)
    assert course.collect("moodle", moodle(ATTEMPTS), "--class-list", "list.csv") == 1
    printed = capsys.readouterr().out
    assert "z1 was collected before as Zoë-Ødegård-Müller-22." in printed
    assert "Next step: leave out --class-list, or give this student the id Zoë-Ødegård-Müller-22 in it." in printed
    assert course.submitted() == before
    (tmp_path / "list.csv").write_text(NBGRADER.replace("z1,", "Zoë-Ødegård-Müller-22,"))
    course.collect("moodle", moodle(ATTEMPTS), "--class-list", "list.csv")
    assert "was collected before as Zoë" not in capsys.readouterr().out


def test_a_folder_that_is_nobodys_is_to_be_renamed_and_not_added_to_the_list(tmp_path, capsys):
    """Folders as Brightspace names them, and a file that lies beside the folders."""
    course = CollectCourse(tmp_path)
    (tmp_path / "list.csv").write_text("id,first_name,last_name\nada,Ada,Lovelace\n")
    download = Zip().add("12-34 - Ada Lovelace - Nov 2, 2026 945 PM/lab.ipynb", WORK).add("index.html", "")
    assert course.collect("folder", download, "--class-list", "list.csv") == 1
    printed = capsys.readouterr().out
    assert "Next step: name the folder by the student's id in the class list." in printed
    assert "Next step: if it is one, move it into a folder named by the student's id." in printed
    two = Zip().add("ada/lab.ipynb", WORK).add("Ada Lovelace/lab.ipynb", WORK)
    assert course.collect("folder", two, "--class-list", "list.csv") == 1
    assert capsys.readouterr().out.count("Next step: put the files of one student into one folder.") == 2


def test_a_second_list_adds_times_and_numbers_to_the_ids_of_the_first(tmp_path, capsys):
    """With the worksheet alone, for its times, Moodle's students came in a second time, with other ids."""
    course = CollectCourse(tmp_path)
    twins = "a1,Ada,Ek,a1@x.org,\na2,Ada,Ek,a2@x.org,\n"
    (tmp_path / "list.csv").write_text(NBGRADER + twins)
    heading, when = GRADING_WORKSHEET.split("\n")[0], 'Submitted,,"Monday, 2 November 2026, 9:45 PM",-'
    lines = ["22,Zoë Ødegård-Müller,z@x.org", "40,Ada Ek,a1@x.org", "41,Ada Ek,a2@x.org", "50,New Person,new@x.org"]
    (tmp_path / "sheet.csv").write_text("\n".join([heading, *(f"Participant {line},{when}" for line in lines)]))
    more = [Attempt("Ada", "Ek", f"u{number}", number, {"lab.ipynb": WORK}) for number in (40, 41)]
    more += [Attempt("New", "Person", "new", 50, {"lab.ipynb": WORK})]
    lists = ["--class-list", "list.csv", "--class-list", "sheet.csv"]
    assert course.collect("moodle", moodle([*ATTEMPTS, *more]), *lists) == 0, capsys.readouterr().out
    submitted = course.submitted()
    assert {name.partition("/")[0] for name in submitted} == {"z1", "t2", "a1", "a2", "new@x.org"}
    assert parse_utc(submitted["z1/timestamp.txt"].decode()) == datetime(2026, 11, 2, 20, 45)
    assert "t2/timestamp.txt" not in submitted


def test_a_user_name_with_underscores_is_found_without_blackboards_receipt(tmp_path):
    course = CollectCourse(tmp_path)
    (tmp_path / "list.csv").write_text("id\nzoe_m\nm\n")
    download = Zip().add("Lab_1_zoe_m_attempt_2026-11-02-21-45-10_lab.ipynb", WORK)
    course.collect("blackboard", download, "--class-list", "list.csv")
    assert "zoe_m/lab.ipynb" in course.submitted()


@pytest.mark.parametrize(
    "text,said", [("a,b\n1,2\n", "list.csv is not a class list: its first line is 'a, b'"), ("", "''")]
)
def test_what_is_no_class_list_is_refused(text, said, tmp_path, capsys):
    course = CollectCourse(tmp_path)
    (tmp_path / "list.csv").write_text(text)
    assert course.collect("moodle", moodle(ATTEMPTS), "--class-list", "list.csv") == 2
    assert said in capsys.readouterr().err


def test_made_ids_are_safe_stable_and_different():
    names = [
        "../x",
        "..",
        "*?[]",
        "a/b",
        "a b",
        "a-b",
        "-",
        "",
        "a" * 300,
        "a" * 301,
        "山田 太郎",
        "=1+1",
        "A\nB",
        "Zoë",
    ]
    made = [safe_id(name) for name in names]
    assert made == [safe_id(name) for name in names] and len(set(made)) == len(names)
    for text in made:
        assert text and not set(text) & set("/*?[]\\\n =+") and text[0] not in ".-" and len(text.encode()) < 250
    assert safe_id("Zoë", "7") == safe_id(unicodedata.normalize("NFD", "Zoë"), "7") == "Zoë-7"


BERLIN = timezone(timedelta(hours=1))
TIMES = [
    ("2026-11-02-21-45-10", datetime(2026, 11, 2, 20, 45, 10)),
    ("Monday, 2 November 2026, 9:45 PM", datetime(2026, 11, 2, 20, 45)),
    ("2026-11-02T21:45:10Z", datetime(2026, 11, 2, 21, 45, 10)),
    ("2026-11-02T21:45:10-05:00", datetime(2026, 11, 3, 2, 45, 10)),
    *((text, None) for text in ("-", "", "04.11.2026 09:15", "04/11/2026", "Montag, 2. Nov", "2026-13-45-99-99-99")),
]


@pytest.mark.parametrize("text,expected", TIMES)
def test_times_are_read_in_the_zone_and_never_guessed(text, expected):
    assert parsed(text, BERLIN) == (expected and expected.replace(tzinfo=UTC))
