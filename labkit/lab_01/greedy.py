"""Whether generated tokens are the greedy choices of a model."""

from labkit.check import quantity
from labkit.failure import CheckFailed
from labkit.lab_01.model import RecordingLlama


def check_greedy(call: str, tokens: list[int], model: RecordingLlama, text: list[int], new_tokens: int) -> None:
    """Raises: CheckFailed unless `tokens` are `new_tokens` greedy choices of the model after `text`."""
    if len(tokens) != new_tokens:
        cause, step = "the loop makes too many or too few rounds", "one round per new token"
        if tokens[: len(text)] == text and len(tokens) == len(text) + new_tokens:
            cause, step = "the returned list includes the prompt", "return only what was generated"
            if new_tokens == 0:
                cause = "the returned list includes the prompt; `[-0:]` is the whole list, not its last 0 elements"
        raise CheckFailed(f"{call} returned {quantity(len(tokens), 'tokens')}, expected {new_tokens}.", cause, step)
    outside = [token for token in tokens if not 0 <= token < model.config.vocab_size]
    if outside:
        raise CheckFailed(
            f"{call} chose token {outside[0]}, but the vocabulary ends at {model.config.vocab_size - 1}.",
            "argmax over all rows of the logits",
            "take the last row, then argmax",
        )
    lead = model.largest_logit_lead(text + tokens, len(tokens)).tolist() if tokens else []
    for number, higher in enumerate(lead, start=1):
        if higher > 1e-3:
            raise CheckFailed(
                f"{call}: generated token number {number} is {tokens[number - 1]}, and the model prefers another "
                f"(its logit is {higher:.2f} higher).",
                "the model did not see every earlier token in order, a row other than the last was read, "
                "or the logits are those of an earlier call",
                "print what you pass to forward in each round, and compare it with the text so far",
            )
