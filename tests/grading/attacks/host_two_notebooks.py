"""Attacks on the machine and on the second notebook, by submissions to the course of two notebooks."""

# ruff: noqa: E501 (programs in strings)

from attack_register import own_cell
from course_of_two import of_two
from nbformat.v4 import new_markdown_cell

SCRIPTS = """<script>document.title = 'owned'</script><img src=x onerror="document.title = 'owned'">
<svg><script>taken()</script><animate onbegin=taken() /></svg> <iframe srcdoc="<script>taken()</script>"></iframe>
[a](javascript:taken()) <a href=" java&#115;cript:taken()">b</a> <a href="data:text/html,<script>taken()</script>">c</a>
<form action=/formgrader><button formaction="javascript:taken()">d</button></form> <style>@import 'http://x'</style>
![e](x"onerror="taken()) <details open ontoggle=taken()> $\\href{javascript:taken()}{f}$ <base href="http://x/">
<math><mtext><table><mglyph><style><img src=x onerror=taken()></style></mglyph></table></mtext></math>
<meta http-equiv=refresh content="0;url=javascript:taken()"><object data="javascript:taken()"></object><embed src=x>
```html
</code></pre><script>taken()</script>
```
"""


@of_two("host", solved=("blend", "count", "order"))
def scripts_in_a_written_answer(first, second):
    """Scripts in the answer that a person reads, in attachments, in text cells and as raw HTML."""
    for cell in second.cells:
        if cell.id == "whiteboard":
            cell.source = SCRIPTS
            cell.attachments = {
                '"><script>taken()</script>': {"text/html": "PHNjcmlwdD4=", "image/svg+xml": "PHN2Zz4="}
            }
    for nb in (first, second):
        nb.cells.insert(0, new_markdown_cell(SCRIPTS))
        nb.metadata.title = nb.metadata.authors = "</title><script>taken()</script>"


@of_two("host", solved=("blend", "count", "order"))
def scripts_in_outputs(first, second):
    """Scripts shown by code: HTML, JavaScript, SVG, Markdown, LaTeX, widgets, errors' names, text/plain, and sources."""
    own_cell(
        first,
        f"from IPython.display import HTML, Javascript, SVG, Markdown, Latex\ntext = {SCRIPTS!r}\n"
        "for kind in (HTML, Javascript, Markdown, Latex): display(kind(text))\n"
        "display({k: text for k in ('text/html', 'application/javascript', 'image/svg+xml', 'text/markdown', 'application/vnd.jupyter.widget-view+json', 'image/png')}, raw=True)\n"
        "print(text)  # </pre><script>taken()</script>\nclass A:\n    def __repr__(self): return text\ndisplay(A())\nraise type(text, (Exception,), {})(text)",
        before="blend",
    )


def vandal(name: str, doc: str, code: str) -> None:
    """Register a right submission whose first notebook ends with this; the second keeps its points, and the first."""

    def change(first, second):
        own_cell(first, code, before=None)

    change.__name__, change.__doc__ = name, doc
    of_two("host")(change)


vandal(
    "leaves_what_cannot_be_removed",
    "Folders without rights and 3,000 deep, names that are no text, 20,000 links, no room left.",
    "import os\nos.makedirs('/tmp/shut/in')\nos.chmod('/tmp/shut', 0)\nos.mkdir('/dev/shm/deep')\nos.chdir('/dev/shm/deep')\n"
    "for _ in range(3000):\n    os.mkdir('d' * 200)\n    os.chdir('d' * 200)\nos.chdir('/tmp')\nopen(b'/tmp/\\xff', 'w').close()\n"
    "for n in range(20_000): os.symlink('x', f'/tmp/{n}')\nwith open('/tmp/full', 'wb') as file:\n    while True: file.write(bytes(2**20))",
)
vandal(
    "leaves_nothing",
    "Its working folder, its home and all that is in them removed, its parents killed and stopped.",
    "import os, shutil, signal\nshutil.rmtree('/tmp', ignore_errors=True)\nshutil.rmtree(os.getcwd(), ignore_errors=True)\n"
    "if os.fork() == 0:\n    os.setsid()\n    for pid in (os.getppid(), 1, 2, 3):\n        for number in (signal.SIGSTOP, signal.SIGKILL):\n            try: os.kill(pid, number)\n            except OSError: pass\n    os._exit(0)",
)
