"""A class of two, as the Formgrader finds it: one student's every word is an attempt to run a script, the other's none.

The notebooks are written as stock nbgrader or an older version of this course may have left them in autograded/, so
that what shows them is tested, not what writes them.
"""

import base64
import json
from pathlib import Path
from urllib.parse import quote

from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from nbgrader.api import Gradebook

from grading.course import load_config

ASSIGNMENT, LAB = "phase-00-foundations", "lab"
RAN = "ran?"  # what each attempt requests; the rest of the address names the place that it stood in
PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
HONEST = """**bold** and $a < b$, [a link](https://example.org)

| x | y |
|---|---|
| 1 | 2 |

<details open><summary>Rubric</summary>

one point

</details>

![plot](attachment:plot.png)
"""


def script(place: str) -> str:
    """Text that leaves attributes, strings and elements, and then runs `fetch("ran?PLACE")` in several ways."""
    run = f"fetch(`{RAN}{place}`)"
    return (
        f"\"'></title></textarea></pre></script><script>{run}</script><img src=x onerror={run}><svg onload={run}></svg>"
        f"<details open ontoggle={run}>x</details><iframe srcdoc='<script>parent.{run}</script>'></iframe>"
        f'<a class=click href="javascript:{run}">x</a>'
    )


STUDENT = f'"-fetch(`{RAN}id`)-"<img src=x onerror=fetch(`{RAN}idtag`)>'  # a folder's name: no slash


def hostile_notebook():
    kinds = ("text/html", "text/markdown", "application/javascript", "image/svg+xml", "text/latex", "text/plain")
    kinds += ("text/vnd.mermaid", "image/png")
    outputs = [new_output("display_data", {kind: script(kind.replace("/", "-"))}) for kind in kinds]
    widget = {"model_id": script("widget"), "version_major": 2, "version_minor": 0}
    outputs += [new_output("display_data", {"application/vnd.jupyter.widget-view+json": widget})]
    outputs += [new_output("execute_result", {"text/html": script("result")}, execution_count=1)]
    outputs += [new_output("display_data", {"application/javascript": f"fetch(`{RAN}javascript`)"})]
    size = {"width": f"1 onerror=fetch(`{RAN}width`)", "alt": script("alt")}
    outputs += [new_output("display_data", {"image/png": PNG}, metadata={"image/png": size, **size})]
    outputs += [new_output("stream", name="stdout", text=script("stream"))]
    outputs += [new_output("error", ename="E", evalue="", traceback=[script("traceback")])]
    cells = [
        new_markdown_cell(script("markdown")),
        new_markdown_cell("![x](attachment:a)", attachments={"a": {"image/svg+xml": script("attachment")}}),
        new_markdown_cell(f"[x](javascript:fetch('{RAN}link'))\n\n$$</span>{script('math')}$$"),
        new_markdown_cell(f"# {script('heading')}\n\n```{script('language')}\n{script('fence')}\n```"),
        new_raw_cell(script("raw"), metadata={"raw_mimetype": "text/html"}),
        new_code_cell(script("code"), outputs=outputs, metadata={"magics_language": script("magics")}),
        new_code_cell("1", metadata=claim(script("grade_id"), points=1)),
        new_markdown_cell(script("whiteboard"), metadata=claim("whiteboard", points=4)),
    ]
    for cell in cells:
        cell.metadata.tags = [script("tag")]
    language = {"name": script("name"), "pygments_lexer": script("lexer")}
    return new_notebook(cells=cells, metadata={"title": script("title"), "language_info": language})


def honest_notebook():
    picture = {"plot.png": {"image/png": PNG}}
    drawn = [new_output("display_data", {"image/png": PNG, "text/plain": "<Figure>"})]
    return new_notebook(
        cells=[
            new_markdown_cell(HONEST, attachments=picture),
            new_code_cell("def f(x):\n    return x < 1", outputs=drawn),
            new_markdown_cell("My *answer*.", metadata=claim("whiteboard", points=4)),
        ]
    )


def claim(name: str, **more) -> dict:
    return {"nbgrader": {"grade_id": name, "grade": True, "solution": True, "task": False, "locked": False, **more}}


def hand_in(course: Path) -> dict[str, str]:
    """Write gradebook and notebooks. Returns the id of each student's submitted notebook."""
    load_config(course, None)  # which lets nbgrader find the program that sets up a gradebook
    with Gradebook(f"sqlite:///{course}/gradebook.db", "mini-vllm") as gradebook:
        gradebook.add_assignment(ASSIGNMENT)
        gradebook.add_notebook(LAB, ASSIGNMENT)
        gradebook.add_grade_cell("whiteboard", LAB, ASSIGNMENT, max_score=4, cell_type="markdown")
        gradebook.add_solution_cell("whiteboard", LAB, ASSIGNMENT)
        names = {name: script(name) for name in ("first_name", "last_name", "email")}
        gradebook.add_student(STUDENT, **names)
        gradebook.add_student("ada", first_name="Ada", last_name="Lovelace")
        ids = {}
        for student, notebook in ((STUDENT, hostile_notebook()), ("ada", honest_notebook())):
            for comment in gradebook.add_submission(ASSIGNMENT, student).notebooks[0].comments:
                comment.auto_comment = comment.manual_comment = script("comment")
            ids[student] = gradebook.find_submission_notebook(LAB, ASSIGNMENT, student).id
            for kind in ("submitted", "autograded"):
                folder = course / kind / student / ASSIGNMENT
                folder.mkdir(parents=True)
                (folder / f"{LAB}.ipynb").write_text(json.dumps(notebook))
                (folder / "extra.html").write_text(script("file"))
        gradebook.db.commit()
    return ids


def pages(submission: str) -> list[str]:
    """Every page of the Formgrader and every answer of its interface that says something of a student."""
    student = quote(STUDENT, safe="")
    return [
        f"submissions/{submission}/",
        f"submissions/{submission}/extra.html",
        f"submissions/{student}",
        f"gradebook/{ASSIGNMENT}/{LAB}",
        f"gradebook/{student}",
        f"gradebook/{student}/{student}",
        "manage_students",
        f"manage_students/{student}",
        f"manage_students/{student}/{ASSIGNMENT}",
        f"manage_submissions/{ASSIGNMENT}",
        f"manage_submissions/{student}",
        "api/students",
        f"api/student/{student}",
        f"api/submissions/{ASSIGNMENT}",
        f"api/submission/{ASSIGNMENT}/{student}",
        f"api/submitted_notebooks/{ASSIGNMENT}/{LAB}",
        f"api/student_submissions/{student}",
        f"api/student_notebook_submissions/{student}/{ASSIGNMENT}",
        f"api/grades?submission_id={submission}",
        f"api/comments?submission_id={submission}",
    ]
