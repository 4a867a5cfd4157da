"""A lab in JupyterLab, as a person uses it: cells by grade_id or number, typing, running, Validate."""

import json
import re
from pathlib import Path

ERRORS = (
    '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"], '
    '.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"]'
)
PROMPTS = "[...document.querySelectorAll('.jp-Notebook .jp-InputPrompt')].map(e => e.textContent).join()"


class LabPage:
    """One notebook, shown on a Playwright page. `path`: its file, as this test sees it."""

    def __init__(self, page, path: Path):
        self.page, self.path = page, path
        self.cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        page.locator(".jp-Notebook .jp-Cell").nth(len(self.cells) - 1).wait_for(state="attached")
        page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for()  # the kernel has started

    def number(self, grade_id: str) -> int:
        """Where the cell with this grade_id stands in the file."""
        ids = [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in self.cells]
        return ids.index(grade_id)

    def cell(self, which: str | int):
        """The cell with this grade_id, or with this number in the file."""
        number = self.number(which) if isinstance(which, str) else which
        return self.page.locator(f'.jp-Notebook .jp-Cell[data-windowed-list-index="{number}"]')

    def outputs(self, which: str | int) -> str:
        """What stands below the cell, as text, wherever the page is scrolled to."""
        return "".join(self.cell(which).locator(".jp-OutputArea-output").all_text_contents()).rstrip()

    def write(self, which: str | int, source: str) -> None:
        """Puts `source` in the place of what the cell holds, with the keyboard."""
        rendered = self.cell(which).locator(".jp-RenderedMarkdown")
        if rendered.count():
            rendered.dblclick()
        self.cell(which).locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.insert_text(source)

    def run(self, which: str | int) -> str:
        """Runs the cell with Ctrl-Enter, waits for its end, and returns what then stands below it."""
        prompt = self.cell(which).locator(".jp-InputPrompt")
        before = prompt.inner_text()
        prompt.click()
        self.page.keyboard.press("Control+Enter")
        self.page.wait_for_function(
            "([prompt, before]) => /\\d/.test(prompt.textContent) && prompt.textContent !== before",
            arg=[prompt.element_handle(), before],
            polling=100,
        )
        return self.outputs(which)

    def run_all(self) -> None:
        """Menu Run, Run All Cells; returns when nothing runs any more. It stops at the first error."""
        before = self.page.evaluate(PROMPTS)
        self.menu("Run", "Run All Cells")
        self.page.wait_for_function(f"before => {PROMPTS} !== before", arg=before)
        # Not at every frame that the browser draws: the kernel needs the processor.
        self.page.wait_for_function(f"!{PROMPTS}.includes('*')", timeout=300_000, polling=300)

    def restart(self) -> None:
        """Menu Kernel, Restart Kernel, and yes; returns when the new kernel is idle."""
        self.menu("Kernel", "Restart Kernel…")
        self.page.get_by_role("button", name="Confirm Kernel Restart").click()
        self.page.locator("#jp-main-statusbar").get_by_text("| Idle").wait_for()

    def menu(self, *names: str) -> None:
        """Clicks through the menu bar."""
        choose(self.page, *names)

    def validate(self):
        """Presses Validate in the toolbar, and returns the dialog with its results."""
        self.page.locator(".jp-NotebookPanel-toolbar").get_by_text("Validate", exact=True).click()
        dialog = self.page.locator(".jp-Dialog-content").filter(has_text="Validation Results")
        dialog.wait_for(timeout=300_000)
        return dialog


def choose(page, *names: str) -> None:
    """Clicks through the menu bar of JupyterLab on this page."""
    page.get_by_role("menuitem", name=names[0], exact=True).click()
    for name in names[1:]:
        entry = page.locator(".lm-Menu-item").filter(has_text=re.compile(f"^{re.escape(name)}"))
        entry.locator("visible=true").first.click()


def solutions(source: Path) -> dict[str, str]:
    """The reference answers of a lab in source/, the written one too, by grade_id, without nbgrader's marks."""
    cells = json.loads(source.read_text(encoding="utf-8"))["cells"]
    answers = {}
    for cell in cells:
        nbgrader = cell["metadata"].get("nbgrader", {})
        if nbgrader.get("solution"):
            lines = "".join(cell["source"]).splitlines()
            kept = [line for line in lines if line.strip() not in ("### BEGIN SOLUTION", "### END SOLUTION")]
            answers[nbgrader["grade_id"]] = "\n".join(kept)
    return answers
