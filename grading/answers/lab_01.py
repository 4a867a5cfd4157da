"""Answers to lab 01, kv-cache-speedup."""

from grading.answers import Answer, right, wrong


def _count(function: str, expression: str) -> str:
    return f"def {function}(prompt_len, new_tokens):\n    return {expression}\n"


def _counts(function: str, mistakes: dict[str, tuple[str, str]]) -> list[Answer]:
    return [
        wrong(function, name, message, _count(function, expression))
        for name, (expression, message) in mistakes.items()
    ]


WORK_WITHOUT_CACHE = [
    right("work_without_cache", "loop", """
        def work_without_cache(prompt_len, new_tokens):
            units = 0
            for step in range(new_tokens):
                units += prompt_len + step
            return units
    """),
    right("work_without_cache", "numpy sum", """
        def work_without_cache(prompt_len, new_tokens):
            return np.sum(np.arange(prompt_len, prompt_len + new_tokens))
    """),
    right("work_without_cache", "closed form", _count(
        "work_without_cache", "new_tokens * (2 * prompt_len + new_tokens - 1) // 2"
    )),
    right("work_without_cache", "numpy 64-bit integers and a helper", """
        def triangle(n):
            return np.int64(n) * (n - 1) // 2

        def work_without_cache(prompt_len, new_tokens):
            return triangle(prompt_len + new_tokens) - triangle(prompt_len)
    """),
    *_counts("work_without_cache", {
        "counts the predicted token": ("sum(range(prompt_len + 1, prompt_len + new_tokens + 1))", "about to predict"),
        "forgets the prompt": ("new_tokens * (new_tokens - 1) // 2", "the prompt is forgotten"),
        "constant length": ("new_tokens * prompt_len", "never grew"),
        "final length on every step": ("new_tokens * (prompt_len + new_tokens)", "every step has the final length"),
        "one step too many": ("sum(range(prompt_len, prompt_len + new_tokens + 1))", "one step too many"),
        "one step missing": ("sum(range(prompt_len, prompt_len + new_tokens - 1))", "the last step is missing"),
        "not halved": ("new_tokens * prompt_len + new_tokens * (new_tokens - 1)", "is not halved"),
        "arguments swapped": ("sum(range(new_tokens, prompt_len + new_tokens))", "swapped"),
        "the cached count": ("prompt_len + new_tokens", "the count with a cache"),
        "new tokens only": ("new_tokens", "only new tokens"),
        "a float": ("new_tokens * prompt_len + new_tokens * (new_tokens - 1) / 2", "`//` keeps whole numbers whole"),
        "text": ("'95'", "a str; a whole number"),
        "hard-coded": ("{(5, 10): 95, (2, 3): 9, (5, 1): 5}.get((prompt_len, new_tokens), 0)", "other lengths"),
        "right for a prompt of 5 or 2 only": (
            "sum(range(min(prompt_len, 5), min(prompt_len, 5) + new_tokens))", "other lengths"
        ),
        "equals everything": ("type('All', (int,), {'__eq__': lambda a, b: True, '__hash__': int.__hash__})(7)", "returned 7"),
    }),
    wrong("work_without_cache", "prints instead of returning", "returned None", """
        def work_without_cache(prompt_len, new_tokens):
            print(new_tokens * prompt_len + new_tokens * (new_tokens - 1) // 2)
    """),
    wrong("work_without_cache", "left as it was", "not written yet", """
        def work_without_cache(prompt_len, new_tokens):
            raise NotImplementedError()
    """),
]

