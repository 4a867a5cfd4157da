"""Text from a notebook made into HTML in which nothing can run and nothing is loaded.

Markdown is rendered first and cleaned after: nbconvert's SanitizeHTML cleans the source, where a link to javascript:
is no HTML yet. What is not allowed is shown as the text that it is.
"""

import functools
import re

import bleach
from markupsafe import Markup, escape
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath, import_plugin
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

TAGS = {
    *bleach.ALLOWED_TAGS,
    *("p", "br", "hr", "div", "span", "pre", "del", "s", "sub", "sup", "small", "kbd"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "dl", "dt", "dd", "details", "summary", "img"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+")
LINK = re.compile(r"(https?://|mailto:)", re.IGNORECASE)
COLOURED = re.compile(r"highlight|[a-z]{1,2}\d?")  # the classes of highlighted code; any other could pose as ours
PLAIN = re.compile(r'<span class="(?:n|nn|nb|o|p|w|bp|err)">([^<]*)</span>')  # not coloured, and most of a page's bytes
PLUGINS = [name for name in MarkdownWithMath.DEFAULT_PLUGINS if name != "task_lists"]  # no input fields
LONGEST_CODE, LONGEST_TEXT = 100_000, 20_000  # what takes longer than a second or two is shown as it is


def is_allowed(tag: str, name: str, value: str) -> bool:
    """Whether a tag of a notebook's text may keep this attribute."""
    match tag, name:
        case "img", "src":
            return PICTURE.fullmatch(value) is not None
        case "a", "href":
            return LINK.match(value) is not None
        case (("div" | "span" | "pre"), "class"):
            return COLOURED.fullmatch(value) is not None
    return (tag, name) in {("img", "alt"), ("details", "open"), ("a", "title"), ("img", "title"), ("abbr", "title")}


_cleaner = bleach.Cleaner(tags=TAGS, attributes=is_allowed, protocols={"http", "https", "mailto", "data"})


def markdown(text: str, attachments: dict | None = None) -> Markup:
    """Markdown as HTML; as plain text where it cannot be rendered, so that no cell keeps a page from being made."""
    return _rendered(text, attachments) if attachments else _without_attachments(text)


@functools.lru_cache(maxsize=512)  # a class reads the same course: most cells are the same for all students
def _without_attachments(text: str) -> Markup:
    return _rendered(text, None)


@functools.lru_cache(maxsize=512)
def code(source: str) -> Markup:
    """Python with its words in classes, for a <pre>."""
    if len(source) > LONGEST_CODE:
        return escape(source)
    coloured = highlight(source, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)).rstrip("\n")
    return Markup(PLAIN.sub(r"\1", coloured))


def _rendered(text: str, attachments: dict | None) -> Markup:
    if len(text) <= LONGEST_TEXT:
        try:
            renderer = IPythonRenderer(escape=False, attachments=attachments, exclude_anchor_links=True)
            html = MarkdownWithMath(renderer, plugins=map(import_plugin, PLUGINS)).render(text)
            return Markup(_cleaner.clean(html))
        except Exception:  # an attachment that is missing, nested too deep for the parser, and whatever comes next
            pass
    return Markup('<pre class="wrapped">{}</pre>').format(text)
