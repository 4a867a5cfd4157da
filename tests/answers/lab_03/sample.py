"""Exercise 5: one token."""

from answers import right, wrong

CHECK = "if not np.isfinite(np.max(logits)):\n    raise ValueError('broken logits')\n"
GREEDY = "if params.temperature == 0:\n    return int(np.argmax(logits))\n"
FILTERS = (
    "x = apply_temperature(logits, params.temperature)\n"
    "x = top_k_mask(x, params.top_k)\n"
    "x = top_p_mask(x, params.top_p)\n"
)
PROBS = FILTERS + "probs = softmax(x)\n"
DRAW = "return int(rng.choice(len(probs), p=probs))"


def _sample(body: str) -> str:
    return "def sample(logits, params, rng):\n" + "".join(f"    {line}\n" for line in body.split("\n"))


def _drawn(draw: str) -> str:
    """sample that is right up to the probabilities."""
    return _sample(CHECK + GREEDY + PROBS + draw)


SAMPLE = [
    right("sample", "rng.choice, a numpy integer", _drawn("return rng.choice(len(probs), p=probs)")),
    right(
        "sample", "searchsorted", _drawn('return int(np.searchsorted(np.cumsum(probs), rng.random(), side="right"))')
    ),
    right(
        "sample",
        "searchsorted in a sum that ends at 1",
        _drawn("c = probs.cumsum()\nreturn np.searchsorted(c / c[-1], rng.random(), side='right')"),
    ),
    right(
        "sample",
        "loop over the pieces, the last likely one on rounding",
        _drawn(
            "u, end = rng.random(), 0.0\nlast = int(np.flatnonzero(probs)[-1])\n"
            "for token, share in enumerate(probs):\n    end += share\n    if u < end:\n        return token\n"
            "return last"
        ),
    ),
    right(
        "sample",
        "argmax of a comparison, scaled",
        _drawn("c = np.cumsum(probs)\nreturn int(np.argmax(c > rng.random() * c[-1]))"),
    ),
    right(
        "sample",
        "next over accumulate",
        _drawn(
            "import itertools\nu = rng.random()\n"
            "return next(token for token, end in enumerate(itertools.accumulate(probs)) if u < end)"
        ),
    ),
    right("sample", "rng.uniform", _drawn("c = np.cumsum(probs)\nreturn int((c / c[-1] <= rng.uniform()).sum())")),
    right(
        "sample",
        "float32, is_greedy, softmax refuses",
        """
        def sample(logits, params, rng):
            probs = softmax(logits)
            if params.is_greedy:
                return logits.argmax()
            x = apply_temperature(logits.astype(np.float32), params.temperature)
            probs = softmax(top_p_mask(top_k_mask(x, params.top_k), params.top_p)).astype(np.float32)
            return rng.choice(np.arange(len(probs)), p=probs)
    """,
    ),
    right(
        "sample",
        "everything by itself",
        """
        def sample(logits, params, rng):
            x = [float(v) for v in logits]
            if any(v != v for v in x) or max(x) == float("-inf"):
                raise ValueError("broken logits")
            if params.temperature == 0:
                return x.index(max(x))
            w = np.exp((np.array(x) - max(x)) / params.temperature)
            if 0 < params.top_k < len(w):
                w[w < sorted(w)[-params.top_k]] = 0
            if params.top_p < 1:
                left, mass = w.sum() * params.top_p, 0.0
                for token in np.argsort(-w, kind="stable"):
                    if mass >= left:
                        w[token] = 0
                    else:
                        mass += w[token]
            return int(rng.choice(len(w), p=w / w.sum()))
    """,
    ),
    wrong(
        "sample",
        "a temperature from outside",
        "the temperature of params is not used",
        "temperature = 2\n\n\n" + _sample(CHECK + GREEDY + PROBS.replace("params.temp", "temp") + DRAW),
    ),
    wrong(
        "sample",
        "the temperature of the last example",
        "the temperature of params is not used",
        _sample(CHECK + GREEDY + PROBS.replace("params.temperature", "0.5") + DRAW),
    ),
    wrong(
        "sample",
        "params forgotten",
        "`temperature` instead of `params.temperature`",
        _sample(CHECK + GREEDY + PROBS.replace("params.temp", "temp") + DRAW),
    ),
    wrong(
        "sample",
        "softmax before the filters",
        "these went into rng.choice",
        _sample(
            CHECK + GREEDY + "probs = softmax(apply_temperature(logits, params.temperature))\n"
            "probs = top_p_mask(top_k_mask(probs, params.top_k), params.top_p)\n" + DRAW
        ),
    ),
    wrong(
        "sample",
        "temperature after the filters",
        "the temperature comes after top-p",
        _sample(
            CHECK + GREEDY + "x = top_p_mask(top_k_mask(logits, params.top_k), params.top_p)\n"
            "probs = softmax(apply_temperature(x, params.temperature))\n" + DRAW
        ),
    ),
    wrong(
        "sample",
        "temperature multiplied",
        "multiplied by the temperature",
        _sample(
            CHECK + GREEDY + "x = top_k_mask(logits * params.temperature, params.top_k)\n"
            "probs = softmax(top_p_mask(x, params.top_p))\n" + DRAW
        ),
    ),
    wrong(
        "sample",
        "temperature ignored",
        "the temperature is ignored",
        _sample(
            CHECK + GREEDY + "probs = softmax(top_p_mask(top_k_mask(logits, params.top_k), params.top_p))\n" + DRAW
        ),
    ),
    wrong(
        "sample",
        "top-p before top-k",
        "top-p looks at the distribution before top-k",
        _sample(
            CHECK + GREEDY + "x = top_p_mask(apply_temperature(logits, params.temperature), params.top_p)\n"
            "probs = softmax(top_k_mask(x, params.top_k))\n" + DRAW
        ),
    ),
    wrong(
        "sample",
        "both filters on the same distribution",
        "top-p looks at the distribution before top-k",
        _sample(
            CHECK + GREEDY + "x = apply_temperature(logits, params.temperature)\n"
            "probs = softmax(np.minimum(top_k_mask(x, params.top_k), top_p_mask(x, params.top_p)))\n" + DRAW
        ),
    ),
    wrong(
        "sample",
        "top_k ignored",
        "top_k is ignored",
        _sample(
            CHECK
            + GREEDY
            + "probs = softmax(top_p_mask(apply_temperature(logits, params.temperature), params.top_p))\n"
            + DRAW
        ),
    ),
    wrong(
        "sample",
        "top_p ignored",
        "top_p is ignored",
        _sample(
            CHECK
            + GREEDY
            + "probs = softmax(top_k_mask(apply_temperature(logits, params.temperature), params.top_k))\n"
            + DRAW
        ),
    ),
    wrong(
        "sample",
        "one filter or the other",
        "only one of the two is applied",
        _sample(
            CHECK + GREEDY + "x = apply_temperature(logits, params.temperature)\n"
            "if params.top_k > 0:\n    x = top_k_mask(x, params.top_k)\nelif params.top_p < 1:\n"
            "    x = top_p_mask(x, params.top_p)\nprobs = softmax(x)\n" + DRAW
        ),
    ),
    wrong(
        "sample",
        "seeded anew by params.seed",
        "left rng untouched",
        _drawn("return int(np.random.default_rng(params.seed).choice(len(probs), p=probs))"),
    ),
    wrong(
        "sample",
        "low temperatures are greedy",
        "wrong for a temperature close to greedy",
        _sample(CHECK + "if params.temperature < 0.05:\n    return int(np.argmax(logits))\n" + PROBS + DRAW),
    ),
    wrong(
        "sample",
        "not renormalised",
        "nothing renormalized",
        _sample(
            CHECK
            + GREEDY
            + FILTERS
            + "probs = softmax(apply_temperature(logits, params.temperature)) * (x > -np.inf)\n"
            + DRAW
        ),
    ),
    wrong(
        "sample",
        "not renormalised, searched",
        "runs past the end",
        _sample(
            CHECK
            + GREEDY
            + FILTERS
            + "probs = softmax(apply_temperature(logits, params.temperature)) * (x > -np.inf)\n"
            "return int(np.searchsorted(np.cumsum(probs), rng.random(), side='right'))"
        ),
    ),
    wrong(
        "sample",
        "greedy divides by zero",
        "divided by a temperature of 0",
        _sample("x = logits / params.temperature\n" + CHECK + GREEDY + PROBS + DRAW),
    ),
    wrong(
        "sample",
        "greedy has no case of its own",
        "temperature",
        _sample(CHECK + PROBS + DRAW),
    ),
    wrong(
        "sample",
        "greedy by a tiny temperature",
        "greedy uses no randomness",
        _sample(
            CHECK + "x = apply_temperature(logits, max(params.temperature, 1e-6))\n"
            "probs = softmax(top_p_mask(top_k_mask(x, params.top_k), params.top_p))\n" + DRAW
        ),
    ),
    wrong(
        "sample",
        "greedy draws first",
        "greedy uses no randomness",
        _sample(
            CHECK
            + "u = rng.random()\n"
            + GREEDY
            + PROBS
            + "return int(np.searchsorted(probs.cumsum(), u, side='right'))"
        ),
    ),
    wrong(
        "sample",
        "greedy takes the last of equals",
        "the last of equal logits",
        _sample(
            CHECK
            + "if params.temperature == 0:\n    return int(np.argsort(logits, kind='stable')[-1])\n"
            + PROBS
            + DRAW
        ),
    ),
    wrong(
        "sample",
        "greedy takes the smallest",
        "does not take the largest",
        _sample(CHECK + "if params.temperature == 0:\n    return int(np.argmin(logits))\n" + PROBS + DRAW),
    ),
    wrong(
        "sample",
        "always greedy",
        "left rng untouched",
        _sample(CHECK + "return int(np.argmax(logits))"),
    ),
    wrong(
        "sample",
        "always greedy, number thrown away",
        "the likeliest token is always taken",
        _drawn("rng.random()\nreturn int(np.argmax(probs))"),
    ),
    wrong(
        "sample",
        "numpy's global generator",
        "a global random generator",
        _drawn("return int(np.random.choice(len(probs), p=probs))"),
    ),
    wrong(
        "sample",
        "the module random",
        "a global random generator",
        _drawn("import random\nreturn random.choices(range(len(probs)), weights=probs)[0]"),
    ),
    wrong(
        "sample",
        "a new generator inside",
        "left rng untouched",
        _drawn("return int(np.random.default_rng(0).choice(len(probs), p=probs))"),
    ),
    wrong(
        "sample",
        "no draw when one token is left",
        "left rng untouched",
        _drawn("if (probs > 0).sum() == 1:\n    return int(probs.argmax())\n" + DRAW),
    ),
    wrong(
        "sample",
        "Gumbel noise, a number a token",
        "expected exactly 1",
        _drawn(
            "with np.errstate(all='ignore'):\n    noise = -np.log(-np.log(rng.random(len(probs))))\n"
            "    return int(np.argmax(np.log(probs) + noise))"
        ),
    ),
    wrong(
        "sample",
        "draws twice",
        "drew 2 uniform numbers",
        _drawn("rng.choice(len(probs), p=probs)\n" + DRAW),
    ),
    wrong(
        "sample",
        "multinomial",
        "expected exactly 1",
        _drawn("p = probs.astype(float)\nreturn int(rng.multinomial(1, p / p.sum()).argmax())"),
    ),
    wrong(
        "sample",
        "whole numbers from the generator",
        "expected exactly 1",
        _drawn("u = rng.integers(2**16) / 2**16\nreturn int(np.searchsorted(probs.cumsum(), u, side='right'))"),
    ),
    wrong(
        "sample",
        "every token alike",
        "every token is drawn alike",
        _drawn("left = np.flatnonzero(probs)\nreturn int(left[int(rng.random() * len(left))])"),
    ),
    wrong(
        "sample",
        "in descending order",
        "descending order",
        _drawn("order = np.argsort(-probs, kind='stable')\nreturn int(order[rng.choice(len(probs), p=probs[order])])"),
    ),
    wrong(
        "sample",
        "in ascending order",
        "ascending order",
        _drawn("order = np.argsort(probs, kind='stable')\nreturn int(order[rng.choice(len(probs), p=probs[order])])"),
    ),
    wrong(
        "sample",
        "the place in the sorted order returned",
        "returned the tokens",
        _drawn("return int(rng.choice(len(probs), p=np.sort(probs)[::-1]))"),
    ),
    wrong(
        "sample",
        "1 - u",
        "the line is read from its end",
        _drawn("c = probs.cumsum()\nreturn int(np.searchsorted(c / c[-1], 1 - rng.random(), side='left'))"),
    ),
    wrong(
        "sample",
        "one piece too early",
        "the piece before",
        _drawn("return max(0, int(np.searchsorted(probs.cumsum(), rng.random(), side='right')) - 1)"),
    ),
    wrong(
        "sample",
        "last token on rounding",
        "given to the last token",
        _drawn("return min(int(np.searchsorted(probs.cumsum(), rng.random(), side='right')), len(probs) - 1)"),
    ),
    wrong(
        "sample",
        "last token on rounding, loop",
        "given to the last token",
        _drawn(
            "u, end = rng.random(), 0.0\n"
            "for token, share in enumerate(probs):\n    end += share\n    if u < end:\n        return token\n"
            "return token"
        ),
    ),
    wrong(
        "sample",
        "first token on rounding beyond the end",
        "returned token -1",
        _drawn("c = probs.cumsum()\nu = rng.random()\nreturn int(np.flatnonzero(c > u)[0]) if u < c[-1] else -1"),
    ),
    wrong("sample", "NaN passes greedy", "a ValueError was expected", _sample(GREEDY + PROBS + DRAW)),
    wrong(
        "sample",
        "all -inf passes greedy",
        "sample([-inf, -inf, -inf], temperature=0)",
        _sample("if np.isnan(logits).any():\n    raise ValueError('NaN')\n" + GREEDY + PROBS + DRAW),
    ),
    wrong(
        "sample",
        "in place",
        "in place",
        _sample(
            CHECK
            + GREEDY
            + "logits /= params.temperature\nx = top_k_mask(logits, params.top_k)\n"
            + "probs = softmax(top_p_mask(x, params.top_p))\n"
            + DRAW
        ),
    ),
    wrong("sample", "left as it was", "not written yet", _sample("raise NotImplementedError()")),
    wrong("sample", "printed", "returned None", _sample(CHECK + "print(np.argmax(logits))")),
    wrong("sample", "a float", "a float; a whole number", _sample(CHECK + "return float(np.argmax(logits))")),
    wrong("sample", "an array", "an array of one token", _drawn("return rng.choice(len(probs), size=1, p=probs)")),
    wrong("sample", "text", "a str; a whole number", _sample(CHECK + "return str(np.argmax(logits))")),
    wrong("sample", "True", "a bool; a whole number", _sample(CHECK + "return bool(np.argmax(logits))")),
    wrong(
        "sample",
        "right for few tokens only",
        "is hard-coded",
        _sample(
            CHECK + GREEDY + PROBS + "if len(logits) > 12:\n    rng.random()\n    return int(np.argmax(probs))\n" + DRAW
        ),
    ),
    wrong(
        "sample",
        "the engine's draw",
        "the engine's code",
        """
        from mini_vllm.sample.ops import topk_topp_sampler as mine

        def sample(logits, params, rng):
            if not np.isfinite(np.max(logits)):
                raise ValueError("broken logits")
            if params.temperature == 0:
                return int(np.argmax(logits))
            return mine.draw(mine.probs_after_filters(logits, params), rng)
    """,
    ),
    wrong(
        "sample",
        "the engine's sampler",
        "the engine's code",
        """
        from mini_vllm.sample import Sampler, SamplingMetadata

        def sample(logits, params, rng):
            output = Sampler()(logits[None], SamplingMetadata([params], [rng], [[0]], [[]]))
            if output.errors:
                raise ValueError(output.errors[0])
            return output.sampled_token_ids[0]
    """,
    ),
    wrong(
        "sample",
        "a number that equals everything",
        "returned token 0, expected 1",
        """
        class Any(int):
            def __eq__(self, other):
                return True

            def __ne__(self, other):
                return False

            __hash__ = int.__hash__

        def sample(logits, params, rng):
            return Any(0)
    """,
    ),
]
