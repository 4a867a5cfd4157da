"""The two predictions."""

from answers import right, wrong

PREDICT = [
    right("predict", "numbers", "guess_chat, guess_again = 524, 16"),
    right("predict", "floats", "guess_chat, guess_again = 1e3, 0.5"),
    right("predict", "nothing computed", "guess_chat, guess_again = 500, 0"),
    wrong("predict", "left as it was", "guess_chat is not defined", "raise NotImplementedError()"),
    wrong("predict", "text", "without quotes", "guess_chat = guess_again = '500'"),
    wrong("predict", "fewer than none", "type a number, 0 or more", "guess_chat, guess_again = 500, -1"),
]
