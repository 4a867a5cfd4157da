"""Exercise 6: the fault in a sampler."""

from answers import right, wrong

KEPT = "kept = np.flatnonzero(top_p_mask(logits, p) > -np.inf)\nprobs = softmax(logits)\n"
WALK = "for token in kept:\n    point -= probs[token]\n    if point < 0:\n        break\nreturn int(token)"


def _draw(body: str) -> str:
    return "def nucleus_draw(logits, p, rng):\n" + "".join(f"    {line}\n" for line in body.split("\n"))


def _pointed(point: str) -> str:
    """nucleus_draw as it was handed out, with another point."""
    return _draw(f"{KEPT}point = {point}\n{WALK}")


NUCLEUS_DRAW = [
    right(
        "nucleus_draw",
        "the probabilities are divided by what stays",
        _draw(f"{KEPT}probs = probs / probs[kept].sum()\npoint = rng.random()\n{WALK}"),
    ),
    right(
        "nucleus_draw",
        "choice among the kept",
        _draw(f"{KEPT}return int(rng.choice(kept, p=probs[kept] / probs[kept].sum()))"),
    ),
    right(
        "nucleus_draw",
        "a second softmax",
        _draw("masked = top_p_mask(logits, p)\nreturn int(rng.choice(len(logits), p=softmax(masked)))"),
    ),
    right(
        "nucleus_draw",
        "searchsorted in the running sum of the kept",
        _draw(
            f"{KEPT}ends = np.cumsum(probs[kept])\n"
            "return kept[np.searchsorted(ends, rng.random() * ends[-1], side='right')]"
        ),
    ),
    wrong("nucleus_draw", "as it was handed out", "the end of the last piece", _pointed("p * rng.random()")),
    wrong("nucleus_draw", "the point is not scaled", "reach past the last piece", _pointed("rng.random()")),
    wrong("nucleus_draw", "scaled twice", "end far below", _pointed("probs[kept].sum() ** 2 * rng.random()")),
    wrong("nucleus_draw", "divided by what stays", "reach far past", _pointed("rng.random() / probs[kept].sum()")),
    wrong(
        "nucleus_draw", "scaled by the likeliest", "only the likeliest token", _pointed("probs.max() * rng.random()")
    ),
    wrong(
        "nucleus_draw",
        "the least likely kept token",
        "only one of the two tokens",
        _draw(f"{KEPT}rng.random()\nreturn int(kept[np.argmin(probs[kept])])"),
    ),
    wrong(
        "nucleus_draw",
        "every kept token alike",
        "drawn alike",
        _draw(f"{KEPT}return int(kept[int(rng.random() * len(kept))])"),
    ),
    wrong(
        "nucleus_draw",
        "all tokens",
        "that top-p filtered out",
        _draw(f"{KEPT}return int(rng.choice(len(probs), p=probs))"),
    ),
    wrong(
        "nucleus_draw",
        "the place among the kept",
        "that top-p filtered out",
        _draw(f"{KEPT}return int(rng.choice(len(kept), p=probs[kept] / probs[kept].sum()))"),
    ),
    wrong(
        "nucleus_draw",
        "the pieces swapped",
        "the pieces are swapped",
        _draw(
            f"{KEPT}point = probs[kept].sum() * rng.random()\n"
            "for token, share in zip(kept, probs[kept][::-1]):\n    point -= share\n    if point < 0:\n        break\n"
            "return int(token)"
        ),
    ),
    wrong(
        "nucleus_draw",
        "in descending order",
        "not in vocabulary order",
        _draw(f"{KEPT}kept = kept[np.argsort(-probs[kept])]\npoint = probs[kept].sum() * rng.random()\n{WALK}"),
    ),
    wrong(
        "nucleus_draw",
        "a fixed mass",
        "is right for the visible examples, but wrong for",
        _pointed("(0.7 if p == 0.6 else p) * rng.random()"),
    ),
    wrong(
        "nucleus_draw",
        "drawn until one is allowed",
        "expected exactly 1",
        _draw(f"{KEPT}while True:\n    t = rng.choice(len(probs), p=probs)\n    if t in kept:\n        return int(t)"),
    ),
    wrong(
        "nucleus_draw",
        "numpy's global generator",
        "a global random generator",
        _pointed("probs[kept].sum() * np.random.random()"),
    ),
    wrong(
        "nucleus_draw",
        "a new generator",
        "left rng untouched",
        _pointed("probs[kept].sum() * np.random.default_rng(0).random()"),
    ),
    wrong(
        "nucleus_draw",
        "in place",
        "in place",
        _draw(
            f"{KEPT}logits[top_p_mask(logits, p) == -np.inf] = -np.inf\n"
            "return int(rng.choice(len(logits), p=softmax(logits)))"
        ),
    ),
    wrong("nucleus_draw", "left as it was", "not written yet", _draw("raise NotImplementedError()")),
    wrong("nucleus_draw", "printed", "returned None", _draw(f"{KEPT}print(probs[kept].sum() * rng.random())")),
    wrong(
        "nucleus_draw",
        "a float",
        "a float; a whole number",
        _draw(f"{KEPT}return float(rng.choice(kept, p=probs[kept] / probs[kept].sum()))"),
    ),
    wrong(
        "nucleus_draw",
        "the engine's filters and draw",
        "the engine's code",
        """
        from mini_vllm import SamplingParams
        from mini_vllm.sample.ops import topk_topp_sampler as ready

        def nucleus_draw(logits, p, rng):
            return ready.draw(ready.probs_after_filters(logits, SamplingParams(top_p=p)), rng)
    """,
    ),
]
