"""What a student's process says in the grader's words: names of the grader's errors, and how a process ended."""

import re

# The report, the feedback and the judge tell by these names what kept an answer from being tested.
GRADERS = {
    *("AnswerRaised", "CallFailed", "CellFailed", "CellTimeout", "CheckFailed"),
    *("HiddenFailed", "NotRun", "TestTooLong"),
}
# As grading.student_process.forks.ended says it.
STATUS = re.compile(
    r"it ended|it took too long|it exited with status \d{1,3}|it was ended by signal \d{1,2} \([A-Za-z0-9 /()-]{1,40}\)"
)


def students_name(name: str) -> str:
    """The name of an error that a student's code raised, so that it is none of the grader's."""
    return f"Students{name}" if name in GRADERS else name


def believed_status(text: str, otherwise: str) -> str:
    """How a process ended, if it is said in the words for that; student code can write what it likes to the pipe."""
    return text if STATUS.fullmatch(text) else otherwise
