"""Exercise 3: the plan of a step."""

from answers import Answer, right, wrong

DEF = "def schedule(running, waiting, max_num_batched_tokens, max_num_seqs, num_free_blocks, block_size):\n"
# One loop over both lists, as most people write it; each mistake changes a part of it.
LOOP = """plan, budget, free, seats = [], max_num_batched_tokens, num_free_blocks, max_num_seqs - len(running)
for place, (request_id, known, computed, held) in enumerate(running + waiting):
    if budget == 0 or (place >= len(running) and seats == 0):
        break
    tokens = min(known - computed, budget)
    blocks = -(-(computed + tokens) // block_size) - held
    if blocks > free:
        break
    plan.append((request_id, tokens))
    budget -= tokens
    free -= blocks
    if place >= len(running):
        seats -= 1
return plan"""


def _schedule(body: str) -> str:
    return DEF + "".join(f"    {line}\n" for line in body.split("\n"))


def _with(*changes: tuple[str, str]) -> str:
    """LOOP with parts of it replaced."""
    body = LOOP
    for old, new in changes:
        assert old in body, old
        body = body.replace(old, new)
    return _schedule(body)


def _wrongs(answers: dict[str, tuple[str, str]]) -> list[Answer]:
    return [wrong("schedule", name, message, code) for name, (message, code) in answers.items()]


