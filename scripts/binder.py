"""Addresses at which Binder opens the course, and the README's badges that carry them."""

import re
from pathlib import Path
from urllib.parse import quote, unquote

BINDER = "https://mybinder.org/v2/"
HOSTS = {"gh": "https://github.com/", "gl": "https://gitlab.com/"}  # Binder's names for them; all others are "git"
BADGE = re.compile(
    r"^\[!\[Open .* on Binder\]\([^)]*\)\]\(" + re.escape(BINDER) + r"([^)?]*)[^)]*\)[ \t]*\r?\n?", re.MULTILINE
)


def start(address: str) -> str:
    """How every Binder address of a repository begins, up to the branch."""
    for provider, host in HOSTS.items():
        if address.startswith(host):
            names = address.removeprefix(host)
            return f"{BINDER}{provider}/{names if provider == 'gh' else quote(names, safe='')}/"
    return f"{BINDER}git/{quote(address, safe='')}/"


def link(address: str, branch: str, path: str) -> str:
    """Where Binder opens the repository's file or folder `path` in JupyterLab."""
    # The branch stays as it is: for GitHub, Binder would take %2F for a part of its name.
    return f"{start(address)}{branch}?urlpath={quote(f'lab/tree/{path}', safe='')}"


def labs(root: Path) -> list[str]:
    """The labs of source/, as paths in it. Errors: ValueError if it has none."""
    found = [path.relative_to(root / "source").as_posix() for path in sorted(root.glob("source/*/*.ipynb"))]
    if not found:
        raise ValueError("source/ contains no lab. Run this in a complete copy of the course.")
    return found


def start_page(root: Path) -> str:
    """What a student begins with: the first phase's page, as a path in release/; its folder where there is none."""
    phase = labs(root)[0].partition("/")[0]
    return f"{phase}/README.md" if (root / "source" / phase / "README.md").exists() else phase


def badges(root: Path, address: str, branch: str) -> list[str]:
    """The badges' lines: one for the start page, and one for each lab that source/ has."""
    page = start_page(root)
    lines = []
    for path in [page, *labs(root)]:
        number = re.match(r"lab-\d+", Path(path).name)
        name = "the course" if path == page else number[0].replace("-", " ") if number else Path(path).stem
        label = quote(name.replace("-", "--").replace("_", "__").replace(" ", "_"))
        picture = f"https://img.shields.io/badge/Binder-{label}-579aca"
        lines.append(f"[![Open {name} on Binder]({picture})]({link(address, branch, f'release/{path}')})")
    return lines


def opened_by_badges(page: str) -> list[tuple[str, str]]:
    """The repository's address and the branch that each badge of a page opens."""
    found = []
    for spec in BADGE.findall(page):
        provider, _, rest = spec.partition("/")
        names = rest.split("/", 2 if provider == "gh" else 1)
        repository = "/".join(names[:-1])
        found.append((HOSTS.get(provider, "") + (repository if provider == "gh" else unquote(repository)), names[-1]))
    return found


def with_badges(page: str, lines: list[str]) -> str:
    """The page with these lines where its first badge stands, and no other badges."""
    end = "\r\n" if "\r\n" in page else "\n"
    at = BADGE.search(page).start()
    rest = BADGE.sub("", page)
    return rest[:at] + "".join(line + end for line in lines) + rest[at:]
