"""Exercise 2: logits at a temperature."""

from answers import right, wrong


def _temperature(body: str) -> str:
    head = (
        "def apply_temperature(logits, temperature):\n    if temperature < 0:\n        raise ValueError(temperature)\n"
    )
    return head + "".join(f"    {line}\n" for line in body.split("\n"))


APPLY_TEMPERATURE = [
    right("apply_temperature", "np.divide", _temperature("return np.divide(logits, temperature)")),
    right("apply_temperature", "times the inverse", _temperature("return logits * (1 / temperature)")),
    right(
        "apply_temperature",
        "loop",
        _temperature("return np.array([float(x) / temperature for x in logits])"),
    ),
    right(
        "apply_temperature",
        "a copy in place, float32, 0 refused too",
        """
        def apply_temperature(logits, temperature):
            if not temperature > 0:
                raise ValueError(f"temperature {temperature} is not above 0")
            scaled = logits.astype(np.float32)
            scaled /= np.float32(temperature)
            return scaled
    """,
    ),
    right(
        "apply_temperature",
        "np.vectorize",
        _temperature("return np.vectorize(lambda x: x / temperature, otypes=[float])(logits)"),
    ),
    wrong("apply_temperature", "multiplied", "multiplied by T", _temperature("return logits * temperature")),
    wrong(
        "apply_temperature",
        "the logits get the power",
        "a negative logit to a fractional power",
        _temperature("return logits ** (1 / temperature)"),
    ),
    wrong("apply_temperature", "floor", "`//`", _temperature("return logits // temperature")),
    wrong("apply_temperature", "subtracted", "T is subtracted", _temperature("return logits - temperature")),
    wrong("apply_temperature", "added", "T is added", _temperature("return logits + temperature")),
    wrong("apply_temperature", "squared", "by its square", _temperature("return logits / temperature**2")),
    wrong("apply_temperature", "square root", "square root", _temperature("return logits / np.sqrt(temperature)")),
    wrong("apply_temperature", "ignored", "came back as they were", _temperature("return logits + 0.0")),
    wrong(
        "apply_temperature",
        "shifted too",
        "the largest logit is subtracted",
        _temperature("return (logits - logits.max()) / temperature"),
    ),
    wrong(
        "apply_temperature",
        "softmax included",
        "these are probabilities",
        _temperature("e = np.exp((logits - logits.max()) / temperature)\nreturn e / e.sum()"),
    ),
    wrong(
        "apply_temperature",
        "probabilities divided",
        "another operation",
        _temperature("e = np.exp(logits - logits.max())\nreturn e / e.sum() / temperature"),
    ),
    wrong(
        "apply_temperature",
        "no check",
        "a ValueError was expected",
        "def apply_temperature(logits, temperature):\n    return logits / temperature",
    ),
    wrong(
        "apply_temperature",
        "the size of a negative temperature",
        "a ValueError was expected",
        "def apply_temperature(logits, temperature):\n    return logits / abs(temperature)",
    ),
    wrong(
        "apply_temperature",
        "limited from below",
        "the temperature is limited",
        _temperature("return logits / max(temperature, 0.1)"),
    ),
    wrong(
        "apply_temperature",
        "NaN for -inf",
        "returned NaN",
        _temperature("return np.where(np.isinf(logits), np.nan, logits / temperature)"),
    ),
    wrong("apply_temperature", "in place", "in place", _temperature("logits /= temperature\nreturn logits")),
    wrong(
        "apply_temperature",
        "left as it was",
        "not written yet",
        "def apply_temperature(logits, temperature):\n    raise NotImplementedError()",
    ),
    wrong("apply_temperature", "printed", "returned None", _temperature("print(logits / temperature)")),
    wrong("apply_temperature", "a list", "a list; a numpy array", _temperature("return list(logits / temperature)")),
    wrong("apply_temperature", "whole numbers", "int64", _temperature("return np.arange(len(logits)) // 1")),
    wrong(
        "apply_temperature",
        "hard-coded",
        "the first logit is",
        _temperature("return np.array([1.5, 0.5, -0.5, -np.inf])"),
    ),
    wrong(
        "apply_temperature",
        "hard-coded for all visible temperatures",
        "is hard-coded",
        _temperature(
            "if len(logits) != 4:\n    return logits + 0.0\n"
            "return np.array({2: [1.5, 0.5, -0.5, -np.inf], 0.5: [6.0, 2.0, -2.0, -np.inf]}.get(temperature, logits))"
        ),
    ),
    wrong(
        "apply_temperature",
        "the engine chooses",
        "the engine's code",
        """
        from mini_vllm.sample.ops.topk_topp_sampler import top_k_token_ids as every

        def apply_temperature(logits, temperature):
            if temperature < 0:
                raise ValueError(temperature)
            return logits[every(logits, len(logits))] / temperature
    """,
    ),
    wrong(
        "apply_temperature",
        "an array that agrees with everything",
        "expected [1.5",
        """
        class Agreeable(np.ndarray):
            def __eq__(self, other):
                return True

            def __array_function__(self, function, types, args, kwargs):
                return True

        def apply_temperature(logits, temperature):
            if temperature < 0:
                raise ValueError(temperature)
            return np.zeros(logits.shape).view(Agreeable)
    """,
    ),
]
