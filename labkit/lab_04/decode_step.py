"""Exercise 6, the time of a whole decode step: what wrong numbers say."""

from labkit.lab_04.numbers import NumberExercise

SMALL, LARGE, EIGHT_BITS = (4, 10, 96, 4, 64, 4), (64, 1, 96, 4, 64, 4), (4, 10, 96, 4, 64, 4, 1)
PARTS = "print the three times of a step for the toy card, and compare them with your own by hand"
TWO_PHASES = "ask which parts of a step run at the same time, and which one after the other"
PER_USER = "ask for each part whether every user brings its own bytes"

# What decode_step_seconds returns for the three probes: 4 users, 64 users, and 4 users with weights of 8 bits.
DECODE_STEP = NumberExercise(
    unit="seconds",
    probes=(SMALL, LARGE, EIGHT_BITS),
    mistakes={
        (88, 192, 64): (
            "the arithmetic of the matmuls hides the loading of the KV cache: one maximum over the whole step",
            TWO_PHASES,
        ),
        (88, 240, 64): ("the loading of the KV cache overlaps with the arithmetic of the matmuls", TWO_PHASES),
        (48, 192, 40): ("only the longest of three times is left", TWO_PHASES),
        (100, 304, 76): (
            "all three times are added, but weights are loaded while the matmuls compute",
            TWO_PHASES,
        ),
        (52, 112, 52): ("the smaller of two times is taken", "ask which of the two the step has to wait for"),
        (52, 256, 52): ("the trip of the weights is missing: a small batch waits for it", PARTS),
        (88, 112, 64): (
            "the arithmetic is missing, or does not grow with the batch",
            "count the FLOPs of 64 users, then those of one",
        ),
        (88, 160, 64): ("a multiply-add is counted as one FLOP", "count the multiplication and the addition"),
        (58, 193, 34): ("the KV cache is read once for all users", PER_USER),
        (58, 49, 34): ("everything is counted for one user", PER_USER),
        (48, 192, 24): ("the KV cache is missing", "add the bytes that attention reads"),
        (52, 256, 28): ("the context is missing: each user's cache has one token", PER_USER),
        (232, 3136, 136): ("each user makes a trip through the weights", PER_USER),
        (88, 256, 88): ("bytes_per_param has no effect", "use it for the weights' bytes"),
        (64, 256, 64): ("the bytes of a parameter are ignored", "use bytes_per_param for the weights' bytes"),
        (128, 320, 104): (
            "the KV cache is counted twice",
            "kv_bytes_per_token has K and V, all layers and the element size in it",
        ),
        (128, 320, 64): (
            "the KV cache is multiplied by bytes_per_param",
            "kv_bytes_per_token is in bytes; bytes_per_param belongs to the weights",
        ),
        (92, 320, 68): ("the context is one token longer than the cache", "use `context` as it is"),
        (88000, 256000, 64000): ("this is in milliseconds", "return seconds"),
        (22, 4, 16): ("the time is divided by the users", "the step takes as long for each of them"),
        (4 / 88, 64 / 256, 4 / 64): ("these are tokens per second", "return the time of one step"),
        (1 / 88, 1 / 256, 1 / 64): ("these are steps per second", "return the time of one step"),
        (17, 200, 17): ("bits for bytes", "all sizes are in bytes already"),
        (704, 896, 512): ("bits for bytes", "all sizes are in bytes already"),
        (194.5, 3076, 194.5): (
            "peak and bandwidth are swapped",
            "divide FLOPs by peak_flops, and bytes by bandwidth",
        ),
        (50.5, 196, 26.5): (
            "the bytes of the KV cache are divided by the peak",
            "divide FLOPs by peak_flops, and bytes by bandwidth",
        ),
        (160, 256, 160): (
            "the arithmetic of the weights grows with the context",
            "each user passes one token through the weights in a decode step",
        ),
    },
    otherwise=("the parts of the step are not put together as the task says", PARTS),
    hidden=(
        "an example value is hard-coded, or two parts of the step share a maximum or a sum that should not",
        "vary one argument at a time, and ask whether the result changes as it should",
    ),
)
