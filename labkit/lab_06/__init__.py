"""Lab 06: what wrong answers say about how they were made, and the lab's plots."""

from collections.abc import Callable

from labkit import style
from labkit.check import Exercise
from labkit.kinds import whole_number

PROVIDED: frozenset[str] = frozenset()  # the modules of mini_vllm that an answer may call

NUM_BATCHES = Exercise(
    read=whole_number,
    unit="batches",
    provided=PROVIDED,
    probes=((10, 4), (8, 4)),  # what wrong answers return for these two calls:
    mistakes={
        (2, 2): ("the last batch is not full, and is not counted", "write down which requests the third batch holds"),
        (1, 1): ("num_requests and batch_size are swapped", "name the two arguments in your formula"),
        (3, 3): ("a batch is added even where the last one is full", "ask when no request is left for one more batch"),
    },
    otherwise=("the requests are not divided as the rule says", "draw the batches of five requests, two in a batch"),
    hidden=("the rule holds for the visible numbers only", "try batches of one request, and a last batch that is full"),
)


def plot_batches(num_batches: Callable[[int, int], int], num_requests: int) -> None:
    """Draw the number of batches for `num_requests` requests against the batch size."""
    plt = style.pyplot()

    sizes = (1, 2, 4, 8, 16, 32)
    counts = [num_batches(num_requests, size) for size in sizes]
    plt.figure(figsize=(style.WIDTH, 3.5))
    plt.plot(sizes, counts, "o-", color=style.BLUE)
    plt.xscale("log", base=2)
    plt.xticks(sizes, sizes)
    plt.xlabel("requests in a batch, at most (log scale)")
    plt.ylabel(f"batches for {num_requests} requests")
    style.show(f"batches of {sizes[0]} to {sizes[-1]} requests take {counts[0]} to {counts[-1]} steps.")
    for size, count in zip(sizes, counts):
        print(f"{size:3} in a batch: {count:3} batches")
