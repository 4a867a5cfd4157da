"""Show or change the repository's address: python scripts/address.py [ADDRESS] [--branch NAME] [--check].

Its home is `Repository` in pyproject.toml. Pages repeat it, and the README's Binder badges are made from it.
"""

import argparse
import os
import re
import sys
import tomllib
from pathlib import Path

import binder

REPOSITORY = Path(__file__).resolve().parent.parent
EXAMPLE = "https://github.com/you/fork"
# Made from other files, or nobody's to change: no address is looked for there.
ELSEWHERE = {"release", "submitted", "autograded", "feedback", "demo", "dist", "build", "tests", "__pycache__"}
TEXTS = (".md", ".ipynb", ".toml", ".yml", ".yaml", ".cff", ".py")


class AddressError(Exception):
    """What is wrong with an address, a branch or a page; the message says what to do."""


def checked(address: str, name: str = "ADDRESS") -> str:
    """The address without a slash or .git at its end. Errors: AddressError if it is not a repository's page."""
    tidy = address.strip().rstrip("/")
    host, *names = tidy.removeprefix("https://").split("/")
    if host in ("github.com", "gitlab.com"):
        tidy = tidy.removesuffix(".git")
    wrong = None
    if not re.fullmatch(r"https://[a-z0-9.-]+\.[a-z]+(:[0-9]+)?(/[\w.~-]+)+", tidy, re.ASCII):
        wrong = "it must be https://, a host and the repository's path, without a user name, query or space"
    elif host == "github.com" and len(names) != 2:
        wrong = f"a GitHub address has two names after the host, not {len(names)}"
    elif host == "gitlab.com" and (len(names) < 2 or "-" in names):
        wrong = "a GitLab address has at least two names after the host, and none of them is '-'"
    if wrong:
        raise AddressError(f"{name} is {address!r}: {wrong}.\nCopy it from the browser, for example {EXAMPLE}")
    return tidy


def checked_branch(branch: str) -> str:
    """The branch. Errors: AddressError if Binder could not be asked for it."""
    if not re.fullmatch(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)*", branch, re.ASCII) or ".." in branch:
        raise AddressError(f"--branch is {branch!r}: use letters, digits, '.', '_', '-' and '/', for example main")
    return branch


def current(root: Path) -> tuple[str, str, set[str]]:
    """The address, the branch of the badges, and all addresses that the two files take for the repository's."""
    try:
        home = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["urls"]["Repository"]
        opened = binder.opened_by_badges((root / "README.md").read_text(encoding="utf-8"))
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise AddressError(f"The address cannot be read from pyproject.toml and README.md: {error}") from None
    if not opened:
        line = f"[![Open the course on Binder]()]({binder.BINDER})"
        raise AddressError(f"README.md has no Binder badge. Add this line where the badges belong:\n{line}")
    return home, opened[0][1] or "HEAD", {home, *(address for address, _ in opened if address)}


def texts(root: Path):
    """The files that may carry the address."""
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in ELSEWHERE and name[0] != ".")
        found = (Path(folder, name) for name in sorted(files) if name.endswith(TEXTS))
        yield from (path for path in found if path != Path(__file__).resolve())  # it names an example only


def rewritten(root: Path, address: str, branch: str) -> dict[Path, bytes]:
    """The files that change, with their new content, when `address` becomes the repository's."""
    _, _, known = current(root)
    changed = {}
    for path in texts(root):
        old = new = path.read_bytes().decode("utf-8", "surrogateescape")
        for ours in sorted(known, key=len, reverse=True):
            # Not a longer name that begins like it, and not the address itself where that is the longer one.
            new = re.sub(re.escape(ours) + r"(?![\w-]|\.(?!git\b)\w)", address, new) if ours != address else new
            new = new.replace(binder.start(ours), binder.start(address))
        if path == root / "README.md":
            new = binder.with_badges(new, binder.badges(root, address, branch))
        if new != old:
            changed[path] = new.encode("utf-8", "surrogateescape")
    return changed


def places(root: Path, address: str):
    """The files that carry the address, and how often."""
    for path in texts(root):
        text = path.read_text(encoding="utf-8", errors="replace")
        count = text.count(address) + text.count(binder.start(address))
        if count:
            yield path.relative_to(root).as_posix(), count


def main(argv: list[str] | None = None, root: Path = REPOSITORY) -> int:
    """The command line. Returns the exit status: 0 fine, 1 out of step, 2 no such address."""
    parser = argparse.ArgumentParser(
        description="Show the repository's address and the files that contain it, or change it in all of them.",
        epilog=f"Example: python scripts/address.py {EXAMPLE}",
    )
    parser.add_argument("address", nargs="?", help=f"the repository's page, for example {EXAMPLE}")
    parser.add_argument("--branch", help="the branch that the Binder badges open (HEAD: the repository's default)")
    parser.add_argument("--check", action="store_true", help="change nothing; fail if a page is out of date")
    options = parser.parse_args(argv)
    change = options.address is not None or options.branch is not None
    if options.check and change:
        parser.error("--check examines the current address: leave out ADDRESS and --branch")
    try:
        if change:
            address = checked(current(root)[0] if options.address is None else options.address)
            branch = checked_branch("HEAD" if options.branch is None else options.branch)
        else:
            address, branch, _ = current(root)
            checked(address, "Repository in pyproject.toml")
        changed = rewritten(root, address, branch)
    except (AddressError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2 if change else 1
    names = [path.relative_to(root).as_posix() for path in changed]
    if change:
        for path, content in changed.items():
            path.write_bytes(content)
            print(f"{path.relative_to(root).as_posix()}: written")
        print(f"{address} is the repository's address: {len(changed)} file(s) changed.")
        if any(name.startswith("source/") for name in names):
            print("Next step: make release")
        return 0
    print(f"{address} (Binder opens the branch {branch}) is in")
    for name, count in places(root, address):
        print(f"  {name}: {count} time(s)")
    for name in names:
        print(f"{name} is out of date. Next step: python scripts/address.py {address}", file=sys.stderr)
    return 1 if names and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
