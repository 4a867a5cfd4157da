"""Times as platforms write them, and as nbgrader does."""

import re
import warnings
from datetime import UTC, datetime, tzinfo

import dateutil.parser
from nbgrader.utils import parse_utc

TIMESTAMP = "%Y-%m-%d %H:%M:%S.%f UTC"  # nbgrader's own form, in its default zone


def parsed(text: str, zone: tzinfo) -> datetime | None:
    """The time that a platform wrote; None if it is none. zone: of a time that names none."""
    text = text.strip()
    digits = re.fullmatch(r"(\d{14})\d{3}", text)  # Sakai's, until 2018, in UTC
    blackboards = re.fullmatch(r"(\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)-(\d\d)", text)
    if re.match(r"\d{1,2}[./-]\d{1,2}[./-]", text):
        return None  # 04.11. is in April or in November
    try:
        if digits:
            return datetime.strptime(digits[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        if blackboards:
            text = "{} {}:{}:{}".format(*blackboards.groups())
        if not re.search(r"\d.*\d", text):
            return None
        with warnings.catch_warnings(action="ignore"):  # of abbreviations such as CET, which are not unique
            found = dateutil.parser.parse(text)
    except (ValueError, OverflowError):
        return None
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def recorded(text: str) -> datetime | None:
    """The time in a timestamp.txt of nbgrader's; None if it is none."""
    try:
        return parse_utc(text.strip()).replace(tzinfo=UTC) if text.strip() else None
    except Exception:  # dateutil has many
        return None
