"""Answers to lab-07-continuous-batching.

Where an answer may call the function of an earlier exercise, name it here: a mistake there may then cost points in
both.

    BUILT_ON = {"exercise": ("earlier_exercise",)}
"""

from answers import Answer, right, wrong

PREDICT = [
    right("predict", "numbers", "guess_batches, guess_last_batch = 3, 2"),
    wrong("predict", "left as it was", "guess_batches is not defined", "raise NotImplementedError()"),
    wrong("predict", "text", "without quotes", "guess_batches = guess_last_batch = 'three'"),
]

NUM_BATCHES = [
    right(
        "num_batches",
        "loop",
        """
        def num_batches(num_requests, batch_size):
            batches = 0
            while num_requests > 0:
                num_requests -= batch_size
                batches += 1
            return batches
    """,
    ),
    wrong(
        "num_batches",
        "rounded down",
        "the last batch is not full, and is not counted",
        """
        def num_batches(num_requests, batch_size):
            return num_requests // batch_size
    """,
    ),
    wrong(
        "num_batches",
        "hard-coded",
        "other numbers",
        """
        def num_batches(num_requests, batch_size):
            return {(10, 4): 3, (8, 4): 2, (3, 4): 1}.get((num_requests, batch_size), 0)
    """,
    ),
]

ANSWERS: list[Answer] = [*PREDICT, *NUM_BATCHES]
