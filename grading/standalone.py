"""Pages that are one file of HTML each, complete in itself: no script, and nothing loaded from elsewhere.

A page's template extends `standalone.html.j2`, and its style comes after `standalone.css`.
"""

from pathlib import Path

import jinja2
from markupsafe import Markup

SHARED = Path(__file__).parent / "templates"


def render(templates: Path, name: str, filters: dict | None = None, **values) -> str:
    """The page of the template `name`.html.j2 with the style `name`.css, both in the folder `templates`.

    values: what the template shows; every text is escaped. filters: the template's own.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([templates, SHARED]), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(filters or {})
    styles = (SHARED / "standalone.css", templates / f"{name}.css")
    style = Markup("".join(path.read_text(encoding="utf-8") for path in styles))
    return environment.get_template(f"{name}.html.j2").render(style=style, **values)
