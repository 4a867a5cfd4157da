"""Publishes the students' files as a git branch of their own, whose history never held anything else.

Only git's plumbing is used, with an index of its own: neither the files of your checkout nor its branch change.
"""

import os
import subprocess
import tempfile
from pathlib import Path

NEVER = ("source", "grading", "tests")  # no published commit holds any of these


class BranchError(Exception):
    """Why the branch is not written; the message says what to do."""


def last_commit(root: Path, branch: str) -> str | None:
    """The branch's last commit; None where the branch is new.

    Errors: BranchError where there is no git, or the branch is somebody's work.
    """
    _git(root, "rev-parse", "--git-dir")
    last = _tip(root, branch)
    if f"branch refs/heads/{branch}" in _git(root, "worktree", "list", "--porcelain").splitlines():
        raise BranchError(
            f"{branch} is the branch you are on. Use one that only this command writes to: BRANCH=student"
        )
    if last and _git(root, "rev-list", "-n", "1", last, "--", *NEVER):
        raise BranchError(
            f"The history of {branch} contains {', '.join(NEVER[:-1])} or {NEVER[-1]}, which students would see.\n"
            "Use a branch that only this command writes to: BRANCH=student"
        )
    return last


def publish(root: Path, files: dict[str, bytes], executable: set[str], branch: str, last: str | None) -> str:
    """Writes `files` as the next commit of `branch`, after `last`; none where that holds the same files already.

    Returns: the branch's commit.
    """
    tree = _write_tree(root, files, executable)
    if last and _git(root, "rev-parse", f"{last}^{{tree}}") == tree:
        commit = last
    else:
        parents = ["-p", last] if last else []
        commit = _git(root, "commit-tree", tree, *parents, "-m", "The labs for students")
    _git(root, "update-ref", "-m", "students' files", f"refs/heads/{branch}", commit)
    return commit


def remote(root: Path) -> str | None:
    """The remote to push to: origin, or the only one there is."""
    names = _git(root, "remote").split()
    return "origin" if "origin" in names else names[0] if len(names) == 1 else None


def _tip(root: Path, branch: str) -> str | None:
    """The branch's last commit, here or as last fetched from the remote, whichever holds the other."""
    names = [f"refs/heads/{branch}", f"refs/remotes/{remote(root)}/{branch}"]
    tips = _git(root, "for-each-ref", "--format=%(refname) %(objectname)", *names).splitlines()
    found = dict(line.split() for line in tips)
    here, there = (found.get(name) for name in names)
    if here and there:
        return there if _git(root, "merge-base", "--all", here, there) == here else here
    return here or there


def _write_tree(root: Path, files: dict[str, bytes], executable: set[str]) -> str:
    names = sorted(files)
    with tempfile.TemporaryDirectory() as scratch:
        copies = [Path(scratch, str(number)) for number in range(len(names))]
        for copy, name in zip(copies, names):
            copy.write_bytes(files[name])
        # One process for all of them; --no-filters: as they are, whatever core.autocrlf says.
        given = "".join(f"{copy.as_posix()}\n" for copy in copies).encode()
        blobs = _git(root, "hash-object", "-w", "--no-filters", "--stdin-paths", given=given).split()
        modes = ("100755" if name in executable else "100644" for name in names)
        entries = [f"{mode} {blob}\t{name}\n" for mode, blob, name in zip(modes, blobs, names, strict=True)]
        index = {"GIT_INDEX_FILE": str(Path(scratch, "index"))}
        _git(root, "update-index", "--add", "--index-info", given="".join(entries).encode(), variables=index)
        return _git(root, "write-tree", variables=index)


def _git(root: Path, *words: str, given: bytes = b"", variables: dict[str, str] | None = None) -> str:
    try:
        ran = subprocess.run(
            ["git", "-C", str(root), *words], input=given, capture_output=True, env={**os.environ, **(variables or {})}
        )
    except OSError:
        raise BranchError("git is not installed, so no branch can be written. Without BRANCH, you get a zip.") from None
    said = ran.stderr.decode("utf-8", "replace").strip()
    if "not a git repository" in said:
        raise BranchError(f"{root} is not a git repository, so it has no branches. Without BRANCH, you get a zip.")
    if "tell me who you are" in said:
        raise BranchError('git does not know your name. Next step: git config user.name "..." and user.email "..."')
    if ran.returncode and words[0] != "merge-base":  # which so answers that there is no common commit
        raise BranchError(f"git {words[0]} failed: {said}")
    return ran.stdout.decode("utf-8").strip()
