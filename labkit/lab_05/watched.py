"""The same stages, which refuse what no step may do, and say why."""

import operator
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from labkit.call import unwatched
from labkit.check import Why, quantity
from labkit.failure import CheckFailed, shortened
from labkit.lab_05 import faults
from labkit.lab_05.stages import Plan, Stages

if TYPE_CHECKING:
    from mini_vllm.engine.llm_engine import LLMEngine


class WatchedStages(Stages):
    """What is handed to engine_step.

    fault: what was wrong first, as a message without the call's name; None if nothing was.
    num_steps: how many steps were planned.
    """

    def __init__(self, engine: "LLMEngine") -> None:
        super().__init__(engine)
        self.fault: CheckFailed | None = None
        self.num_steps = 0
        self._begin([])

    def _begin(self, plan: list[tuple[str, int]]) -> None:
        self._plan = dict(plan)
        self._rows: np.ndarray | None = None  # the logits, once they are computed
        self._closing = {request_id for request_id, item in self._items.items() if item.is_sampled}
        self._sampled: dict[str, int] = {}
        self._reasons: dict[str, str | None] = {}  # what update returned
        self._finished: set[str] = set()
        self._touched: set[str] = set()  # requests that any stage was called for
        self._read_late: set[str] = set()  # requests whose counters were read after their update

    @unwatched()
    def schedule(self) -> list[tuple[str, int]]:
        self._go_on()
        if set(self._plan) - set(self._reasons):
            self._refuse("engine.schedule() was called again before the first plan was done.", faults.PLAN_TWICE)
        plan = super().schedule()
        self.num_steps += 1
        self._begin(plan)
        return plan

    def execute(self, plan: Plan) -> np.ndarray:
        self._go_on()
        given = faults.pairs(plan)
        if self._rows is not None and self._plan:
            self._refuse("engine.execute was called twice in one step.", faults.EXECUTE_TWICE)
        if given != list(self._plan.items()):
            planned = shortened(list(self._plan.items()))
            self._refuse(f"engine.execute got {shortened(plan)}, the plan is {planned}.", faults.other_plan(given))
        rows = self._rows = super().execute(list(self._plan.items()))
        return rows.copy()

    @unwatched()
    def sample(self, request_id: str, row: np.ndarray) -> int:
        name = self._in_plan("sample", request_id)
        done, known = self._items[name].request.num_computed_tokens, self._items[name].request.num_tokens
        if self._rows is None:
            self._refuse(f"engine.sample({name!r}, ...) was called before engine.execute.", faults.SAMPLE_FIRST)
        if name in self._reasons:
            self._refuse(f"engine.sample({name!r}, ...) was called after the update of {name!r}.", faults.UPDATE_FIRST)
        if name not in self._closing:
            reached = done + self._plan[name]
            what = f"a token of {name!r} was sampled after {reached} of its {known} known tokens."
            self._refuse(what, faults.EVERY_CHUNK)
        if name in self._sampled:
            self._refuse(f"engine.sample was called twice for {name!r} in one step.", faults.SAMPLE_TWICE)
        own = list(self._plan).index(name)
        if not faults.same_row(row, self._rows[own]):
            why = faults.other_row(row, self._rows)
            self._refuse(f"engine.sample({name!r}, ...) got other logits than row {own}, its own.", why)
        self._sampled[name] = super().sample(name, row)
        return self._sampled[name]

    @unwatched()
    def update(self, request_id: str, num_new_tokens: int, token: int | None = None) -> str | None:
        name = self._in_plan("update", request_id)
        if self._rows is None:
            self._refuse(f"engine.update({name!r}, ...) was called before engine.execute.", faults.UPDATE_UNCOMPUTED)
        if name in self._reasons:
            self._refuse(f"engine.update was called twice for {name!r} in one step.", faults.UPDATE_TWICE)
        planned = self._plan[name]
        if faults.whole(num_new_tokens) != planned:
            moved, computed = shortened(num_new_tokens, 20), quantity(planned, "tokens")
            what = f"engine.update moved the counter of {name!r} by {moved}, but the step computed {computed}."
            self._refuse(what, faults.wrong_advance(num_new_tokens, self._items[name].request.num_tokens))
        if token is None and name in self._sampled:
            self._refuse(
                f"engine.update got None for {name!r}, for which engine.sample drew {self._sampled[name]}.",
                faults.TOKEN_DROPPED,
            )
        if token is not None and faults.whole(token) != self._sampled.get(name):
            drawn = f"engine.sample drew {self._sampled[name]}" if name in self._sampled else "nothing was sampled"
            what = f"engine.update got the token {shortened(token)} for {name!r}, for which {drawn}."
            self._refuse(what, faults.wrong_token(token, name, self._sampled, self._closing))
        plain = None if token is None else operator.index(token)
        self._reasons[name] = super().update(name, planned, plain)
        return self._reasons[name]

    def finish(self, request_id: str) -> None:
        name = self._in_plan("finish", request_id)
        if self._reasons.get(name) is None:
            self._refuse(f"engine.finish({name!r}) was called, and {name!r} is not finished.", faults.UNFINISHED)
        if name not in self._finished:
            self._finished.add(name)
            super().finish(name)

    def num_tokens(self, request_id: str) -> int:
        name = self._read("num_tokens", request_id)
        return super().num_tokens(name)

    def num_computed_tokens(self, request_id: str) -> int:
        name = self._read("num_computed_tokens", request_id)
        return super().num_computed_tokens(name)

    def left_undone(self) -> CheckFailed | None:
        """What the last step has left out, in the form of `fault`."""
        unsampled = [name for name in self._plan if name in self._closing and name not in self._sampled]
        still = [name for name in self._plan if name not in self._reasons]
        staying = [name for name, reason in self._reasons.items() if reason and name not in self._finished]
        if self._plan and self._rows is None:
            what = f"a step for {quantity(len(self._plan), 'requests')} was planned, and nothing was computed."
            return CheckFailed(what, *faults.NOT_EXECUTED)
        untouched = [name for name in self._plan if name not in self._touched]
        if untouched:
            computed = quantity(self._plan[untouched[0]], "tokens")
            what = f"the step computed {computed} of {untouched[0]!r}, and did nothing else for it."
            return CheckFailed(what, *faults.LOOP_ENDS)
        if unsampled:
            why = faults.ASKED_TOO_LATE if self._read_late & set(unsampled) else faults.ONE_CHUNK_LATE
            return CheckFailed(
                f"all known tokens of {unsampled[0]!r} are computed, but its next one was not sampled.", *why
            )
        if still:
            done, planned = self._items[still[0]].request.num_computed_tokens, self._plan[still[0]]
            what = f"the step computed {quantity(planned, 'tokens')} of {still[0]!r}, but its counter is still {done}."
            return CheckFailed(what, *faults.not_updated(still, self._closing))
        if staying:
            what = f"{staying[0]!r} is finished ({self._reasons[staying[0]]!r}) and still in the batch."
            return CheckFailed(what, *faults.STAYS)
        return None

    @property
    def last_sampled(self) -> list[tuple[str, int]]:
        """What the last step has sampled, in the order of the batch."""
        return [(name, self._sampled[name]) for name in self._plan if name in self._sampled]

    def _read(self, stage: str, request_id: str) -> str:
        name = self._in_plan(stage, request_id)
        if name in self._reasons:
            self._read_late.add(name)
        return name

    def _in_plan(self, stage: str, request_id: Any) -> str:
        self._go_on()
        if not isinstance(request_id, str) or request_id not in self._plan:
            self._refuse(f"engine.{stage} got the request id {shortened(request_id)}.", faults.NO_SUCH_REQUEST)
        self._touched.add(request_id)
        return str(request_id)

    def _go_on(self) -> None:
        if self.fault is not None:
            raise RuntimeError(self.fault.what)

    def _refuse(self, what: str, why: Why) -> NoReturn:
        self.fault = CheckFailed(what, *why)
        raise RuntimeError(self.fault.what)