SCHEDULE = [
    right("schedule", "one loop", _schedule(LOOP)),
    right(
        "schedule",
        "two loops",
        """
        import math

        def schedule(running, waiting, max_num_batched_tokens, max_num_seqs, num_free_blocks, block_size):
            plan = []

            def fits(request):
                nonlocal max_num_batched_tokens, num_free_blocks
                name, known, computed, held = request
                tokens = min(known - computed, max_num_batched_tokens)
                needed = math.ceil((computed + tokens) / block_size) - held
                if tokens <= 0 or needed > num_free_blocks:
                    return False
                plan.append((name, tokens))
                max_num_batched_tokens -= tokens
                num_free_blocks -= needed
                return True

            for request in running:
                if not fits(request):
                    return plan
            for request in waiting[: max(0, max_num_seqs - len(running))]:
                if not fits(request):
                    break
            return plan
    """,
    ),
    right(
        "schedule",
        "recursion",
        """
        def schedule(running, waiting, max_num_batched_tokens, max_num_seqs, num_free_blocks, block_size):
            queue = running + waiting[: max_num_seqs - len(running)]
            if not queue or max_num_batched_tokens == 0:
                return []
            (name, known, computed, held), *rest = queue
            tokens = min(known - computed, max_num_batched_tokens)
            needed = (computed + tokens + block_size - 1) // block_size - held
            if needed > num_free_blocks:
                return []
            left = max_num_batched_tokens - tokens, len(rest), num_free_blocks - needed, block_size
            return [(name, tokens), *schedule(rest, [], *left)]
    """,
    ),
    right(
        "schedule",
        "numpy integers, lists for pairs",
        """
        def schedule(running, waiting, max_num_batched_tokens, max_num_seqs, num_free_blocks, block_size):
            queue = running + waiting[: max_num_seqs - len(running)]
            if not queue:
                return []
            known, computed, held = np.array([request[1:] for request in queue]).T
            before = np.concatenate([[0], np.cumsum(known - computed)[:-1]])
            tokens = np.clip(max_num_batched_tokens - before, 0, known - computed)
            blocks = np.ceil((computed + tokens) / block_size).astype(int) - held
            ok = (tokens > 0) & (np.cumsum(blocks) <= num_free_blocks)
            count = len(queue) if ok.all() else int(np.argmin(ok))
            return [[queue[i][0], tokens[i]] for i in range(count)]
    """,
    ),
    right(
        "schedule",
        "a generator in a tuple",
        """
        def _plan(queue, budget, free, block_size):
            for name, known, computed, held in queue:
                tokens = min(known - computed, budget)
                blocks = (computed + tokens - 1) // block_size + 1 - held
                if tokens < 1 or blocks > free:
                    return
                yield name, tokens
                budget, free = budget - tokens, free - blocks

        def schedule(running, waiting, max_num_batched_tokens, max_num_seqs, num_free_blocks, block_size):
            seats = max_num_seqs - len(running)
            return tuple(_plan([*running, *waiting[:seats]], max_num_batched_tokens, num_free_blocks, block_size))
    """,
    ),
    *_wrongs(
        {
            "waiting first": (
                "waiting requests are planned before running ones",
                _schedule(LOOP.replace("running + waiting", "waiting + running")),
            ),
            "last come first": (
                "in another order than they came",
                _with(("running + waiting", "running[::-1] + waiting")),
            ),
            "short first": (
                "in another order than they came",
                _with(("running + waiting", "running + sorted(waiting, key=lambda r: r[1] - r[2])")),
            ),
            "budget for each": (
                "applied to each request by itself",
                _with(("    budget -= tokens\n", "")),
            ),
            "no budget": ("the budget is ignored", _with(("min(known - computed, budget)", "known - computed"))),
            "no seats": ("the limit is ignored", _with((" or (place >= len(running) and seats == 0)", ""))),
            "seats for those that start": (
                "only those that start are counted",
                _with(("max_num_seqs - len(running)", "max_num_seqs")),
            ),
            "a seat too few": (
                "a limit is one too low",
                _with(("max_num_seqs - len(running)", "max(0, max_num_seqs - len(running) - 1)")),
            ),
            "no blocks": ("without enough free blocks", _with(("    if blocks > free:\n        break\n", ""))),
            "blocks not subtracted": ("without enough free blocks", _with(("    free -= blocks\n", ""))),
            "blocks rounded down": (
                "without enough free blocks",
                _with(("-(-(computed + tokens) // block_size)", "(computed + tokens) // block_size")),
            ),
            "blocks for all tokens": (
                "blocks may be counted for all of its tokens",
                _with(("// block_size) - held", "// block_size)")),
            ),
            "blocks for the whole prompt": (
                "blocks may be counted for all of its tokens",
                _with(("-(-(computed + tokens) // block_size) - held", "-(-known // block_size)")),
            ),
            "blocks for the whole prompt, but those it holds": (
                "count the blocks of that chunk",
                _with(("-(-(computed + tokens) // block_size) - held", "-(-known // block_size) - held")),
            ),
            "tokens for blocks": (
                "blocks may be counted for all of its tokens",
                _with(("-(-(computed + tokens) // block_size) - held", "tokens")),
            ),
            "free blocks compared one too early": (
                "just enough is not accepted",
                _with(("blocks > free", "blocks >= free")),
            ),
            "overtakes": (
                "overtakes",
                _with(("    if blocks > free:\n        break", "    if blocks > free:\n        continue")),
            ),
            "starts others when a running one is blocked": (
                "is running and does not fit",
                _with(
                    (
                        "    if blocks > free:\n        break",
                        "    if blocks > free:\n        if place < len(running):\n            continue\n        break",
                    )
                ),
            ),
            "zero tokens": (
                "a chunk of 0 tokens",
                _with(("budget == 0 or ", "")),
            ),
            "decode of 1 for all running": (
                "as if every running request were decoding",
                _with(
                    ("min(known - computed, budget)", "1 if place < len(running) else min(known - computed, budget)")
                ),
            ),
            "the whole sequence again": (
                "all of them are planned again",
                _with(("min(known - computed, budget)", "min(known, budget)")),
            ),
            "no chunks": (
                "though 3 of its tokens fit",
                _with(
                    ("    tokens = min(known - computed, budget)\n", "    tokens = known - computed\n"),
                    ("    if blocks > free:", "    if blocks > free or tokens > budget:"),
                ),
            ),
            "no chunks, and the next one": (
                "is passed over",
                _with(
                    ("    tokens = min(known - computed, budget)\n", "    tokens = known - computed\n"),
                    (
                        "    if blocks > free:\n        break",
                        "    if blocks > free or tokens > budget:\n        continue",
                    ),
                ),
            ),
            "chunks of whole blocks": (
                "is cut to whole blocks",
                _with(
                    (
                        "min(known - computed, budget)",
                        "min(known - computed, budget)\n    if tokens > block_size:\n"
                        "        tokens -= tokens % block_size",
                    )
                ),
            ),
            "chunk cut to the free blocks": (
                "c gets 4 of the 6 tokens that it misses, and the budget has more: its chunk is cut to the free blocks",
                _with(
                    (
                        "    blocks = ",
                        "    tokens = min(tokens, (held + free) * block_size - computed)\n"
                        "    if tokens <= 0:\n        break\n    blocks = ",
                    )
                ),
            ),
            "running only": ("though nothing is short", _with(("running + waiting", "running"))),
            "prefill waits for decodes": (
                "though nothing is short",
                _with(("running + waiting", "(running or waiting)")),
            ),
            "one new request a step": (
                "though nothing is short",
                _with(("max_num_seqs - len(running)", "min(1, max_num_seqs - len(running))")),
            ),
            "a chunk a request": (
                "tokens instead of",
                _with(("min(known - computed, budget)", "min(known - computed, 7, budget)")),
            ),
            "places for ids": ("pairs (id, tokens) were expected", _with(("(request_id, tokens)", "(place, tokens)"))),
            "whole requests": (
                "whole requests are returned",
                _with(("(request_id, tokens)", "(request_id, known, computed, held)")),
            ),
            "ids alone": ("pairs (id, tokens) were expected", _with(("(request_id, tokens)", "request_id"))),
            "a dict": ("a dict; a list of (id, tokens)", _with(("return plan", "return dict(plan)"))),
            "floats": (
                "a whole number (int) was expected",
                _with(("(request_id, tokens)", "(request_id, tokens / 1)")),
            ),
            "in place": (
                "changed a list in place",
                _with(("for place,", "running.extend(waiting)\nfor place,"), ("running + waiting", "running")),
            ),
            "planned twice": (
                "is planned twice",
                _with(("    budget -= tokens", "    plan.append((request_id, tokens))\n    budget -= tokens")),
            ),
            "another id": ("is in neither list", _with(("(request_id, tokens)", "(request_id.upper(), tokens)"))),
            "blocks of 4": (
                "is right for the visible examples, but wrong for",
                _with(("// block_size", "// 4")),
            ),
            "waiting requests have nothing computed": (
                "all of them are planned again",
                _with(("    tokens = min", "    computed = computed if place < len(running) else 0\n    tokens = min")),
            ),
            "printed": ("returned None", _with(("return plan", "print(plan)"))),
            "left as it was": ("not written yet", _schedule("raise NotImplementedError()")),
            "the engine's scheduler": (
                "the engine's code",
                """
                from mini_vllm.core.kv_cache_manager import KVCacheManager

                def schedule(running, waiting, max_num_batched_tokens, max_num_seqs, num_free_blocks, block_size):
                    return KVCacheManager(num_free_blocks or 1, block_size)
            """,
            ),
        }
    ),
]
