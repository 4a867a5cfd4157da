"""Build what students get: python scripts/bundle.py [--output FILE.zip | --branch NAME].

Their notebooks and pages, the engine, labkit, and what opens them; nothing of source/, grading/ or tests/. The same
source gives the same bytes.
"""

import argparse
import ast
import re
import sys
import zipfile
from pathlib import Path

import binder
from address import AddressError, checked_branch, current
from student_branch import BranchError, last_commit, publish, remote
from student_makefile import student_makefile

REPOSITORY = Path(__file__).resolve().parent.parent
OUTPUT = "dist/mini-vllm-student.zip"
FOLDER = "mini-vllm-student"  # what the zip unpacks to
AS_THEY_ARE = ("LICENSE", ".gitignore", "conftest.py", "constraints.txt", "environment.yml", "nbgrader_config.py")
AS_THEY_ARE += ("postBuild", "start")
AS_THEY_ARE += ("pyproject.toml",)  # setuptools finds no package `grading` there, and installs the others
EXECUTABLE = {"postBuild", "start"}
PACKAGES = ("mini_vllm", "labkit")


class BundleError(Exception):
    """Why there is no bundle; the message says what to do."""


def contents(root: Path) -> dict[str, bytes]:
    """The students' files by their path, with slashes. Errors: BundleError if release/ is out of step with source/."""
    sys.path.insert(0, str(root))
    from grading.authoring.release import ReleaseError, generate, on_disk, out_of_step

    try:
        released = generate(root)
    except ReleaseError as error:
        raise BundleError(str(error)) from None
    stale = out_of_step(released, on_disk(root, set(released)))
    if stale:
        raise BundleError(f"Does not match source/: {', '.join(stale)}.\nNext step: make release")
    files = dict(released)
    for name in AS_THEY_ARE:
        files[name] = (root / name).read_bytes()
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*")):
            name = path.relative_to(root).as_posix()
            if path.is_file() and not re.search(r"(^|/)(\.|__pycache__/)|\.pyc$", name):
                files[name] = path.read_bytes()
    makefile = student_makefile((root / "Makefile").read_text(encoding="utf-8"))
    files["Makefile"] = makefile.encode()
    scripts = re.findall(r"\bscripts/(\w+)\.py", makefile)
    folder = root / "scripts"
    for name in _with_imports(folder, [*scripts, *_imported(root / "postBuild", folder)]):
        files[f"scripts/{name}.py"] = (folder / f"{name}.py").read_bytes()
    files["README.md"] = readme(root, released).encode()
    return dict(sorted(files.items()))


def readme(root: Path, released: dict[str, bytes]) -> str:
    """The students' first page."""
    lines, phase = [], None
    for lab in binder.labs(root):
        path, page = f"release/{lab}", f"release/{Path(lab).parent}/README.md"
        if Path(lab).parent != phase:
            phase = Path(lab).parent
            heading = re.search(r"^# (.+)", released.get(page, b"").decode())
            lines.append(f"- [{heading[1]}]({page})" if heading else f"- {phase}")
        title = re.search(r"# (Lab .*?)( \[[\w-]+\])?(\\n)?\"", released[path].decode())
        lines.append(f"  - [{title[1] if title else Path(path).stem}]({path})")
    template = (root / "scripts" / "bundle_readme.md").read_text(encoding="utf-8")
    start = f"release/{binder.start_page(root)}"
    return template.replace("{labs}", "\n".join(lines)).replace("{start}", start)


def write_zip(files: dict[str, bytes], output: Path) -> None:
    """Writes the files in their order, all with the same date."""
    output.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(f"{FOLDER}/{name}", (2000, 1, 1, 0, 0, 0))
            entry.create_system = 3  # Unix, wherever it is made, so that the modes count
            entry.external_attr = (0o100755 if name in EXECUTABLE else 0o100644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)


def _imported(script: Path, folder: Path) -> list[str]:
    """The modules of scripts/ that a script imports."""
    nodes = list(ast.walk(ast.parse(script.read_text(encoding="utf-8"))))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    return [name for name in names if (folder / f"{name}.py").exists()]


def _with_imports(folder: Path, names: list[str]) -> set[str]:
    found: set[str] = set()
    while names:
        name = names.pop()
        if name not in found:
            found.add(name)
            names += _imported(folder / f"{name}.py", folder)
    return found


def _publish(root: Path, branch: str) -> None:
    branch = checked_branch(branch)
    address, _, _ = current(root)
    last = last_commit(root, branch)
    commit = publish(root, contents(root), EXECUTABLE, branch, last)
    print(f"{branch}: {'nothing has changed since' if commit == last else 'new commit'} {commit[:10]}")
    print(f"Next step: git push {remote(root) or address} {branch}")
    print(f"Binder then: {binder.link(address, branch, f'release/{binder.start_page(root)}')}")


def main(argv: list[str] | None = None, root: Path = REPOSITORY) -> int:
    """The command line. Returns the exit status: 0 made, 1 not made, 2 wrong usage."""
    parser = argparse.ArgumentParser(
        description="Build the student version, without solutions and hidden tests: a zip, or a git branch.",
        epilog="Example: python scripts/bundle.py --branch student (for git and Binder)",
    )
    to = parser.add_mutually_exclusive_group()
    to.add_argument("--output", default=OUTPUT, help=f"the zip to write ({OUTPUT})")
    to.add_argument("--branch", help="commit the files to this branch instead, without pushing")
    options = parser.parse_args(argv)
    output = root / options.output
    try:
        if options.branch is not None:
            _publish(root, options.branch)
            return 0
        if output.is_dir() or output.suffix != ".zip":
            raise AddressError(f"--output is {options.output!r}: it must end with .zip, for example {OUTPUT}")
        files = contents(root)
        write_zip(files, output)
        print(f"{output}: {len(files)} files, {output.stat().st_size / 1e6:.1f} MB")
    except AddressError as error:
        print(error, file=sys.stderr)
        return 2
    except (BundleError, BranchError, OSError, ValueError) as error:
        print(f"No bundle was made. {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
