"""The predictions: answered or not."""

from answers import right, wrong

PREDICT = [
    right("predict", "whole numbers", "guess_empty = 59\nguess_pause = 103\n"),
    right("predict", "numpy and float", "guess_empty = np.float32(1.5)\nguess_pause = 2.0\n"),
    wrong("predict", "one guess missing", "guess_pause is not defined", "guess_empty = 10\n"),
    wrong("predict", "text", "without quotes", "guess_empty = '10 %'\nguess_pause = 5\n"),
    wrong("predict", "nothing yet", "without quotes", "guess_empty = None\nguess_pause = ...\n"),
    wrong("predict", "below 0", "0 or more", "guess_empty = -1\nguess_pause = 5\n"),
]
