"""A Dask cluster on this machine, one of whose workers dies half way: the same gradebook."""

import os
import subprocess
import sys

import pytest
from autograde_course import autograded, fresh, gradebook_of, ours, serial
from register import ANSWERS, WRONG, answered
from tiny_course import REPOSITORY

from grading.autograde import cluster as module
from grading.autograde.record import Recorder

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("distributed")]

STUDENTS = 5


@pytest.fixture(scope="module")
def distributed():
    """The library. It takes more than a second to load, also in a run that leaves these tests out."""
    return pytest.importorskip("distributed", reason="pip install 'mini-vllm[cluster]' brings it")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory, distributed):
    """The address of a scheduler, and two workers of one thread each."""
    folder = tmp_path_factory.mktemp("cluster")
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "DASK_LOGGING__DISTRIBUTED": "error"}
    processes = []

    def start(*arguments: str) -> subprocess.Popen:
        command = [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]]
        log = (folder / f"{len(processes)}.log").open("w")
        processes.append(subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log))
        return processes[-1]

    address_file = folder / "scheduler.json"
    start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(address_file))
    options = "--nthreads 1 --no-dashboard --no-nanny --host 127.0.0.1".split()
    workers = [start("worker", "--scheduler-file", str(address_file), *options) for _ in range(2)]
    with distributed.Client(scheduler_file=str(address_file), timeout=30) as client:
        client.wait_for_workers(2, timeout=30)
        address = client.scheduler.address
    yield address, workers
    for process in processes:
        process.kill()
        process.wait()


def test_a_cluster_that_loses_a_worker_fills_the_same_gradebook(course, cluster, tmp_path, monkeypatch):
    address, workers = cluster
    here, there = (fresh(course, tmp_path / name) for name in ("here", "there"))
    for number in range(STUDENTS):
        answer = (ANSWERS, WRONG)[number % 2]["double"]
        for copy in (here, there):
            copy.submit(f"student-{number}", {"lab.ipynb": answered(course, double=f"{answer}\n# {number}")})
    serial(here)
    recorded = 0

    record = Recorder.record

    def record_and_kill(*args):
        nonlocal recorded
        recorded += 1
        if recorded == 2:
            workers[0].kill()
        return record(*args)

    monkeypatch.setattr(Recorder, "record", record_and_kill)
    assert ours(there, "--scheduler", address) == 0
    assert workers[0].wait() != 0 and workers[1].poll() is None
    assert gradebook_of(there) == gradebook_of(here)
    assert autograded(there) == autograded(here)


def test_nothing_but_bytes_travels(course, cluster, distributed, tmp_path, monkeypatch, capsys):
    sent, submit = [], distributed.Client.submit

    def seen(client, function, *args, **kwargs):
        sent.append((function, args))
        return submit(client, function, *args, **kwargs)

    monkeypatch.setattr(distributed.Client, "submit", seen)
    copy = fresh(course, tmp_path / "course")
    copy.submit("ada", {"lab.ipynb": answered(course)})
    assert ours(copy, "--scheduler", cluster[0]) == 0
    ((function, (data,)),) = sent
    assert function is module.judge_bytes and type(data) is bytes
    monkeypatch.setattr(module, "MAX_BYTES", 100)
    assert ours(copy, "--scheduler", cluster[0], "--force") == 1
    assert "bytes; the limit is 100." in capsys.readouterr().out


def test_an_address_where_nobody_answers_is_refused(course, tmp_path, capsys):
    copy = fresh(course, tmp_path / "course")
    copy.submit("ada", {"lab.ipynb": answered(course)})
    assert ours(copy, "--scheduler", "10.0.0.5") == 2
    said = capsys.readouterr().err
    assert "--scheduler 10.0.0.5" in said and "dask scheduler" in said
