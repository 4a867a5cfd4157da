"""Who runs the grading: this account, an ordinary user, or an environment of its own, as installations differ."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path

# What an instructor may have in the environment, and no submission may show.
ENVIRONMENT = {"COURSE_API_TOKEN": "swordfish-8128496"}
ORDINARY_UID = 54_321  # of nobody on this machine, and not 65534, which the sandbox itself becomes

# An interpreter below /root, say, is out of reach for an ordinary user. A mount namespace of its own shows the folder
# on the way to it as an empty one that anybody may pass, with the interpreter's folder in it.
SHOW_INTERPRETER = """
set -e
place=$(mktemp -d)
mount --bind "$2" "$place"
mount -t tmpfs -o mode=755 none "$1"
mkdir -p "$2"
mount --move "$place" "$2"
rmdir "$place"
shift 2
exec "$@"
"""


@dataclass(frozen=True)
class Grader:
    """An account and an interpreter. uid: None: the account of this process."""

    python: str = sys.executable
    uid: int | None = None

    def run(self, folder: Path, *arguments: str, seconds: float = 1200) -> subprocess.CompletedProcess:
        """Run `python -m ARGUMENTS` in a folder, as somebody does who has not activated the environment.

        stderr is in stdout. Errors: subprocess.TimeoutExpired, with what had been printed.
        """
        home = Path(tempfile.mkdtemp(prefix="grader-home-"))
        if self.uid is not None:
            os.chown(home, self.uid, self.uid)
        command = [*self._account(), self.python, "-m", *arguments]
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=self._environment(home),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            printed, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired as error:
            os.killpg(process.pid, signal.SIGKILL)
            raise subprocess.TimeoutExpired(command, seconds, process.communicate()[0]) from error
        finally:
            shutil.rmtree(home, ignore_errors=True)
        return subprocess.CompletedProcess(command, process.returncode, printed.decode(errors="replace"))

    def own(self, folder: Path) -> None:
        """Make this account the owner of a folder and all that is in it."""
        if self.uid is not None:
            subprocess.run(["chown", "-hR", f"{self.uid}:{self.uid}", str(folder)], check=True)

    def _account(self) -> list[str]:
        if self.uid is None:
            return []
        account = ["setpriv", f"--reuid={self.uid}", f"--regid={self.uid}", "--clear-groups"]
        closed = closed_folder(Path(sys.base_prefix))
        if closed is None:
            return account
        inside = closed / Path(sys.base_prefix).relative_to(closed).parts[0]
        script = ["sh", "-c", SHOW_INTERPRETER, "sh", str(closed), str(inside)]
        return ["unshare", "--mount", "--propagation", "private", *script, *account]

    def _environment(self, home: Path) -> dict[str, str]:
        folders = os.environ["PATH"].split(os.pathsep)
        path = os.pathsep.join(folder for folder in folders if folder != sysconfig.get_path("scripts"))
        environment = {**os.environ, **ENVIRONMENT, "PATH": path}
        return environment if self.uid is None else {**environment, "HOME": str(home), "USER": "somebody"}


def closed_folder(path: Path) -> Path | None:
    """The first folder on the way to `path` that only its owner may pass."""
    return next((folder for folder in reversed([path, *path.parents]) if not folder.stat().st_mode & 0o001), None)


def ordinary_user() -> Grader:
    """Errors: PermissionError, with the reason, where no other account can be used."""
    if os.getuid() != 0:
        return Grader()  # this is one
    try:
        pwd.getpwuid(ORDINARY_UID)
        raise PermissionError(f"The user id {ORDINARY_UID} belongs to somebody.")
    except KeyError:
        grader = Grader(uid=ORDINARY_UID)
    run = grader.run(Path("/"), "site")
    if run.returncode not in (0, 1, 2):
        raise PermissionError(f"An ordinary user cannot start Python here: {run.stdout[-300:]}")
    return grader