WORK_WITH_CACHE = [
    right("work_with_cache", "sum", _count("work_with_cache", "prompt_len + new_tokens")),
    right("work_with_cache", "loop", """
        def work_with_cache(prompt_len, new_tokens):
            units = prompt_len
            for _ in range(new_tokens):
                units += 1
            return units
    """),
    right("work_with_cache", "numpy", _count("work_with_cache", "np.add(prompt_len, new_tokens)")),
    *_counts("work_with_cache", {
        "new tokens only": ("new_tokens", "only the new tokens"),
        "prompt only": ("prompt_len", "only the prompt"),
        "re-reads the prompt": ("prompt_len * new_tokens", "the prompt is read again"),
        "re-reads the prompt, and once more": ("prompt_len * new_tokens + new_tokens", "the prompt is read again"),
        "last token not fed": ("prompt_len + new_tokens - 1", "the engine's count"),
        "last token not fed, guarded": ("prompt_len + max(new_tokens - 1, 0)", "the engine's count"),
        "one token twice": ("prompt_len + new_tokens + 1", "passes twice"),
        "the uncached count": ("sum(range(prompt_len, prompt_len + new_tokens))", "without a cache"),
        "a float": ("float(prompt_len + new_tokens)", "a float; a whole number"),
        "hard-coded": ("{(5, 10): 15, (2, 3): 5, (5, 1): 6}.get((prompt_len, new_tokens), 5)", "other lengths"),
    }),
]


def _attention(body: str) -> str:
    """attention_step with its usual first lines: K and V hold the cached rows and the new one."""
    head = (
        "def attention_step(q, k, v, cache):\n"
        "    d = len(q)\n"
        "    if cache is None:\n"
        "        cache = np.empty((0, d)), np.empty((0, d))\n"
        "    K, V = np.vstack((cache[0], k)), np.vstack((cache[1], v))\n"
    )
    return head + "".join(f"    {line}\n" for line in body.split("\n"))


def _weighted(scores: str) -> str:
    return _attention(f"w = np.exp({scores})\nreturn w / w.sum() @ V, (K, V)")


