"""What wrong tokens say, in the examples of exercise 5."""

from labkit.check import Why

LAST_OF_EQUALS = ("the last of equal logits is taken", "return np.argmax of the logits: the first of equal maxima")
GREEDY = ("temperature 0 does not take the largest logit", LAST_OF_EQUALS[1])
PAST_THE_END = (
    "the draw runs past the end: the probabilities do not sum to 1",
    "run softmax after the last filter",
)
VOCABULARY = "draw in vocabulary order: the running sum of the unsorted probabilities"
FILTER = "filter, then softmax, then draw"
TOP_K_FIRST = (
    "top-p looks at the distribution before top-k, or only one of the two is applied",
    "top-k first, then top-p on what it kept",
)
NOT_OF_PARAMS = (
    "the temperature of params is not used",
    "read each parameter from `params`, and none from a variable outside the function",
)
NO_FILTER = ("both filters are ignored", FILTER)

# (parameters that are not the default, the tokens that were returned) -> likely cause, next step.
WRONG: dict[tuple[tuple[str, ...], tuple[int, ...]], Why] = {
    ((), (1, 1, 1, 2, 3)): NOT_OF_PARAMS,  # at temperature 2
    ((), (0, 2, 2, 2, 3)): NOT_OF_PARAMS,  # at temperature 0.5
    ((), (2, 2, 0, 3, 1)): ("the pieces lie in descending order of probability", VOCABULARY),
    ((), (3, 0, 0, 2, 2)): ("the pieces lie in ascending order of probability", VOCABULARY),
    ((), (0, 0, 1, 2, 3)): (
        "the place in the sorted order is returned, not the token that stands there",
        VOCABULARY,
    ),
    ((), (2, 2, 2, 0, 0)): ("the line is read from its end: 1 - u", "find the first running sum that is above u"),
    ((), (2, 2, 2, 2, 2)): ("the likeliest token is always taken", "draw if the temperature is not 0"),
    ((), (1, 1, 1, 3, 3)): (
        "every token is drawn alike, without its probability",
        "give the probabilities to the draw",
    ),
    ((), (0, 0, 1, 1, 2)): ("the piece before the right one is taken", "use side='right', and subtract nothing"),
    (("temperature", "top_p"), (2, 2, 2, 3)): (
        "the temperature comes after top-p",
        "temperature first: it decides how far top-p reaches",
    ),
    (("temperature", "top_p"), (2, 2, 3, 3)): ("the temperature is ignored", "apply it first"),
    (("temperature", "top_p"), (2, 3, 3, 3)): ("the logits are multiplied by the temperature", "divide by it"),
    (("temperature", "top_p"), (0, 2, 2, 2)): ("top_p is ignored, or keeps one token too many", FILTER),
    (("temperature", "top_p"), (0, 2, 2, 3)): ("temperature and top_p are ignored", FILTER),
    (("top_k",), (0, 1, 2, 3)): ("top_k is ignored", FILTER),
    (("top_k", "top_p"), (2, 2, 3, 3)): TOP_K_FIRST,
    (("top_k", "top_p"), (0, 1, 2, 3)): NO_FILTER,
}
