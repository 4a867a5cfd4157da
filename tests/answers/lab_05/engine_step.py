"""Exercise 4: one step of the engine."""

from answers import Answer, right, wrong

HEAD = "def engine_step(engine):\n"
PLAN = "plan = engine.schedule()\nrows = engine.execute(plan)\nsampled = []\n"
LOOP = "for (request_id, num_new_tokens), row in zip(plan, rows):\n"
GAP = "    gap = engine.num_tokens(request_id) - engine.num_computed_tokens(request_id)\n"
SAMPLE = (
    "    token = None\n"
    "    if num_new_tokens == gap:\n"
    "        token = engine.sample(request_id, row)\n"
    "        sampled.append((request_id, token))\n"
)
UPDATE = "    reason = engine.update(request_id, num_new_tokens, token)\n"
FINISH = "    if reason:\n        engine.finish(request_id)\n"
RETURN = "return sampled"
WHOLE = PLAN + LOOP + GAP + SAMPLE + UPDATE + FINISH + RETURN


def _code(body: str) -> str:
    return HEAD + "".join(f"    {line}\n" for line in body.split("\n"))


def _changed(old: str, new: str) -> str:
    """The whole step, with one part replaced."""
    assert old in WHOLE, old
    return WHOLE.replace(old, new)


def _wrong(name: str, message: str, body: str) -> Answer:
    return wrong("engine_step", name, message, _code(body))


def _right(name: str, body: str) -> Answer:
    return right("engine_step", name, _code(body))


