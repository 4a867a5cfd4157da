"""Bring what a learning platform exports into submitted/, one folder per student.

The download is the platform's zip as it comes, the same unpacked, or a folder with several. With --from folder, it has
one folder per student. A notebook is recognized by its cells, so its name and suffixes such as -1, (1) or -Copy1 do not
matter. Of two copies of a lab, one with answers is preferred, then the later attempt, then the one with more in it.
Zips handed in by students are opened. Nothing is changed in the download.

--class-list takes nbgrader's CSV (id, first_name, last_name, email, lms_user_id), Canvas's gradebook, or Moodle's
participants or grading worksheet. Given more than once, the first list has the ids, and the others add numbers and
times. Without it, ids are made from the platform's names and numbers, and downloaded/ASSIGNMENT/collected.csv lists
which is whose.

The command can be repeated: what is in submitted/ is replaced only by a later attempt.

Examples:
  python -m grading collect phase-00-foundations --from moodle Foundations-1234.zip --class-list worksheet.csv
  python -m grading collect phase-00-foundations --from blackboard gradebook.zip --timezone Europe/Berlin --dry-run

Exit status: 0 all taken; 1 some files need your attention; 2 the download or the class list cannot be read.
"""

import argparse
import csv
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, tzinfo
from pathlib import Path

from dateutil.tz import gettz, tzlocal
from nbgrader.coursedir import CourseDirectory

from grading.collect.files import File, files_of, opened
from grading.collect.identify import identified
from grading.collect.labs import Labs
from grading.collect.ledger import Ledger
from grading.collect.people import read_class_lists
from grading.collect.platforms import PLATFORMS, by_student
from grading.collect.report import Report, in_words, table
from grading.collect.student import Collector
from grading.course import load_config
from grading.plain_text import one_line


def run(args: argparse.Namespace) -> int:
    """Collect, and return the exit status."""
    try:
        zone = gettz(args.timezone) if args.timezone else tzlocal()
        if zone is None:
            raise ValueError(f"--timezone {args.timezone}: there is no such zone. An example is Europe/Berlin.")
        course = CourseDirectory(config=load_config(Path.cwd(), None), assignment_id=args.assignment)
        people = read_class_lists(map(Path, args.class_list), zone)
        ledger = Ledger(Path(course.root, "downloaded", args.assignment, "collected.csv"))

        def folder(step: str, student: str) -> Path:
            return Path(course.format_path(step, student, args.assignment))

        collector = Collector(
            args.platform,
            Labs(folder(course.release_directory, ".")),
            lambda student: folder(course.submitted_directory, student),
            lambda student: folder(course.autograded_directory, student),
            ledger,
            zone,
            args.dry_run,
        )
        files = _without_wrapper(list(_files(Path(args.download), args.platform, zone)), args)
        submissions, rest = by_student(
            (file for file in files if not file.is_of_a_system), args.platform, args.assignment, people, zone
        )
        _check(files, len(submissions), args)
        reports = []
        try:
            for student, handed_in in identified(submissions, people, args.platform, ledger, reports):
                reports.append(collector.collect(student, handed_in))
        finally:
            if not args.dry_run:
                ledger.save()
    except (ValueError, OSError, csv.Error) as error:
        print(f"Not collected: {error}", file=sys.stderr)
        return 2
    reports.append(_of_nobody(rest, sum(file.is_of_a_system for file in files), args.platform))
    return _tell(reports, len(submissions), args, zone)


def _files(download: Path, platform: str, zone: tzinfo) -> Iterator[File]:
    """The files in the download, and in zips of the platform in it: those whose names are not a student's."""
    for file in files_of(download, zone):
        is_platforms = file.is_zip and not (file.trouble or file.is_of_a_system)
        is_platforms = is_platforms and not re.fullmatch(PLATFORMS[platform].pattern, file.path)
        yield from opened(file, zone, level=0) if is_platforms else [file]


def _without_wrapper(files: list[File], args: argparse.Namespace) -> list[File]:
    """In a zip of a folder of folders, the outer folder is not a student."""
    parts = [file.path.split("/") for file in files if not file.is_of_a_system]
    is_wrapped = parts and all(len(path) > 2 and path[0] == parts[0][0] for path in parts)
    seconds = {path[1].casefold() for path in parts} if is_wrapped else set()
    if args.platform != "folder" or len(seconds) < 2 or args.assignment.casefold() in seconds:
        return files
    return [replace(file, path=file.path.removeprefix(f"{parts[0][0]}/")) for file in files]


def _of_nobody(rest: list[File], num_of_systems: int, platform: str) -> Report:
    report = Report("(nobody)", Counter({"not submitted": num_of_systems}))
    for file in rest:
        if platform == "sakai" and re.fullmatch(r"[^/]*/grades\.\w+", file.path):
            report.add("not submitted")
        else:
            why = file.trouble or f"not named as a submission, such as {PLATFORMS[platform].expected}"
            report.add("left", file.path, f"{why}. Next step: if it is one, {PLATFORMS[platform].if_unnamed}.")
    return report


def _check(files: list[File], num_submissions: int, args: argparse.Namespace) -> None:
    """Errors: ValueError if there is no submission, or if it is another platform's download."""
    seen = [file.path for file in files if not file.is_of_a_system]
    fitting = {
        name: sum(bool(re.fullmatch(platform.pattern, path)) for path in seen)
        for name, platform in PLATFORMS.items()
        if name not in ("folder", args.platform)
    }
    guess = max(fitting, key=fitting.get)
    if num_submissions and (args.platform != "folder" or fitting[guess] < len(seen)):
        return
    hint = f" It may be --from {guess}." if fitting[guess] else ""
    more = f" and {len(seen) - 3:,} more" if len(seen) > 3 else ""
    raise ValueError(
        f"{args.download} contains no submissions as they are named with --from {args.platform}.\n"
        f"Expected, for example: {PLATFORMS[args.platform].expected}\n"
        f"Found: {'; '.join(map(one_line, seen[:3])) or 'no file'}{more}.{hint}"
    )


def _tell(reports: list[Report], num_submissions: int, args: argparse.Namespace, zone: tzinfo) -> int:
    """Print the table. Returns the exit status."""
    text, counts = table(reports)
    print(text)
    print(f"Submissions: {num_submissions:,}. Files: {sum(counts.values()):,} ({in_words(counts)}).")
    if num_without := sum(not report.has_time for report in reports):
        print(f"Submissions without a time, which count as on time: {num_without:,}. {PLATFORMS[args.platform].times}")
    else:
        print(f"Times without a zone are those of {args.timezone or datetime.now(zone).tzname()}.")
    if args.dry_run:
        print("Nothing was written: --dry-run.")
    elif counts["taken"]:
        print(f"Next step: python -m grading autograde {args.assignment}")
    return 1 if counts["left"] else 0
