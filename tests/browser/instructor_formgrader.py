"""The Formgrader in JupyterLab, as an instructor clicks through it."""

import re

ELSEWHERE = re.compile(r"https?://(?!127\.0\.0\.1[:/])")
SAVING = re.compile(r"/formgrader/api/(grade|comment)/")
IS_FILLED = "window.formgrader?.grades?.loaded && formgrader.comments?.loaded"  # points and comments come one by one
IS_IN_SIGHT = "e => { const r = e.getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight }"


class Formgrader:
    """The Formgrader's tab, opened by the menu of a JupyterLab that has just started. It gets nothing from outside."""

    def __init__(self, page) -> None:
        self.page = page
        page.get_by_role("heading", name="Phase 00").first.wait_for()
        page.locator("#jp-left-stack").get_by_text("glossary.md").wait_for()
        page.get_by_role("menuitem", name="Nbgrader", exact=True).click()
        page.locator(".lm-Menu-item").filter(has_text=re.compile("^Formgrader$")).locator("visible=true").click()
        self.tab = page.locator('iframe[src*="formgrader"]')
        self.frame = page.frame_locator('iframe[src*="formgrader"]')
        self.all = self.frame.locator("body > .container-fluid")
        self.frame.get_by_role("heading", name="Manage Assignments").wait_for()

    def follow(self, *names: str) -> None:
        """Click one link after the other, each on the page that the one before leads to."""
        for name in names:
            self.frame.get_by_role("link", name=name, exact=True).first.click()

    def open_submission(self, *names: str) -> None:
        """Follow links to a page of one submission, and wait until its points and comments are there."""
        self.follow(*names)
        self.tab.element_handle().content_frame().wait_for_function(IS_FILLED)

    def row(self, name: str):
        """The row of a table that has a cell with this text alone."""
        cell = self.frame.locator("td").filter(has_text=re.compile(f"^{re.escape(name)}$"))
        return self.frame.locator("#main-table tr").filter(has=cell)

    def press(self, name: str, button: str) -> tuple[str, str]:
        """Press a button of a row; the title of the dialog that comes at the end of the work, and what it says."""
        self.row(name).locator(f".{button} a").click()
        dialog = self.frame.locator(".modal.in .modal-content")
        dialog.wait_for(timeout=300_000)
        said = dialog.locator(".modal-title").inner_text(), dialog.locator(".modal-body").inner_text()
        dialog.get_by_role("button", name="OK").click()
        dialog.wait_for(state="detached")
        self.frame.locator(".modal-backdrop").wait_for(state="detached")  # the grey over the page fades away
        self.row(name).locator(f".{button} a").wait_for()  # while it works the row is empty
        return said

    def cells(self, name: str) -> dict[str, str]:
        """What a row says, by the titles of the columns."""
        self.row(name).wait_for()
        titles = self.frame.locator("thead th").all_inner_texts()
        return dict(zip(titles, map(str.strip, self.row(name).locator("td").all_inner_texts()), strict=True))

    def write(self, box: str, text: str) -> None:
        """Type into a box of the submission, and leave it with Tab, which saves."""
        self.frame.locator(box).click()
        self.page.keyboard.type(text)
        with self.page.expect_response(lambda it: it.request.method == "PUT" and SAVING.search(it.url)) as saved:
            self.page.keyboard.press("Tab")
        assert saved.value.ok

    def are_in_sight(self, *locators) -> bool:
        """Whether all of them are on the screen at once, from top to bottom."""
        return all([locator.evaluate(IS_IN_SIGHT) for locator in locators])


def stay_here(page) -> None:
    """Let the page load nothing from other machines, so that a test sees the same with and without the internet."""
    page.context.route(ELSEWHERE, lambda route: route.abort())
