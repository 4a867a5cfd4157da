"""What a sandbox shows of the machine: programs and libraries, read-only, and nothing of the course beside them.

Of an environment only PARTS are bound: whoever makes one in the course's own folder (`python -m venv .`) has the
gradebook next to them. site-packages is bound as a whole, except for `grading`, if that is installed there. What
remains visible are names: a process can read which folders of the machine are bound (/proc/self/mountinfo).
"""

import importlib.util
import os
import site
import sys
from pathlib import Path

CODE = "/judge"  # where the sandbox holds the parts of `grading` that run inside, and packages not in site-packages
GRADING = Path(__file__).parents[1]
RUNS_INSIDE = ("__init__.py", "wire", "student_process")  # of `grading`
SYSTEM = ("bin", "sbin", "lib", "lib32", "lib64")
PARTS = ("bin", "lib", "lib32", "lib64", "pyvenv.cfg")  # what Python needs of an environment
# matplotlib opens every font that it finds, 5 ms each. With only its own fonts, no machine makes a plot slow.
FONTS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))


class SandboxUnavailable(Exception):
    """Why there is no sandbox, and the ways out."""


def course_folders() -> tuple[Path, ...]:
    """The course around the working directory, and the one that `grading` itself lies in."""
    places = dict.fromkeys((Path.cwd(), *Path.cwd().parents, GRADING.parent.resolve()))
    return tuple(place for place in places if (place / "nbgrader_config.py").exists())


def mounts(hidden: tuple[Path, ...]) -> list[str]:
    """bubblewrap's arguments. hidden: folders of which nothing is shown but Python.

    Errors: SandboxUnavailable, if one of these is a folder that Python needs.
    """
    hidden = tuple(folder.resolve() for folder in (*hidden, GRADING, *FONTS) if folder.is_dir())
    arguments, covers = [], []
    of_the_machine = {}  # for each place with a mount: whether it shows the machine's files, or hides them
    for place, source in sorted(_shown().items(), key=lambda item: len(item[0].parts)):
        if next((of_the_machine[outer] for outer in place.parents if outer in of_the_machine), False):
            continue
        arguments += _bind(source, place)
        of_the_machine[place] = True
        for folder in hidden:
            if folder == source:
                raise SandboxUnavailable(
                    f"The course's folder {folder} is also one of Python's. Move the course elsewhere."
                )
            if folder.is_relative_to(source):
                cover = place / folder.relative_to(source)
                arguments += ["--perms", "0755", "--size", "65536", "--tmpfs", str(cover)]
                of_the_machine[cover] = False
                covers += ["--remount-ro", str(cover)]
    for name in ("mini_vllm", "labkit"):
        found = importlib.util.find_spec(name)
        if found is not None and found.origin is not None:
            package = Path(found.origin).parent
            if str(package.parent) not in site.getsitepackages():
                arguments += _bind(package, Path(CODE, name))
    for part in RUNS_INSIDE:
        arguments += _bind(GRADING / part, Path(CODE, "grading", part))
    return [*_system_links(), *arguments, *covers]


def _shown() -> dict[Path, Path]:
    """What to bind, by its place inside: where Python looks for it, and where links to it lead."""
    wanted = [Path("/usr"), *(Path("/", name) for name in SYSTEM if not Path("/", name).is_symlink())]
    wanted += [Path("/etc/ld.so.cache"), Path("/etc/alternatives")]
    wanted += [Path(prefix, part) for prefix in (sys.base_prefix, sys.prefix) for part in PARTS]
    wanted += [Path(folder) for folder in site.getsitepackages()]
    found = [Path(os.path.abspath(path)) for path in wanted if path.exists()]
    return {place: path.resolve() for path in found for place in (path.resolve(), path)}


def _system_links() -> list[str]:
    """bubblewrap's arguments for /bin, /lib, ... where they are links into /usr."""
    links = [Path("/", name) for name in SYSTEM if Path("/", name).is_symlink()]
    return [word for link in links for word in ("--symlink", os.readlink(link), str(link))]


def _bind(source: Path, place: Path) -> list[str]:
    """Bind a file or folder. The folders above it are made first, open to a user without rights."""
    above = [word for parent in reversed(place.parents[:-1]) for word in ("--perms", "0755", "--dir", str(parent))]
    return [*above, "--ro-bind", str(source), str(place)]