ATTENTION_STEP = [
    right("attention_step", "einsum, float64", _attention(
        "s = np.einsum('td,d->t', K, q) / d**0.5\n"
        "w = np.exp(s - s.max())\n"
        "return np.einsum('t,td->d', w / w.sum(), V), (K, V)"
    )),
    right("attention_step", "python loops", """
        def attention_step(q, k, v, cache):
            rows = [] if cache is None else list(zip(*cache))
            rows.append((k, v))
            scores = [sum(a * b for a, b in zip(q, key)) / len(q) ** 0.5 for key, _ in rows]
            weights = [np.exp(s) for s in scores]
            out = np.zeros(len(q))
            for w, (_, value) in zip(weights, rows):
                out = out + w * value
            return out / sum(weights), (np.array([r[0] for r in rows]), np.array([r[1] for r in rows]))
    """),
    right("attention_step", "2-D matrices, float32 result, list pair", _attention(
        "s = (q[None] @ K.T) / np.sqrt(d)\n"
        "w = np.exp(s - s.max(axis=1, keepdims=True))\n"
        "w = w / w.sum(axis=1, keepdims=True)\n"
        "return (w @ V)[0].astype(np.float32), [K.astype(np.float32), V.astype(np.float32)]"
    )),
    right("attention_step", "no max-subtraction, helper, concatenate", """
        def softmax(x):
            return np.exp(x) / np.exp(x).sum()

        def attention_step(q, k, v, cache):
            K, V = k.reshape(1, -1), v.reshape(1, -1)
            if cache is not None:
                K, V = np.concatenate([cache[0], K], axis=0), np.concatenate([cache[1], V], axis=0)
            return V.T @ softmax(K @ q / np.sqrt(q.size)), (K, V)
    """),
    wrong("attention_step", "without the current token", "does not attend to itself", _attention(
        "if len(cache[0]) == 0:\n    return v, (K, V)\n"
        "w = np.exp(cache[0] @ q / np.sqrt(d))\nreturn w / w.sum() @ cache[1], (K, V)"
    )),
    wrong("attention_step", "without the current token, zeros at first", "does not attend to itself", _attention(
        "w = np.exp(cache[0] @ q / np.sqrt(d))\nreturn w / max(w.sum(), 1e-9) @ cache[1], (K, V)"
    )),
    wrong("attention_step", "scale d", "divided by d", _weighted("K @ q / d")),
    wrong("attention_step", "no scale", "not scaled", _weighted("K @ q")),
    wrong("attention_step", "multiplied by the scale", "multiplied by", _weighted("K @ q * np.sqrt(d)")),
    wrong("attention_step", "scale 2 of the example", "others (d=", _weighted("K @ q / 2")),
    wrong("attention_step", "softmax over the wrong axis of a row", "wrong axis", _attention(
        "s = (q[None] @ K.T) / np.sqrt(d)\nw = np.exp(s) / np.exp(s).sum(axis=0)\nreturn (w @ V)[0], (K, V)"
    )),
    wrong("attention_step", "softmax over the wrong axis of a column", "wrong axis", _attention(
        "s = (K @ q[:, None]) / np.sqrt(d)\nw = np.exp(s) / np.exp(s).sum(axis=-1, keepdims=True)\n"
        "return (w.T @ V)[0], (K, V)"
    )),
    wrong("attention_step", "softmax without the sum", "not divided by their sum", _attention(
        "return np.exp(K @ q / np.sqrt(d)) @ V, (K, V)"
    )),
    wrong("attention_step", "no softmax", "softmax is missing", _attention("return K @ q / np.sqrt(d) @ V, (K, V)")),
    wrong("attention_step", "only the newest token", "itself only", _attention("return v + 0.0, (K, V)")),
    wrong("attention_step", "mean of the values", "weights are equal", _attention("return V.mean(axis=0), (K, V)")),
    wrong("attention_step", "keys and values swapped", "keys and values are swapped", _attention(
        "w = np.exp(V @ q / np.sqrt(d))\nreturn w / w.sum() @ K, (K, V)"
    )),
    wrong("attention_step", "keys and values swapped in the pair", "keys and values are swapped", _attention(
        "w = np.exp(K @ q / np.sqrt(d))\nreturn w / w.sum() @ V, (V, K)"
    )),
    wrong("attention_step", "returns the old cache", "were not appended", _attention(
        "w = np.exp(K @ q / np.sqrt(d))\nreturn w / w.sum() @ V, cache"
    )),
    wrong("attention_step", "new row first", "new row was put first", _attention(
        "w = np.exp(K @ q / np.sqrt(d))\nreturn w / w.sum() @ V, (np.roll(K, 1, axis=0), np.roll(V, 1, axis=0))"
    )),
    wrong("attention_step", "returns out alone", "expected out and the pair", _attention(
        "w = np.exp(K @ q / np.sqrt(d))\nreturn w / w.sum() @ V"
    )),
    wrong("attention_step", "out of shape (1, d)", "out has shape (1, 4)", _attention(
        "w = np.exp(q[None] @ K.T / np.sqrt(d))\nreturn w / w.sum() @ V, (K, V)"
    )),
    wrong("attention_step", "a list for out", "out is a list", _attention(
        "w = np.exp(K @ q / np.sqrt(d))\nreturn list(w / w.sum() @ V), (K, V)"
    )),
    wrong("attention_step", "scales the caller's keys in place", "in place", """
        def attention_step(q, k, v, cache):
            if cache is None:
                K, V = k[None], v[None]
            else:
                K, V = cache
                K *= 1 / np.sqrt(len(q))
                K, V = np.vstack((K * np.sqrt(len(q)), k)), np.vstack((V, v))
            w = np.exp(K @ q / np.sqrt(len(q)))
            return w / w.sum() @ V, (K, V)
    """),
    wrong("attention_step", "scales q in place", "in place", _attention(
        "q /= np.sqrt(d)\nw = np.exp(K @ q)\nreturn w / w.sum() @ V, (K, V)"
    )),
    wrong("attention_step", "assigns into the caller's pair", "in place", """
        def attention_step(q, k, v, cache):
            if cache is None:
                cache = [np.empty((0, len(q))), np.empty((0, len(q)))]
            cache[0] = np.vstack((cache[0], k))
            cache[1] = np.vstack((cache[1], v))
            w = np.exp(cache[0] @ q / np.sqrt(len(q)))
            return w / w.sum() @ cache[1], cache
    """),
    wrong("attention_step", "resizes the caller's arrays", "in place", """
        def attention_step(q, k, v, cache):
            if cache is None:
                K, V = k[None].copy(), v[None].copy()
            else:
                K, V = cache
                K.resize((len(K) + 1, len(q)), refcheck=False)
                V.resize((len(V) + 1, len(q)), refcheck=False)
                K[-1], V[-1] = k, v
            w = np.exp(K @ q / np.sqrt(len(q)))
            return w / w.sum() @ V, (K, V)
    """),
    wrong("attention_step", "one global buffer behind every cache", "returned earlier", """
        BUFFER = {}

        def attention_step(q, k, v, cache):
            d = len(q)
            if d not in BUFFER:
                BUFFER[d] = np.zeros((2, 500, d))
            t = 0 if cache is None else len(cache[0])
            if t and cache[0].base is not BUFFER[d]:
                BUFFER[d][0, :t], BUFFER[d][1, :t] = cache
            BUFFER[d][0, t], BUFFER[d][1, t] = k, v
            K, V = BUFFER[d][0, : t + 1], BUFFER[d][1, : t + 1]
            w = np.exp(K @ q / np.sqrt(d))
            return w / w.sum() @ V, (K, V)
    """),
]

