"""Whether a file can be a notebook at all. nbformat looks closer later, at each one that is graded."""

import json

import nbformat
from nbformat import NotebookNode


def why_unreadable(content: bytes) -> str:
    """What keeps a file from being a notebook, to follow "was"; "" if nothing does."""
    if not content.strip(b"\x00 \t\r\n"):
        return "empty"
    try:
        found = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return "not in UTF-8: it was saved in another encoding, or is damaged"
    except RecursionError:
        return "not a notebook: its JSON is nested too deeply"
    except json.JSONDecodeError as error:
        return f"not valid JSON (line {error.lineno}, column {error.colno}): it is cut off, or was edited by hand"
    except ValueError as error:  # a number of thousands of digits
        return f"not valid JSON: {error}"
    if not isinstance(found, dict) or not isinstance(found.get("cells", found.get("worksheets")), list):
        return "JSON, but not a notebook: it has no cells"
    return ""


def notebook_of(text: str) -> NotebookNode:
    """The notebook, also behind a byte order mark, or if its own metadata is missing or is not a mapping.

    Errors: those of nbformat.reads.
    """
    text = text.removeprefix("\ufeff")  # which Windows editors write, and json refuses
    try:
        return nbformat.reads(text, as_version=4)
    except Exception:  # nbformat has many
        found = json.loads(text)
        if isinstance(found.get("metadata"), dict):
            raise
    return nbformat.reads(json.dumps(found | {"metadata": {}}), as_version=4)
