"""Right answers to lab 01 in styles of their own: other modules, other types, other ways to loop."""

from answers import Answer, right

STYLES: list[Answer] = [
    right(
        "generate_with_cache",
        "asserts what the cache holds",
        """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache = model.new_cache()
            logits = model.forward(prompt_ids, cache)
            tokens = []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(logits[-1])))
                logits = model.forward(tokens[-1:], cache)
            assert cache.num_tokens == len(prompt_ids) + new_tokens
            return tokens
    """,
    ),
    right(
        "generate_without_cache",
        "max over the config's vocabulary",
        """
        def generate_without_cache(model, prompt_ids, new_tokens):
            tokens = list(prompt_ids)
            for _ in range(new_tokens):
                row = model.forward(tokens)[-1]
                tokens.append(max(range(model.config.vocab_size), key=lambda t: row[t]))
            return tokens[len(prompt_ids):]
    """,
    ),
    right(
        "work_without_cache",
        "recursion with lru_cache",
        """
        from functools import lru_cache

        @lru_cache(maxsize=None)
        def work_without_cache(prompt_len, new_tokens):
            if new_tokens == 0:
                return 0
            return prompt_len + new_tokens - 1 + work_without_cache(prompt_len, new_tokens - 1)
    """,
    ),
    right(
        "work_without_cache",
        "numpy arange",
        """
        def work_without_cache(prompt_len, new_tokens):
            return np.arange(prompt_len, prompt_len + new_tokens).sum()
    """,
    ),
    right(
        "work_with_cache",
        "counts with itertools",
        """
        from itertools import chain, repeat

        def work_with_cache(prompt_len, new_tokens):
            return sum(chain([prompt_len], repeat(1, new_tokens)))
    """,
    ),
    right(
        "attention_step",
        "a list of rows and a loop",
        """
        def attention_step(q, k, v, cache):
            keys, values = ([], []) if cache is None else map(list, cache)
            keys, values = keys + [k], values + [v]
            scores = [sum(a * b for a, b in zip(q, key)) / len(q) ** 0.5 for key in keys]
            top = max(scores)
            weights = [np.exp(score - top) for score in scores]
            out = sum(w * value for w, value in zip(weights, values)) / sum(weights)
            return out, (np.array(keys), np.array(values))
    """,
    ),
    right(
        "attention_step",
        "einsum, a helper and a match",
        """
        def _append(rows, row):
            return np.concatenate([rows, row[np.newaxis]], axis=0)

        def attention_step(q, k, v, cache):
            match cache:
                case None:
                    K, V = k.reshape(1, -1), v.reshape(1, -1)
                case (K, V):
                    K, V = _append(K, k), _append(V, v)
            s = np.einsum("td,d->t", K, q) / len(q) ** 0.5
            e = np.exp(s - np.max(s))
            return np.einsum("t,td->d", e / np.sum(e), V), (K, V)
    """,
    ),
    right(
        "generate_with_cache",
        "one step more than it returns",
        """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache = model.new_cache()
            ids, tokens = list(prompt_ids), []
            for _ in range(new_tokens + 1):
                row = model.forward(ids, cache)[-1]
                ids = [int(row.argmax())]
                tokens += ids
            return tokens[:new_tokens]
    """,
    ),
    right(
        "chat_turn",
        "recursion",
        """
        def chat_turn(model, cache, message_ids, new_tokens):
            logits = model.forward(message_ids, cache)
            if new_tokens == 0:
                return []
            token = int(np.argmax(logits[-1]))
            return [token] + chat_turn(model, cache, [token], new_tokens - 1)
    """,
    ),
    right(
        "generate_without_cache",
        "a class with a call",
        """
        class Greedy:
            def __init__(self, model):
                self.model = model

            def __call__(self, ids):
                return self.model.forward(ids)[-1, :].argmax().item()

        def generate_without_cache(model, prompt_ids, new_tokens):
            greedy, ids = Greedy(model), [*prompt_ids]
            while len(ids) < len(prompt_ids) + new_tokens:
                ids = [*ids, greedy(ids)]
            return ids[len(prompt_ids):]
    """,
    ),
]
