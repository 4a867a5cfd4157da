"""Exercise 3: the queue of free blocks."""

from answers import Answer, right, wrong

NAME = "eviction_order"
HEAD = f"def {NAME}(freed, hits):\n"


def _queue(
    *,
    tables: str = "freed",
    blocks: str = "reversed(table)",
    again: str = "queue.remove(block)",
    result: str = "[block for block in queue if block not in hits]",
) -> str:
    """The queue, table by table and block by block."""
    return (
        f"{HEAD}    queue = []\n    for table in {tables}:\n        for block in {blocks}:\n"
        f"            if block in queue:\n                {again}\n            queue.append(block)\n"
        f"    return {result}\n"
    )


def _mistakes(mistakes: dict[str, tuple[str, str]]) -> list[Answer]:
    return [wrong(NAME, name, message, code) for name, (code, message) in mistakes.items()]


EVICTION_ORDER = [
    right(
        NAME,
        "a dict",
        f"""
        {HEAD.strip()}
            queue = {{}}
            for table in freed:
                for block in table[::-1]:
                    queue.pop(block, None)
                    queue[block] = True
            for block in hits:
                queue.pop(block, None)
            return list(queue)
    """,
    ),
    right(
        NAME,
        "from the end, first seen wins",
        f"""
        {HEAD.strip()}
            seen, order = set(hits), []
            for table in reversed(freed):
                for block in table:
                    if block not in seen:
                        seen.add(block)
                        order.append(block)
            return order[::-1]
    """,
    ),
    right(
        NAME,
        "sorted by the last place",
        f"""
        {HEAD.strip()}
            flat = [block for table in freed for block in reversed(table)]
            last = {{block: place for place, block in enumerate(flat)}}
            return tuple(sorted(set(flat) - set(hits), key=last.get))
    """,
    ),
    right(
        NAME,
        "an OrderedDict that moves to the end",
        f"""
        from collections import OrderedDict

        {HEAD.strip()}
            queue = OrderedDict()
            for table in freed:
                for block in reversed(table):
                    queue[block] = None
                    queue.move_to_end(block)
            return [np.int64(block) for block in queue if block not in hits]
    """,
    ),
    right(
        NAME,
        "recursion",
        f"""
        {HEAD.strip()}
            if not freed:
                return []
            *before, last = freed
            joined = [block for block in last[::-1] if block not in hits]
            return {NAME}(before, [*hits, *last]) + joined
    """,
    ),
    *_mistakes(
        {
            "the first block first": (_queue(blocks="table"), "of one request the first block is evicted first"),
            "sorted ids": (_queue(result="sorted(set(queue) - set(hits))"), "the ids are sorted"),
            "the latest request first": (_queue(tables="reversed(freed)"), "the order of the requests is reversed"),
            "the queue reversed": (
                _queue(result="[b for b in queue[::-1] if b not in hits]"),
                "its head is the block that",
            ),
            "all ids in reverse": (
                f"{HEAD}    flat = [block for table in freed for block in table if block not in hits]\n"
                "    return flat[::-1]\n",
                "the order of the requests is reversed",
            ),
            "keeps its old place": (_queue(again="continue"), "keeps its old place"),
            "twice in the queue": (_queue(again="pass"), "stands in the queue twice"),
            "never comes back": (_queue(again="queue.remove(block)\n                continue"), "never comes back"),
            "hits ignored": (_queue(result="queue"), "`hits` has no effect"),
            "hits at the end": (
                _queue(result="[b for b in queue if b not in hits] + list(hits)"),
                "put at the end of the queue",
            ),
            "hits at the end, last first": (
                _queue(result="[b for b in queue if b not in hits] + list(hits)[::-1]"),
                "put at the end of the queue",
            ),
            "hits taken out first": (
                f"{HEAD}    queue = [b for b in range(100) if b in ()]\n    for block in hits:\n"
                "        if block in queue:\n            queue.remove(block)\n"
                "    for table in freed:\n        for block in reversed(table):\n            if block in queue:\n"
                "                queue.remove(block)\n            queue.append(block)\n    return queue\n",
                "`hits` has no effect",
            ),
            "the whole request of a hit": (
                f"{HEAD}    queue = []\n    for table in freed:\n        for block in reversed(table):\n"
                "            if block in queue:\n                queue.remove(block)\n            queue.append(block)\n"
                "    lost = {b for table in freed for b in table if set(table) & set(hits)}\n"
                "    return [block for block in queue if block not in lost]\n",
                "loses all its blocks",
            ),
            "only the hits": (
                _queue(result="[b for b in queue if not hits or b in hits]"),
                "the blocks in use are returned",
            ),
            "the first request only": (_queue(tables="freed[:1]"), "only the first request"),
            "the last request only": (_queue(tables="freed[-1:]"), "only the last request"),
            "in turns": (
                f"{HEAD}    queue = []\n    for place in range(max(map(len, freed), default=0)):\n"
                "        for table in freed:\n            if place < len(table):\n"
                "                block = table[-1 - place]\n                if block in queue:\n"
                "                    queue.remove(block)\n                queue.append(block)\n"
                "    return [block for block in queue if block not in hits]\n",
                "the requests take turns",
            ),
            "one hit only": (
                _queue(result="[b for b in queue if b not in hits[:1]]"),
                "only some of `hits` are taken out",
            ),
            "tables": (f"{HEAD}    return [table[::-1] for table in freed]\n", "whole block tables are collected"),
            "a set": (_queue(result="set(queue)"), "a set; a list of block ids"),
            "text": (_queue(result="[str(b) for b in queue if b not in hits]"), "a whole number (int) was expected"),
            "turns the caller's tables": (
                f"{HEAD}    queue = []\n    for table in freed:\n        table.reverse()\n        for block in table:\n"
                "            if block in queue:\n                queue.remove(block)\n            queue.append(block)\n"
                "    return [block for block in queue if block not in hits]\n",
                "changed the list that it was given",
            ),
            "an unknown mistake": (
                _queue(result="[b for b in queue if b not in hits][1:]"),
                "in another way than the rules",
            ),
            "hard-coded": (
                _queue(result="[b for b in queue if b not in hits and b < 7]"),
                "other requests or other hits",
            ),
            "printed": (_queue(result="print(queue)"), "returned None"),
            "the engine's pool": (
                f"from mini_vllm.core.block_pool import BlockPool\n\n{_queue(result='BlockPool(9).num_free_blocks')}",
                "the engine's code",
            ),
            "left as it was": (f"{HEAD}    raise NotImplementedError()\n", "not written yet"),
        }
    ),
]
