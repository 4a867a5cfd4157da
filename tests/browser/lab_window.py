"""JupyterLab on a page that stays open: to load it costs ten seconds of a processor, to open one more notebook two."""

from lab_page import choose


class LabWindow:
    """JupyterLab, loaded once, in which one document is opened after the other."""

    def __init__(self, page) -> None:
        self.page = page

    def open(self, path: str) -> None:
        """Close the notebook in front and its kernel, and open this file: menu File, Open from Path.

        path: from the course's root.
        """
        if self.page.locator(".jp-NotebookPanel").count():
            choose(self.page, "File", "Close and Shut Down Notebook")
            self.page.locator(".jp-Dialog .jp-mod-accept").click()
            self.page.locator(".jp-NotebookPanel").wait_for(state="detached")
        choose(self.page, "File", "Open from Path…")
        self.page.locator(".jp-Dialog input").fill(path)
        self.page.keyboard.press("Enter")
        self.page.locator(".jp-Dialog").wait_for(state="detached")