GENERATE_WITHOUT_CACHE = [
    right("generate_without_cache", "argmax method, numpy integers", """
        def generate_without_cache(model, prompt_ids, new_tokens):
            ids = list(prompt_ids)
            for _ in range(new_tokens):
                ids.append(model.forward(ids)[-1].argmax())
            return ids[len(prompt_ids):]
    """),
    right("generate_without_cache", "numpy ids, python max", """
        def generate_without_cache(model, prompt_ids, new_tokens):
            ids, out = np.array(prompt_ids), []
            while len(out) < new_tokens:
                row = model.forward(ids)[-1].tolist()
                out.append(row.index(max(row)))
                ids = np.append(ids, out[-1])
            return out
    """),
    right("generate_without_cache", "recursion", """
        def generate_without_cache(model, prompt_ids, new_tokens):
            if new_tokens == 0:
                return []
            token = int(np.argmax(model.forward(prompt_ids)[-1, :]))
            return [token] + generate_without_cache(model, [*prompt_ids, token], new_tokens - 1)
    """),
    wrong("generate_without_cache", "uses a cache", "a cache was passed", """
        def generate_without_cache(model, prompt_ids, new_tokens):
            cache = model.new_cache()
            logits, tokens = model.forward(prompt_ids, cache), []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(logits[-1])))
                logits = model.forward(tokens[-1:], cache)
            return tokens
    """),
    wrong("generate_without_cache", "new tokens never reach the model", "never reach the model", """
        def generate_without_cache(model, prompt_ids, new_tokens):
            return [int(np.argmax(model.forward(prompt_ids)[-1])) for _ in range(new_tokens)]
    """),
    wrong("generate_without_cache", "passes the newest token only", "only the newest token", """
        def generate_without_cache(model, prompt_ids, new_tokens):
            tokens, ids = [], prompt_ids
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(model.forward(ids)[-1])))
                ids = tokens[-1:]
            return tokens
    """),
    wrong("generate_without_cache", "one pass too many", "one more pass", """
        def generate_without_cache(model, prompt_ids, new_tokens):
            tokens, logits = [], model.forward(prompt_ids)
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(logits[-1])))
                logits = model.forward(prompt_ids + tokens)
            return tokens
    """),
    wrong("generate_without_cache", "a placeholder for the token to come", "not predicted yet", """
        def generate_without_cache(model, prompt_ids, new_tokens):
            tokens = []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(model.forward(prompt_ids + tokens + [0])[-2])))
            return tokens
    """),
    wrong("generate_without_cache", "first row of the logits", "another row", """
        def generate_without_cache(model, prompt_ids, new_tokens):
            tokens = []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(model.forward(prompt_ids + tokens)[0])))
            return tokens
    """),
    wrong("generate_without_cache", "argmax over all rows", "outside the vocabulary", """
        def generate_without_cache(model, prompt_ids, new_tokens):
            tokens = []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(model.forward(prompt_ids + tokens))))
            return tokens
    """),
    wrong("generate_without_cache", "smallest logit", "prefers another", """
        def generate_without_cache(model, prompt_ids, new_tokens):
            tokens = []
            for _ in range(new_tokens):
                tokens.append(int(np.argmin(model.forward(prompt_ids + tokens)[-1])))
            return tokens
    """),
    wrong("generate_without_cache", "prompt in the result", "the prompt is part", """
        def generate_without_cache(model, prompt_ids, new_tokens):
            ids = list(prompt_ids)
            for _ in range(new_tokens):
                ids.append(int(np.argmax(model.forward(ids)[-1])))
            return ids
    """),
    wrong("generate_without_cache", "changes the prompt", "changed prompt_ids in place", """
        def generate_without_cache(model, prompt_ids, new_tokens):
            for _ in range(new_tokens):
                prompt_ids.append(int(np.argmax(model.forward(prompt_ids)[-1])))
            return prompt_ids[-new_tokens:] if new_tokens else []
    """),
    wrong("generate_without_cache", "returns an array", "a list of token ids", """
        def generate_without_cache(model, prompt_ids, new_tokens):
            tokens = []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(model.forward(prompt_ids + tokens)[-1])))
            return np.array(tokens)
    """),
    wrong("generate_without_cache", "last of equal logits", "first index was not taken", """
        def generate_without_cache(model, prompt_ids, new_tokens):
            tokens = []
            for _ in range(new_tokens):
                row = model.forward(prompt_ids + tokens)[-1]
                tokens.append(int(np.flatnonzero(row == row.max())[-1]))
            return tokens
    """),
    wrong("generate_without_cache", "sets the counter", "counter", """
        def generate_without_cache(model, prompt_ids, new_tokens):
            ids = list(prompt_ids)
            for _ in range(new_tokens):
                ids.append(int(np.argmax(model.forward(ids)[-1])))
            model.tokens_processed = 0
            return ids[len(prompt_ids):]
    """),
]