ENGINE_STEP = [
    _right("by the gap", WHOLE),
    _right(
        "with is_sampled of exercise 2",
        _changed(
            "num_new_tokens == gap",
            "is_sampled(engine.num_tokens(request_id), engine.num_computed_tokens(request_id), num_new_tokens)",
        ),
    ),
    _right(
        "arguments by name",
        _changed("(request_id, row)", "(request_id=request_id, row=row)")
        .replace(
            "(request_id, num_new_tokens, token)", "(request_id=request_id, num_new_tokens=num_new_tokens, token=token)"
        )
        .replace("engine.execute(plan)", "engine.execute(plan=plan)"),
    ),
    _right(
        "three loops, tokens in a dict",
        "plan = tuple(engine.schedule())\n"
        "if not plan:\n    return []\n"
        "rows = list(engine.execute(plan))\n"
        "closing = [engine.num_computed_tokens(r) + n >= engine.num_tokens(r) for r, n in plan]\n"
        "tokens = {r: engine.sample(r, row) for (r, _), row, last in zip(plan, rows, closing) if last}\n"
        "reasons = {r: engine.update(r, n, tokens.get(r)) for r, n in plan}\n"
        "for request_id, reason in reasons.items():\n"
        "    if reason is not None:\n        engine.finish(request_id)\n"
        "return list(tokens.items())",
    ),
    _right(
        "by index, numpy ints, from the last to the first",
        "plan = engine.schedule()\nrows = engine.execute(plan)\nsampled = []\n"
        "for i in reversed(range(len(plan))):\n"
        "    name, new = plan[i][0], np.int64(plan[i][1])\n"
        "    token = None\n"
        "    if engine.num_computed_tokens(name) + new == engine.num_tokens(name):\n"
        "        token = np.int32(engine.sample(name, rows[i]))\n"
        "        sampled.insert(0, [name, token])\n"
        "    if engine.update(name, new, token) in ('stop', 'length'):\n"
        "        engine.finish(name)\n"
        "return tuple(sampled)",
    ),
    _right(
        "a generator and a helper",
        "def serve(name, new, row):\n"
        "    is_last = engine.num_tokens(name) - engine.num_computed_tokens(name) - new < 1\n"
        "    token = engine.sample(name, row) if is_last else None\n"
        "    reason = engine.update(name, new, token)\n"
        "    return reason and engine.finish(name), (name, token)\n"
        "plan = engine.schedule()\n"
        "served = [serve(name, new, row)[1] for (name, new), row in zip(plan, engine.execute(plan))]\n"
        "return [(name, token) for name, token in served if token is not None]",
    ),
    _right(
        "recursion over the plan",
        "plan = engine.schedule()\nrows = engine.execute(plan)\n\n"
        "def rest(i):\n"
        "    if i == len(plan):\n        return []\n"
        "    name, new = plan[i]\n    found, token = [], None\n"
        "    if engine.num_tokens(name) == engine.num_computed_tokens(name) + new:\n"
        "        token = engine.sample(name, rows[i])\n        found = [(name, token)]\n"
        "    if engine.update(name, new, token):\n        engine.finish(name)\n"
        "    return found + rest(i + 1)\n\n"
        "return rest(0)",
    ),
    _wrong("every chunk", "at every chunk", _changed("num_new_tokens == gap", "True")),
    _wrong("decode only", "one chunk late, or never", _changed("num_new_tokens == gap", "gap == 0")),
    _wrong(
        "a step of one token",
        "one chunk late, or never",
        _changed("num_new_tokens == gap", "num_new_tokens == gap == 1"),
    ),
    _wrong(
        "update before sample",
        "update comes before sample",
        PLAN + LOOP + GAP + "    reason = engine.update(request_id, num_new_tokens, None)\n" + SAMPLE + FINISH + RETURN,
    ),
    _wrong(
        "update before the condition",
        "read from counters that have moved",
        PLAN + LOOP + "    reason = engine.update(request_id, num_new_tokens, None)\n" + GAP + SAMPLE + FINISH + RETURN,
    ),
    _wrong(
        "the token is appended twice",
        "a token is appended twice",
        _changed(UPDATE, UPDATE + "    engine.update(request_id, num_new_tokens, token)\n"),
    ),
    _wrong(
        "advances by 1",
        "advances by 1 instead of by what was computed",
        _changed(UPDATE, UPDATE.replace("num_new_tokens", "1")),
    ),
    _wrong("advances by 0", "does not advance", _changed(UPDATE, UPDATE.replace("num_new_tokens", "0"))),
    _wrong(
        "advances by everything",
        "advances by the whole sequence",
        _changed(UPDATE, UPDATE.replace("num_new_tokens", "engine.num_tokens(request_id)")),
    ),
    _wrong("nobody is finished", "a finished request stays in the batch", _changed(FINISH, "")),
    _wrong(
        "everybody is finished", "without a finish reason", _changed("    if reason:\n        engine", "    engine")
    ),
    _wrong(
        "finished before the update",
        "without a finish reason",
        PLAN + LOOP + GAP + SAMPLE + "    if token is not None:\n        engine.finish(request_id)\n" + UPDATE + RETURN,
    ),
    _wrong(
        "chunks are not updated",
        "only requests that got a token are updated",
        _changed(
            UPDATE + FINISH,
            "        reason = engine.update(request_id, num_new_tokens, token)\n"
            "        if reason:\n            engine.finish(request_id)\n",
        ),
    ),
    _wrong("return in the loop", "the loop ends early", _changed(RETURN, "    return sampled")),
    _wrong(
        "ends at the first finished request",
        "the loop ends early",
        _changed(FINISH, FINISH + "        break\n"),
    ),
    _wrong(
        "the list in the loop",
        "the list is made anew in the loop",
        _changed(GAP, GAP + "    sampled = []\n").replace("return sampled", "return sampled if plan else []"),
    ),
    _wrong(
        "the token of another request",
        "still holds the token of another request",
        _changed(LOOP, "token = None\n" + LOOP).replace("    token = None\n    if", "    if"),
    ),
    _wrong("argmax", "not drawn by engine.sample", _changed("engine.sample(request_id, row)", "int(np.argmax(row))")),
    _wrong("the first row", "belongs to another request", _changed("(request_id, row)", "(request_id, rows[0])")),
    _wrong("all rows", "the logits of all requests were passed", _changed("(request_id, row)", "(request_id, rows)")),
    _wrong("changed logits", "the logits were changed", _changed("(request_id, row)", "(request_id, row / 2)")),
    _wrong(
        "sampled twice",
        "a second token is drawn",
        _changed("sampled.append((request_id, token))", "sampled.append((request_id, engine.sample(request_id, row)))"),
    ),
    _wrong(
        "one pass a request",
        "pass through the model one by one",
        "plan, sampled = engine.schedule(), []\n"
        "for request_id, num_new_tokens in plan:\n"
        "    row = engine.execute([(request_id, num_new_tokens)])[0]\n" + GAP + SAMPLE + UPDATE + FINISH + RETURN,
    ),
    _wrong("executed twice", "twice the work", _changed("sampled = []\n", "engine.execute(plan)\nsampled = []\n")),
    _wrong(
        "another plan",
        "the plan was changed",
        _changed("engine.execute(plan)", "engine.execute([(name, 1) for name, _ in plan])"),
    ),
    _wrong(
        "scheduled twice",
        "the plan is made anew",
        _changed("engine.execute(plan)", "engine.execute(engine.schedule())"),
    ),
    _wrong(
        "not executed",
        "there are no logits yet",
        _changed("rows = engine.execute(plan)", "rows = np.zeros((len(plan), 1024))"),
    ),
    _wrong("nothing but a plan", "the model is left out", "plan = engine.schedule()\nreturn []"),
    _wrong("no plan", "does not ask what to compute", "return []"),
    _wrong(
        "updated before the pass",
        "before K and V are computed",
        "plan = engine.schedule()\n"
        "for request_id, num_new_tokens in plan:\n    engine.update(request_id, num_new_tokens, None)\n"
        "engine.execute(plan)\nreturn []",
    ),
    _wrong(
        "until nothing is left",
        "loops over several steps",
        "sampled = []\nplan = engine.schedule()\nwhile plan:\n    rows = engine.execute(plan)\n"
        + "".join(f"    {line}\n" for line in (LOOP + GAP + SAMPLE + UPDATE + FINISH).rstrip().split("\n"))
        + "    plan = engine.schedule()\n"
        + RETURN,
    ),
    _wrong(
        "the token is dropped",
        "the sampled token is not appended",
        _changed("num_new_tokens, token)", "num_new_tokens, None)"),
    ),
    _wrong(
        "a list as token",
        "another token than the sampled one",
        _changed("num_new_tokens, token)", "num_new_tokens, [token])"),
    ),
    _wrong(
        "entries as ids",
        "something other than the id",
        _changed("engine.num_computed_tokens(request_id)", "engine.num_computed_tokens((request_id, num_new_tokens))"),
    ),
    _wrong("nothing returned", "no `return`", _changed(RETURN, "print(sampled)")),
    _wrong("a dict", "a tuple (request_id, token)", _changed(RETURN, "return dict(sampled)")),
    _wrong("tokens only", "tokens without ids", _changed(RETURN, "return [token for _, token in sampled]")),
    _wrong(
        "ids only",
        "tokens without ids, or ids without tokens",
        _changed(RETURN, "return [name for name, _ in sampled]"),
    ),
    _wrong(
        "chunks with None",
        "whose chunk closes no gap are returned",
        _changed("        sampled.append((request_id, token))\n", "    sampled.append((request_id, token))\n"),
    ),
    _wrong("the other order", "the order is not that of the batch", _changed(RETURN, "return sampled[::-1]")),
    _wrong(
        "twice in the list",
        "tokens are returned that were not sampled, or twice",
        _changed(RETURN, "return sampled * 2"),
    ),
    _wrong("only the last", "only some of the sampled tokens", _changed(RETURN, "return sampled[-1:]")),
    _wrong(
        "positions",
        "are not those of this step",
        _changed(RETURN, "return [(name, i) for i, (name, _) in enumerate(sampled)]"),
    ),
    _wrong("left as it was", "not written yet", "raise NotImplementedError()"),
    _wrong("a misspelled stage", "a misspelled attribute", _changed("engine.schedule()", "engine.shedule()")),
    _wrong(
        "right for the visible requests only",
        "visible requests only",
        _changed("num_new_tokens == gap", "num_new_tokens == gap and request_id in 'abcdefghij'"),
    ),
    _wrong(
        "wrong after a preemption",
        "visible requests only",
        _changed(
            "num_new_tokens == gap",
            "num_new_tokens == gap and not (engine.num_computed_tokens(request_id) > 18 and num_new_tokens > 1)",
        ),
    ),
]
