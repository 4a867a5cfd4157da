"""A gradebook in PostgreSQL, by --db, holds what one in SQLite holds.

The test starts a server of its own, without a network, as a user without rights.
"""

import glob
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from autograde_course import autograded, fresh, gradebook_of, hand_in, ours, serial
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from register import WRONG, answered
from tiny_course import ASSIGNMENT
from traitlets.config import PyFileConfigLoader

pytestmark = pytest.mark.slow
pytest.importorskip("psycopg", reason="pip install 'mini-vllm[postgresql]' brings it")


def programs() -> Path | None:
    """The folder of PostgreSQL's programs; Debian keeps it out of PATH."""
    found = [shutil.which("initdb"), *sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), reverse=True)]
    return next((Path(os.path.realpath(path)).parent for path in found if path), None)


@pytest.fixture(scope="module")
def db_url():
    """The address of an empty database."""
    if programs() is None:
        pytest.skip("PostgreSQL is not installed. Next step: apt-get install postgresql")
    user = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.getuid() == 0 else {}
    folder = tempfile.mkdtemp(prefix="gradebook-", dir="/tmp")  # short, and open to that user: it holds a socket
    if user:
        shutil.chown(folder, user["user"])

    def call(program: str, *arguments: str) -> None:
        command = [programs() / program, *arguments]
        said = Path(folder, "said")  # no pipe, which the server would inherit and keep open
        with said.open("w") as output:
            status = subprocess.run(command, cwd=folder, stdout=output, stderr=output, **user).returncode
        assert status == 0, f"{program}: {said.read_text()}"

    call("initdb", "-D", f"{folder}/data", "-U", "teacher", "--auth", "trust", "--no-sync", "-E", "UTF8")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    call("pg_ctl", "-D", f"{folder}/data", "-l", f"{folder}/log", "-o", options, "-w", "start")
    try:
        call("createdb", "-h", folder, "-U", "teacher", "gradebook")
        yield f"postgresql://teacher@/gradebook?host={folder}"
    finally:
        call("pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)


def generate(course, db_url: str) -> None:
    """What `nbgrader generate_assignment --db` runs."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(course.root)).load_config()
    config.CourseDirectory.update(root=str(course.root), db_url=db_url)
    GenerateAssignment(coursedir=CourseDirectory(config=config, assignment_id=ASSIGNMENT), config=config).start()


def test_the_gradebook_is_the_same_in_postgresql(course, db_url, tmp_path):
    in_sqlite, in_postgresql = (fresh(course, tmp_path / name) for name in ("sqlite", "postgresql"))
    generate(in_postgresql, db_url.replace("postgresql:", "postgresql+psycopg:"))
    (in_postgresql.root / "gradebook.db").unlink()
    for copy in (in_sqlite, in_postgresql):
        hand_in(copy, "ada", {f"{name}.ipynb": answered(course, name) for name in ("lab", "second")})
        hand_in(copy, "ben", {"lab.ipynb": answered(course, **WRONG)}, "2026-03-02 12:00:00 UTC")
        hand_in(copy, "cleo", {"lab.ipynb": "{"})
    serial(in_sqlite)
    for _ in range(2):  # the second finds nothing to do, and what fails fails again
        assert ours(in_postgresql, "--db", db_url) == 1
        assert gradebook_of(in_postgresql, db_url.replace("postgresql:", "postgresql+psycopg:")) == gradebook_of(
            in_sqlite
        )
        assert autograded(in_postgresql) == autograded(in_sqlite)
    assert not (in_postgresql.root / "gradebook.db").exists()


def test_a_server_that_does_not_answer_is_named(course, db_url, tmp_path, capsys):
    copy = fresh(course, tmp_path / "course")
    assert ours(copy, "--db", f"postgresql://teacher@/gradebook?host={tmp_path}") == 2
    said = capsys.readouterr().err
    assert str(tmp_path) in said and "--db" in said