GENERATE_WITH_CACHE = [
    right("generate_with_cache", "numpy integers, keyword argument", """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache = model.new_cache()
            token = model.forward(prompt_ids, cache=cache)[-1].argmax()
            out = []
            for _ in range(new_tokens):
                out.append(token)
                token = model.forward(np.array([token]), cache=cache)[-1].argmax()
            return out
    """),
    right("generate_with_cache", "stops early for no tokens", """
        def generate_with_cache(model, prompt_ids, new_tokens):
            if new_tokens == 0:
                return []
            cache, ids, out = model.new_cache(), prompt_ids, []
            while True:
                logits = model.forward(ids, cache)
                if len(out) == new_tokens:
                    return out
                ids = [int(np.argmax(logits[-1]))]
                out += ids
    """),
    right("generate_with_cache", "prompt token by token", """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache = model.new_cache()
            for token in prompt_ids:
                logits = model.forward([token], cache)
            tokens = []
            for _ in range(new_tokens):
                row = logits[-1].tolist()
                tokens.append(row.index(max(row)))
                logits = model.forward(tokens[-1:], cache)
            return tokens
    """),
    wrong("generate_with_cache", "last token not fed", "the last token is not fed", """
        def generate_with_cache(model, prompt_ids, new_tokens):
            if new_tokens == 0:
                return []
            cache = model.new_cache()
            tokens = [int(np.argmax(model.forward(prompt_ids, cache)[-1]))]
            while len(tokens) < new_tokens:
                tokens.append(int(np.argmax(model.forward(tokens[-1:], cache)[-1])))
            return tokens
    """),
    wrong("generate_with_cache", "prompt never written", "K and V", """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache = model.new_cache()
            logits, tokens = model.forward(prompt_ids), []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(logits[-1])))
                logits = model.forward(tokens[-1:], cache)
            return tokens
    """),
    wrong("generate_with_cache", "starts from the last prompt token", "never written", """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache = model.new_cache()
            logits, tokens = model.forward(prompt_ids[-1:], cache), []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(logits[-1])))
                logits = model.forward(tokens[-1:], cache)
            return tokens
    """),
    wrong("generate_with_cache", "feeds the whole sequence each step", "whole sequence is fed again", """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache = model.new_cache()
            logits, tokens = model.forward(prompt_ids, cache), []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(logits[-1])))
                logits = model.forward(prompt_ids + tokens, cache)
            return tokens
    """),
    wrong("generate_with_cache", "feeds the whole sequence, no prefill before the loop", "whole sequence is fed again", """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache, tokens = model.new_cache(), []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(model.forward(prompt_ids + tokens, cache)[-1])))
            return tokens
    """),
    wrong("generate_with_cache", "re-reads the prompt each step", "the prompt is fed again", """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache, tokens = model.new_cache(), []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(model.forward(prompt_ids, cache)[-1])))
            return tokens
    """),
    wrong("generate_with_cache", "no cache at all", "no cache was passed", """
        def generate_with_cache(model, prompt_ids, new_tokens):
            tokens = []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(model.forward(prompt_ids + tokens)[-1])))
            return tokens
    """),
    wrong("generate_with_cache", "a new cache in every step", "a new cache in every step", """
        def generate_with_cache(model, prompt_ids, new_tokens):
            logits, tokens = model.forward(prompt_ids, model.new_cache()), []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(logits[-1])))
                logits = model.forward(tokens[-1:], model.new_cache())
            return tokens
    """),
    wrong("generate_with_cache", "last prompt token twice", "one token passes twice", """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache, tokens = model.new_cache(), []
            model.forward(prompt_ids, cache)
            logits = model.forward(prompt_ids[-1:], cache)
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(logits[-1])))
                logits = model.forward(tokens[-1:], cache)
            return tokens
    """),
    wrong("generate_with_cache", "first row of the prompt's logits", "another row", """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache = model.new_cache()
            logits, tokens = model.forward(prompt_ids, cache), []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(logits[0])))
                logits = model.forward(tokens[-1:], cache)
            return tokens
    """),
    wrong("generate_with_cache", "last of equal logits", "first index was not taken", """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache = model.new_cache()
            logits, tokens = model.forward(prompt_ids, cache), []
            for _ in range(new_tokens):
                tokens.append(int(np.flatnonzero(logits[-1] == logits[-1].max())[-1]))
                logits = model.forward(tokens[-1:], cache)
            return tokens
    """),
    wrong("generate_with_cache", "counts down the counter", "counter", """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache = model.new_cache()
            logits, tokens = model.forward(prompt_ids, cache), []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(logits[-1])))
                logits = model.forward(tokens[-1:], cache)
            model.tokens_processed -= 1
            return tokens
    """),
    wrong("generate_with_cache", "answers with the tokens of the example", "other", """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache = model.new_cache()
            logits, tokens = model.forward(prompt_ids, cache), []
            for i in range(new_tokens):
                tokens.append(int(np.argmax(logits[-1])) if len(prompt_ids) == 5 else i)
                logits = model.forward(tokens[-1:], cache)
            return tokens
    """),
]

PREDICT = [
    right("predict", "whole numbers", "guess_long_prompt = 100\nguess_long_answer = 1000\n"),
    right("predict", "numpy and float", "guess_long_prompt = np.float32(1.5)\nguess_long_answer = 2.0\n"),
    wrong("predict", "one guess missing", "guess_long_answer is not set", "guess_long_prompt = 10\n"),
    wrong("predict", "text", "without quotes", "guess_long_prompt = '10'\nguess_long_answer = 5\n"),
    wrong("predict", "nothing yet", "without quotes", "guess_long_prompt = None\nguess_long_answer = ...\n"),
]

ANSWERS: list[Answer] = [
    *PREDICT,
    *WORK_WITHOUT_CACHE,
    *WORK_WITH_CACHE,
    *ATTENTION_STEP,
    *GENERATE_WITHOUT_CACHE,
    *GENERATE_WITH_CACHE,
]
