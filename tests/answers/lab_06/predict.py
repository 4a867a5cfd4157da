"""The prediction: answered or not."""

from answers import Answer, right, wrong

PREDICT: list[Answer] = [
    right("predict", "whole numbers", "guess_waste = 50\nguess_paged = 20\n"),
    right("predict", "numpy and float", "guess_waste = np.float32(12.5)\nguess_paged = 81.0\n"),
    wrong("predict", "one guess missing", "guess_paged is not defined", "guess_waste = 50\n"),
    wrong("predict", "text", "without quotes", "guess_waste = '50 %'\nguess_paged = 5\n"),
    wrong("predict", "nothing yet", "without quotes", "guess_waste = None\nguess_paged = 5\n"),
    wrong("predict", "an ellipsis", "is not typed yet", "guess_waste = ...\nguess_paged = 5\n"),
    wrong("predict", "not a number", "0 or more", "guess_waste = float('nan')\nguess_paged = 5\n"),
]
