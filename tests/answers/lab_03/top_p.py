"""Exercise 4: top-p."""

from answers import right, wrong

CHECK = "if not 0 < p <= 1:\n    raise ValueError(p)\nif p == 1:\n    return logits.copy()\n"
RANKED = "probs = softmax(logits)\norder = np.argsort(-probs, kind='stable')\nends = np.cumsum(probs[order])\n"
RETURN = "out = np.full_like(logits, -np.inf)\nout[kept] = logits[kept]\nreturn out"


def _top_p(body: str) -> str:
    return "def top_p_mask(logits, p):\n" + "".join(f"    {line}\n" for line in body.split("\n"))


def _kept(expression: str, ranked: str = RANKED) -> str:
    """top_p_mask that keeps the places in `expression`."""
    return _top_p(f"{CHECK}{ranked}kept = {expression}\n{RETURN}")


TOP_P_MASK = [
    right(
        "top_p_mask",
        "python loop",
        _top_p(
            f"{CHECK}probs = softmax(logits).tolist()\nout, mass = np.full(len(probs), -np.inf), 0.0\n"
            "for token in sorted(range(len(probs)), key=lambda t: probs[t], reverse=True):\n"
            "    if mass >= p:\n        break\n    out[token] = logits[token]\n    mass += probs[token]\nreturn out"
        ),
    ),
    right("top_p_mask", "searchsorted for the crossing", _kept("order[: np.searchsorted(ends, p) + 1]")),
    right(
        "top_p_mask",
        "a shifted mask, scattered back, float32",
        _top_p(
            f"{CHECK}{RANKED}remove = ends >= p\nremove[1:] = remove[:-1].copy()\nremove[0] = False\n"
            "mask = np.zeros(len(logits), dtype=bool)\nmask[order] = remove\n"
            "return np.where(mask, -np.inf, logits).astype(np.float32)"
        ),
    ),
    right(
        "top_p_mask",
        "ascending, from the other end, inverse permutation, own softmax",
        _top_p(
            f"{CHECK}e = np.exp(logits - np.max(logits))\nq = e / np.sum(e)\norder = np.argsort(q)\n"
            "after = np.cumsum(q[order][::-1])[::-1] - q[order]\n"
            "stays = (after < p)[np.argsort(order)]\nreturn np.where(stays, logits, -np.inf)"
        ),
    ),
    right(
        "top_p_mask",
        "without a special case, by an off switch",
        """
        def top_p_mask(logits, p):
            if p <= 0 or p > 1:
                raise ValueError("p must be in (0, 1]")
            probs = softmax(logits)
            order = np.argsort(probs)[::-1]
            before = np.concatenate(([0.0], np.cumsum(probs[order])[:-1]))
            masked = logits.copy()
            masked[order[(before >= p) & (p < 1)]] = -np.inf
            return masked
    """,
    ),
    wrong(
        "top_p_mask",
        "logits summed, not probabilities",
        "the running sum is not one of probabilities",
        _kept("order[np.cumsum(logits[order]) - logits[order] < p]", "order = np.argsort(-logits)\n"),
    ),
    wrong(
        "top_p_mask",
        "a limit of 1 - p for each token",
        "each token is compared with a limit",
        _top_p(f"{CHECK}return np.where(softmax(logits) >= 1 - p, logits, -np.inf)"),
    ),
    wrong("top_p_mask", "crossing token dropped", "the token that crosses p is dropped", _kept("order[ends <= p]")),
    wrong(
        "top_p_mask",
        "crossing token dropped, one always kept",
        "the token that crosses p is dropped",
        _kept("order[: max(1, (ends <= p).sum())]"),
    ),
    wrong("top_p_mask", "one too many", "one token too many", _kept("order[: (ends < p).sum() + 2]")),
    wrong(
        "top_p_mask",
        "ascending",
        "the sort is ascending",
        _kept("order[ends - probs[order] < p]", RANKED.replace("-probs", "probs")),
    ),
    wrong(
        "top_p_mask",
        "mask not put back",
        "the mask is in sorted order",
        _top_p(f"{CHECK}{RANKED}return np.where(ends - probs[order] < p, logits, -np.inf)"),
    ),
    wrong(
        "top_p_mask",
        "mask put back by the wrong permutation",
        "the mask is in sorted order",
        _top_p(f"{CHECK}{RANKED}return np.where((ends - probs[order] < p)[order], logits, -np.inf)"),
    ),
    wrong(
        "top_p_mask",
        "no sort",
        "in vocabulary order",
        _top_p(f"{CHECK}probs = softmax(logits)\nreturn np.where(np.cumsum(probs) - probs < p, logits, -np.inf)"),
    ),
    wrong(
        "top_p_mask",
        "each token against p",
        "each token's own probability",
        _top_p(f"{CHECK}return np.where(softmax(logits) >= p, logits, -np.inf)"),
    ),
    wrong(
        "top_p_mask",
        "each token against 1 - p",
        "each token's own probability",
        _top_p(f"{CHECK}q = softmax(logits)\nreturn np.where(q >= min(1 - p, q.max()), logits, -np.inf)"),
    ),
    wrong(
        "top_p_mask",
        "all equal ones kept",
        "all tokens as likely as the last one",
        _kept("np.flatnonzero(probs >= probs[order][np.searchsorted(ends, p)])"),
    ),
    wrong(
        "top_p_mask",
        "p = 1 keeps one",
        "p = 1 keeps one token",
        _top_p(
            "if not 0 < p <= 1:\n    raise ValueError(p)\n"
            f"{RANKED}kept = order[: np.argmax(ends - 1e-12 > p) + 1]\n{RETURN}"
        ),
    ),
    wrong(
        "top_p_mask",
        "p = 1 lets rounding filter",
        "rounds to 1",
        _top_p(f"if not 0 < p <= 1:\n    raise ValueError(p)\n{RANKED}kept = order[ends - probs[order] < p]\n{RETURN}"),
    ),
    wrong(
        "top_p_mask",
        "exp without the sum",
        "without dividing by the sum",
        _kept("order[ends - probs[order] < p]", RANKED.replace("softmax(logits)", "np.exp(logits)")),
    ),
    wrong(
        "top_p_mask",
        "running sum of the logits",
        "something other than probabilities",
        _kept("order[np.cumsum(logits[order]) - logits[order] < -p]", "order = np.argsort(-logits)\n"),
    ),
    wrong(
        "top_p_mask",
        "0 as the mask",
        "0 is used as the mask",
        _top_p(
            f"{CHECK}{RANKED}kept = order[ends - probs[order] < p]\n"
            + RETURN.replace("np.full_like(logits, -np.inf)", "np.zeros_like(logits)")
        ),
    ),
    wrong(
        "top_p_mask",
        "-1e9 as the mask",
        "a large negative number is used as the mask",
        _top_p(f"{CHECK}{RANKED}kept = order[ends - probs[order] < p]\n{RETURN.replace('-np.inf', '-1e9')}"),
    ),
    wrong(
        "top_p_mask",
        "result sorted",
        "the result is sorted",
        _top_p(f"{CHECK}{RANKED}return np.where(ends - probs[order] < p, logits[order], -np.inf)"),
    ),
    wrong(
        "top_p_mask",
        "survivors shifted",
        "with other logits",
        _top_p(f"{CHECK}{RANKED}kept = order[ends - probs[order] < p]\n{RETURN} + 1.0"),
    ),
    wrong(
        "top_p_mask",
        "kept and masked swapped",
        "the kept and the masked are swapped",
        _top_p(f"{CHECK}{RANKED}out = logits.copy()\nout[order[ends - probs[order] < p]] = -np.inf\nreturn out"),
    ),
    wrong("top_p_mask", "1 - p", "p is compared with something other", _kept("order[ends - probs[order] < 1 - p]")),
    wrong(
        "top_p_mask",
        "a share of the tokens, not of the mass",
        "p is compared with something other",
        _kept("order[: int(np.ceil(p * len(logits)))]"),
    ),
    wrong(
        "top_p_mask",
        "probabilities",
        "these are probabilities",
        _top_p(
            f"{CHECK}{RANKED}q = np.zeros(len(logits))\nkept = order[ends - probs[order] < p]\n"
            "q[kept] = probs[kept]\nreturn q / q.sum()"
        ),
    ),
    wrong(
        "top_p_mask",
        "renormalised",
        "renormalized already",
        _top_p(
            f"{CHECK}{RANKED}kept = order[ends - probs[order] < p]\nout = np.full_like(logits, -np.inf)\n"
            "out[kept] = np.log(probs[kept] / probs[kept].sum())\nreturn out"
        ),
    ),
    wrong(
        "top_p_mask",
        "the others cut out",
        "tokens were cut out",
        _top_p(f"{CHECK}{RANKED}return logits[order[ends - probs[order] < p]]"),
    ),
    wrong(
        "top_p_mask",
        "a mask of True and False",
        "a mask of True and False",
        _top_p(
            f"{CHECK}{RANKED}mask = np.zeros(len(logits), dtype=bool)\n"
            "mask[order[ends - probs[order] < p]] = True\nreturn mask"
        ),
    ),
    wrong(
        "top_p_mask",
        "no check",
        "a ValueError was expected",
        _top_p(f"if p == 1:\n    return logits.copy()\n{RANKED}kept = order[ends - probs[order] < p]\n{RETURN}"),
    ),
    wrong(
        "top_p_mask",
        "1 refused",
        "refuses a value that is allowed",
        _top_p(f"if not 0 < p < 1:\n    raise ValueError(p)\n{RANKED}kept = order[ends - probs[order] < p]\n{RETURN}"),
    ),
    wrong(
        "top_p_mask",
        "in place",
        "in place",
        _top_p(f"{CHECK}{RANKED}logits[order[ends - probs[order] >= p]] = -np.inf\nreturn logits"),
    ),
    wrong("top_p_mask", "left as it was", "not written yet", _top_p("raise NotImplementedError()")),
    wrong(
        "top_p_mask",
        "printed",
        "returned None",
        _top_p(f"{CHECK}{RANKED}print(order[ends - probs[order] < p])"),
    ),
    wrong(
        "top_p_mask",
        "a list",
        "a list; a numpy array",
        _top_p(f"{CHECK}{RANKED}kept = order[ends - probs[order] < p]\n{RETURN}.tolist()"),
    ),
    wrong(
        "top_p_mask",
        "hard-coded",
        "p=0.3",
        _top_p(f"{CHECK}kept = [1, 3]\n{RETURN}"),
    ),
    wrong(
        "top_p_mask",
        "right for four tokens only",
        "is hard-coded",
        _top_p(
            f"{CHECK}{RANKED}kept = order[ends - probs[order] < p]\nif len(logits) > 4:\n    kept = order\n{RETURN}"
        ),
    ),
    wrong(
        "top_p_mask",
        "the engine's filter",
        "the engine's code",
        """
        from mini_vllm import SamplingParams
        from mini_vllm.sample.ops.topk_topp_sampler import probs_after_filters as ready_made

        def top_p_mask(logits, p):
            return np.where(ready_made(logits, SamplingParams(top_p=p)) > 0, logits, -np.inf)
    """,
    ),
    wrong(
        "top_p_mask",
        "an array that agrees with everything",
        "kept the tokens [0, 1, 2, 3]",
        """
        class Agreeable(np.ndarray):
            def __eq__(self, other):
                return True

            def __array_function__(self, function, types, args, kwargs):
                return True

        def top_p_mask(logits, p):
            return np.zeros(logits.shape).view(Agreeable)
    """,
    ),
]
