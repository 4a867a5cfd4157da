"""Exercise 2: what wrong numbers of cached tokens say about how they were made."""

from labkit.kinds import whole_number
from labkit.lab_08.arguments import PROVIDED, ReadOnlyExercise

CHAIN = ["h1", "h2", "h3", "h4"]
ALL = set(CHAIN)
# hashes, known hashes, tokens, block size
PROBES = (
    (CHAIN, {"h1", "h2"}, 70, 16),
    (CHAIN, {"h1", "h2", "h4"}, 70, 16),
    (CHAIN, {"h2", "h3"}, 70, 16),
    (CHAIN, ALL, 70, 16),
    (CHAIN, ALL, 64, 16),
    (CHAIN[:3], ALL, 13, 4),
)
GAP = "ask what a block is worth if the one before it has to be computed anyway"
LAST = "ask from which hidden state the first new token is sampled, if all of the prompt is cached"
UNITS = "give each quantity in your code its unit: blocks, tokens"

CACHED_TOKENS = ReadOnlyExercise(
    read=whole_number,
    unit="tokens",
    provided=PROVIDED,
    probes=PROBES,
    mistakes={
        (32, 32, 0, 64, 64, 12): ("a prompt that is cached whole leaves no token to compute", LAST),
        (32, 32, 0, 64, 63, 12): (
            "only the last token is left to compute, but a block is shared as a whole or not at all",
            "ask in which block the last token's K and V would be written, and who else reads that block",
        ),
        (2, 2, 0, 4, 3, 3): ("blocks are counted, not tokens", UNITS),
        (2, 2, 0, 4, 4, 3): ("blocks are counted, not tokens, and a prompt that is cached whole counts whole", UNITS),
        (32, 48, 32, 64, 48, 12): ("known blocks behind a missing one are counted", GAP),
        (32, 48, 32, 64, 64, 12): ("known blocks behind a missing one are counted", GAP),
        (32, 64, 48, 64, 48, 12): ("the last known block decides, whatever is missing before it", GAP),
        (32, 64, 48, 64, 64, 12): ("the last known block decides, whatever is missing before it", GAP),
        (48, 48, 16, 64, 48, 12): ("the first missing block is counted as well", "count before the miss, not after it"),
        (48, 48, 16, 80, 80, 16): ("the first missing block is counted as well", "count before the miss, not after it"),
        (64, 64, 64, 64, 48, 12): ("known_hashes has no effect", "look every hash up before you count its block"),
        (32, 32, 0, 48, 48, 8): (
            "the last full block is never shared, even if tokens follow it",
            "ask which block holds the last token of 70, and which that of 64",
        ),
        (16, 16, 0, 48, 48, 8): ("the last block of the chain is left out", "write down which blocks are known"),
        (16, 16, 0, 48, 32, 8): ("the last block of the chain is left out", "write down which blocks are known"),
        (32, 32, 0, 64, 48, 48): ("block_size is fixed at 16, whatever was passed", "use the argument"),
        (38, 38, 70, 6, 16, 1): ("the tokens left to compute are returned", "return the tokens that are cached"),
        (0, 64, 0, 64, 48, 12): (
            "only the last hash of the prompt is looked up, or a prompt counts only if it is cached whole",
            "start at the first block, and stop at the first miss",
        ),
        (0, 0, 0, 64, 48, 12): (
            "a prompt counts only if it is cached whole",
            "start at the first block, and stop at the first miss",
        ),
        (0, 0, 0, 0, 0, 0): ("nothing is ever found", "print what you look up, and where"),
        (31, 31, 0, 63, 47, 11): (
            "a token is subtracted from what was found, so a part of a block is shared",
            "limit the number of blocks instead",
        ),
    },
    otherwise=(
        "the chain of known blocks is measured in another way",
        "write down, for the failing call, which blocks are known, and where the first miss is",
    ),
    hidden=(
        "an example value is hard-coded, or a chain without blocks, a block of one token or another kind of hash "
        "is a special case",
        "try prompts of one token, and hashes that are numbers or bytes",
    ),
)
