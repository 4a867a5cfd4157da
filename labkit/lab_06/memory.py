"""Memory as text: one letter per slot, a bar between blocks."""

from collections.abc import Mapping, Sequence

FREE, UNUSED = ".", "-"  # a slot of a free block; an unused slot of a block that a request holds


def draw_memory(
    tables: Mapping[str, Sequence[int]],
    num_tokens: Mapping[str, int],
    num_blocks: int,
    block_size: int,
    per_line: int = 8,
) -> None:
    """Print every block with the request that holds it.

    tables:     request, a name of one letter -> its block ids, in the order of its tokens.
    num_tokens: request -> its tokens; they fill its blocks in that order.
    per_line:   blocks in a line; a phone wraps what is wider than 40 characters.
    """
    blocks = [FREE * block_size] * num_blocks
    for name, table in tables.items():
        for index, block_id in enumerate(table):
            held = min(max(num_tokens[name] - index * block_size, 0), block_size)
            blocks[block_id] = name * held + UNUSED * (block_size - held)
    for start in range(0, num_blocks, per_line):
        print(f"  |{'|'.join(blocks[start : start + per_line])}|")
