"""Exercise 5, the calculator to repair: what its wrong numbers of users look like."""

from labkit.lab_02.exercise import CountExercise
from labkit.lab_02.units import GIB, MIB

BY_HAND = "compute the second example by hand, in MiB, and compare it with the value of each line"

CALCULATOR = CountExercise(
    unit="users",
    probes=(
        (24_564, 0, 256 * MIB),
        (24_564, 16 * GIB, 256 * MIB),
        (24_564, 16 * GIB, 256 * MIB, 100),
    ),
    mistakes={
        (86, 28, 31): (
            "the result is right for weights of 0 bytes, and at 100 percent, but too high in all other cases",
            BY_HAND,
        ),
        (85, 27, 31): (
            "a share of the users is returned, rounded down twice; percent is a share of the card's memory",
            BY_HAND,
        ),
        (95, 31, 31): ("percent has no effect", "print the bytes that the engine may use at 50 and at 100 percent"),
        (86, 22, 22): ("percent is fixed at 90, whatever was passed", "use the argument"),
        (82, 18, 27): ("a MiB is taken for 1,000,000 bytes", "compare the bytes of 24,564 MiB with those of 24 GiB"),
        (84, 20, 29): ("a MiB is taken for 1,024,000 bytes", "compare the bytes of 24,564 MiB with those of 24 GiB"),
        (86, 86, 95): ("the weights have no effect", "ask what the same card holds with weights of 0 bytes"),
        (87, 23, 32): ("the result is rounded up", "round down: a part of a user's cache is useless"),
        (95, 38, 31): ("a share of the weights is subtracted: a smaller percent lets in more users", BY_HAND),
        (77, 13, 31): ("percent is applied twice", BY_HAND),
        (86, 0, 0): ("the weights are subtracted twice", BY_HAND),
        (9, 0, 0): ("the share that the engine may not use is counted", BY_HAND),
        (0, 0, 0): ("the units do not match, or the result is always 0", "print each line's value with its unit"),
    },
    edges={
        (16_384, 16 * GIB, 256 * MIB): (
            "the weights do not fit, and the result is not 0",
            "print the free bytes, and ask what a negative number means for the users",
        ),
    },
    otherwise=("a line of the calculator is wrong, or a new one is", BY_HAND),
    hidden=(
        "an example value is hard-coded, or a card is treated as an exception",
        "compute one case by hand and compare it with the value of each line",
    ),
)
