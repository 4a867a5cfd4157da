"""Gathers the facts from the gradebook and from the graded notebooks, of which one is open at a time."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Assignment, Gradebook
from nbgrader.coursedir import CourseDirectory
from tqdm import tqdm

from grading.autograde.unseen import other_work
from grading.collect.labs import Labs, labs_in
from grading.gradebook import (
    Points,
    class_list,
    find_assignment,
    not_answered,
    points_by_student,
    students_with_points,
    times_handed_in,
    waiting_for_a_person,
)
from grading.plain_text import one_line
from grading.report import ungraded
from grading.report.causes import cause_of, errors, same_cause
from grading.report.exercises import lab_of
from grading.report.facts import NOT_TRIED, PARTLY, QUOTED, RIGHT, WAITS, WRONG, Exercise, Facts, Groups, Lab
from grading.report.handed_in import folder_of, handed_in, in_the_wrong_place
from grading.report.words import CourseWords

MISPLACED = "The work is in the wrong folder, or packed. Next step: autograde, which names the folder."
SET_ASIDE = "The notebook was set aside, and an empty one graded: see the folder that ends in .set-aside."


def gather(gradebook: Gradebook, course: CourseDirectory, assignment: str, with_names: bool) -> Facts:
    """Errors: ValueError if the gradebook knows no such assignment."""
    known = find_assignment(gradebook, assignment)
    labs = [lab_of(course, assignment, notebook) for notebook in sorted(known.notebooks, key=lambda nb: nb.name)]
    facts = Facts(assignment, labs, known.max_score, known.duedate, with_names)
    wording = same_cause if with_names else _own_words(known)
    excluded = set(course.student_id_exclude.split(","))
    graded = students_with_points(gradebook, assignment) - excluded
    records, times = points_by_student(gradebook, known), times_handed_in(gradebook, known)
    waiting, empty = waiting_for_a_person(gradebook, assignment), not_answered(gradebook, assignment)

    folders = dict(handed_in(course, assignment))
    elsewhere = in_the_wrong_place(course, assignment)
    everyone_in = {*folders, *records, *elsewhere} - excluded
    enrolled = {student for student, *_ in class_list(gradebook)} - excluded
    facts.num_handed_in, facts.num_students = len(everyone_in), len(everyone_in | enrolled)
    for student in sorted(everyone_in - graded):
        reason, files = MISPLACED, ""
        if student not in elsewhere:
            reason, files = ungraded.why(folders.get(student), [lab.name for lab in labs])
        who = f"{one_line(student)} ({files})" if files else one_line(student)
        facts.ungraded[reason].add(who if with_names else "")

    released = labs_in(folder_of(course, course.release_directory, ".", assignment))
    for student in tqdm(sorted(graded), unit="submission", disable=not graded):
        who = one_line(student) if with_names else ""
        for lab in labs:
            submission = _Submission(who, records[student], waiting[student], empty[student])
            path = folder_of(course, course.autograded_directory, student, assignment) / f"{lab.name}.ipynb"
            original = folder_of(course, course.submitted_directory, student, f"{assignment}.set-aside") / path.name
            submission.add_lab(facts, lab, path, os.path.lexists(original), wording)
        if student in folders:
            _add_files(facts, folders[student], who, released)
        total = max(0.0, sum(given or 0.0 for given in records[student].points.values()) - records[student].penalty)
        facts.points.append(total)
        facts.times += [(times[student], total)] if student in times else []
    return facts


def _add_files(facts: Facts, folder: Path, who: str, released: Labs | None) -> None:
    """Note the files of a graded submission that are not graded though they may be work."""
    names = {lab.name for lab in facts.labs if os.path.lexists(folder / f"{lab.name}.ipynb")}
    for name, why in other_work(folder, names, released):
        text = why if facts.with_names else f"{re.split('[:.]', why)[0]}."  # the rest may hold a name
        facts.files[f"A file {text}"].add(f"{who} ({name})" if who else "")


@dataclass(frozen=True)
class _Submission:
    """who: the student, as the page shows it, or "". waiting, empty: cells to be graded by hand; without an answer."""

    who: str
    record: Points
    waiting: set[str]
    empty: set[str]

    def add_lab(self, facts: Facts, lab: Lab, path: Path, is_set_aside: bool, wording: Callable[[str], str]) -> None:
        """path: of the graded notebook. wording: how the page words a cause."""
        troubles = facts.troubles[lab.name]
        if not os.path.lexists(path):
            lab.without += 1
            return troubles["This lab was not handed in."].add(self.who)
        lab.points.append(sum(self.record.points.get(exercise.cell) or 0.0 for exercise in lab.exercises))
        states = {exercise.cell: self._state(exercise) for exercise in lab.exercises}
        if is_set_aside and not lab.points[-1]:
            troubles[SET_ASIDE].add(self.who)
            states = {cell: NOT_TRIED for cell in states}
        elif all(states[exercise.cell] == NOT_TRIED for exercise in lab.exercises if not exercise.is_by_hand):
            troubles["The lab is untouched: its answers are as they were handed out."].add(self.who)
        for exercise in lab.exercises:
            exercise.states[states[exercise.cell]] += 1
        if WAITS in states.values():
            facts.by_hand[lab.name].add(self.who)
        lost = [e for e in lab.exercises if states[e.cell] in (PARTLY, WRONG) and not e.is_by_hand]
        if lost:
            self._add_causes(lost, path, troubles, wording)

    def _add_causes(self, lost: list[Exercise], path: Path, troubles: Groups, wording: Callable[[str], str]) -> None:
        try:
            found = errors(path)
        except (OSError, ValueError, RecursionError):
            return troubles["The graded notebook cannot be read."].add(self.who)
        hindered = {}
        for exercise in lost:
            cause = cause_of(tuple(exercise.answers), exercise.name, found)
            text = wording(cause.text)
            shown = cause.text if self.who else text
            exercise.causes[text].add(self.who, shown)
            if not cause.is_answer:
                troubles[text].where[exercise.title] = None
                hindered[text] = shown
        for text, shown in hindered.items():
            troubles[text].add(self.who, shown)

    def _state(self, exercise: Exercise) -> str:
        points = self.record.points.get(exercise.cell)
        if exercise.is_by_hand and (exercise.cell in self.waiting or points is None):
            return WAITS
        if points and points > 0:
            return RIGHT if points >= exercise.most else PARTLY
        return NOT_TRIED if exercise.answers and self.empty.issuperset(exercise.answers.values()) else WRONG


def _own_words(known: Assignment) -> Callable[[str], str]:
    sources = (cell.source for notebook in known.notebooks for cell in notebook.source_cells if cell.locked)
    names = (cell.name for notebook in known.notebooks for cell in notebook.solution_cells)
    words = CourseWords(sources, names)
    return lambda text: words.only(text) or QUOTED
