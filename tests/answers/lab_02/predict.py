"""The prediction: answered or not."""

from answers import right, wrong

PREDICT = [
    right("predict", "whole numbers", "guess_kib = 1000\nguess_users = 1\n"),
    right("predict", "numpy and float", "guess_kib = np.float32(1.5)\nguess_users = 2.0\n"),
    wrong("predict", "one guess missing", "guess_users is not defined", "guess_kib = 10\n"),
    wrong("predict", "text", "without quotes", "guess_kib = '10 KiB'\nguess_users = 5\n"),
    wrong("predict", "nothing yet", "without quotes", "guess_kib = None\nguess_users = ...\n"),
    wrong("predict", "not a number", "0 or more", "guess_kib = float('nan')\nguess_users = 5\n"),
]
