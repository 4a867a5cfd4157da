"""One notebook that cannot be judged costs no other notebook of its submission anything."""

import pytest

from grading.judge.job import CodeCell, Role
from grading.judge.student_notebook import SessionOver
from grading.judge.submission import _failing_alone
from grading.wire.channel import ChannelError

CELLS = [CodeCell("answer", "x = 1", Role.STUDENT), CodeCell("test", "assert x", Role.TEST)]


class Server:
    restarts = 0

    def restart(self) -> None:
        self.restarts += 1


@pytest.mark.parametrize("error", [SessionOver("it took too long"), ChannelError("it sent no message")])
def test_every_cell_says_why_it_was_not_run_and_the_next_notebook_gets_a_new_process(error):
    server, outputs, faults = Server(), {}, {"lab": ["said before"]}
    with _failing_alone("lab", CELLS, outputs, faults, server):
        raise error
    assert [[output["ename"] for output in cell] for cell in outputs["lab"]] == [["NotRun"], ["NotRun"]]
    assert str(error) in outputs["lab"][1][0]["evalue"]
    assert faults == {"lab": ["said before", str(error)]} and server.restarts == 1


def test_what_the_grader_itself_does_wrong_is_not_put_down_to_a_notebook():
    server, outputs, faults = Server(), {}, {}
    with pytest.raises(ZeroDivisionError), _failing_alone("lab", CELLS, outputs, faults, server):
        raise ZeroDivisionError
    assert (outputs, faults, server.restarts) == ({}, {}, 0)
