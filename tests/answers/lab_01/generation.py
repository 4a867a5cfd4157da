"""Exercises 4 and 5: greedy generation, without and with a cache."""

from answers import right, wrong

GENERATE_WITHOUT_CACHE = [
    right(
        "generate_without_cache",
        "argmax method, numpy integers",
        """
        def generate_without_cache(model, prompt_ids, new_tokens):
            ids = list(prompt_ids)
            for _ in range(new_tokens):
                ids.append(model.forward(ids)[-1].argmax())
            return ids[len(prompt_ids):]
    """,
    ),
    right(
        "generate_without_cache",
        "numpy ids, python max",
        """
        def generate_without_cache(model, prompt_ids, new_tokens):
            ids, out = np.array(prompt_ids), []
            while len(out) < new_tokens:
                row = model.forward(ids)[-1].tolist()
                out.append(row.index(max(row)))
                ids = np.append(ids, out[-1])
            return out
    """,
    ),
    right(
        "generate_without_cache",
        "recursion",
        """
        def generate_without_cache(model, prompt_ids, new_tokens):
            if new_tokens == 0:
                return []
            token = int(np.argmax(model.forward(prompt_ids)[-1, :]))
            return [token] + generate_without_cache(model, [*prompt_ids, token], new_tokens - 1)
    """,
    ),
    wrong(
        "generate_without_cache",
        "uses a cache",
        "a cache was passed",
        """
        def generate_without_cache(model, prompt_ids, new_tokens):
            cache = model.new_cache()
            logits, tokens = model.forward(prompt_ids, cache), []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(logits[-1])))
                logits = model.forward(tokens[-1:], cache)
            return tokens
    """,
    ),
    wrong(
        "generate_without_cache",
        "new tokens never reach the model",
        "never reach the model",
        """
        def generate_without_cache(model, prompt_ids, new_tokens):
            return [int(np.argmax(model.forward(prompt_ids)[-1])) for _ in range(new_tokens)]
    """,
    ),
    wrong(
        "generate_without_cache",
        "passes the newest token only",
        "only the newest token",
        """
        def generate_without_cache(model, prompt_ids, new_tokens):
            tokens, ids = [], prompt_ids
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(model.forward(ids)[-1])))
                ids = tokens[-1:]
            return tokens
    """,
    ),
    wrong(
        "generate_without_cache",
        "one pass too many",
        "one more pass",
        """
        def generate_without_cache(model, prompt_ids, new_tokens):
            tokens, logits = [], model.forward(prompt_ids)
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(logits[-1])))
                logits = model.forward(prompt_ids + tokens)
            return tokens
    """,
    ),
    wrong(
        "generate_without_cache",
        "a placeholder for the token to come",
        "not predicted yet",
        """
        def generate_without_cache(model, prompt_ids, new_tokens):
            tokens = []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(model.forward(prompt_ids + tokens + [0])[-2])))
            return tokens
    """,
    ),
    wrong(
        "generate_without_cache",
        "first row of the logits",
        "a row other than the last was read",
        """
        def generate_without_cache(model, prompt_ids, new_tokens):
            tokens = []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(model.forward(prompt_ids + tokens)[0])))
            return tokens
    """,
    ),
    wrong(
        "generate_without_cache",
        "argmax over all rows",
        "numbers the entries of all rows",
        """
        def generate_without_cache(model, prompt_ids, new_tokens):
            tokens = []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(model.forward(prompt_ids + tokens))))
            return tokens
    """,
    ),
    wrong(
        "generate_without_cache",
        "smallest logit",
        "prefers another",
        """
        def generate_without_cache(model, prompt_ids, new_tokens):
            tokens = []
            for _ in range(new_tokens):
                tokens.append(int(np.argmin(model.forward(prompt_ids + tokens)[-1])))
            return tokens
    """,
    ),
    wrong(
        "generate_without_cache",
        "prompt in the result",
        "includes the prompt",
        """
        def generate_without_cache(model, prompt_ids, new_tokens):
            ids = list(prompt_ids)
            for _ in range(new_tokens):
                ids.append(int(np.argmax(model.forward(ids)[-1])))
            return ids
    """,
    ),
    wrong(
        "generate_without_cache",
        "the last 0 tokens",
        "is the whole list, not its last 0 elements",
        """
        def generate_without_cache(model, prompt_ids, new_tokens):
            ids = list(prompt_ids)
            for _ in range(new_tokens):
                ids.append(int(np.argmax(model.forward(ids)[-1])))
            return ids[-new_tokens:]
    """,
    ),
    wrong(
        "generate_without_cache",
        "changes the prompt",
        "changed prompt_ids in place",
        """
        def generate_without_cache(model, prompt_ids, new_tokens):
            for _ in range(new_tokens):
                prompt_ids.append(int(np.argmax(model.forward(prompt_ids)[-1])))
            return prompt_ids[-new_tokens:] if new_tokens else []
    """,
    ),
    wrong(
        "generate_without_cache",
        "returns an array",
        "a list of token ids",
        """
        def generate_without_cache(model, prompt_ids, new_tokens):
            tokens = []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(model.forward(prompt_ids + tokens)[-1])))
            return np.array(tokens)
    """,
    ),
    wrong(
        "generate_without_cache",
        "last of equal logits",
        "first index was not taken",
        """
        def generate_without_cache(model, prompt_ids, new_tokens):
            tokens = []
            for _ in range(new_tokens):
                row = model.forward(prompt_ids + tokens)[-1]
                tokens.append(int(np.flatnonzero(row == row.max())[-1]))
            return tokens
    """,
    ),
    wrong(
        "generate_without_cache",
        "sets the counter",
        "counter",
        """
        def generate_without_cache(model, prompt_ids, new_tokens):
            ids = list(prompt_ids)
            for _ in range(new_tokens):
                ids.append(int(np.argmax(model.forward(ids)[-1])))
            model.tokens_processed = 0
            return ids[len(prompt_ids):]
    """,
    ),
    wrong(
        "generate_without_cache",
        "the engine generates",
        "the engine's code",
        """
        def generate_without_cache(model, prompt_ids, new_tokens):
            from mini_vllm import LLM, SamplingParams

            params = SamplingParams(temperature=0, max_tokens=max(new_tokens, 1), ignore_eos=True)
            return LLM(model).generate(prompt_ids, params, use_tqdm=False)[0].outputs[0].token_ids[:new_tokens]
    """,
    ),
    wrong(
        "generate_without_cache",
        "a list that claims any length",
        "returned 0 tokens",
        """
        class Long(list):
            def __len__(self):
                return 10

        def generate_without_cache(model, prompt_ids, new_tokens):
            for length in range(len(prompt_ids), len(prompt_ids) + new_tokens):
                model.forward([1] * length)
            return Long()
    """,
    ),
    wrong(
        "generate_without_cache",
        "returns inside the loop",
        "the loop ends after its first round",
        """
        def generate_without_cache(model, prompt_ids, new_tokens):
            tokens = []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(model.forward(prompt_ids + tokens)[-1])))
                return tokens
            return []
    """,
    ),
    wrong(
        "generate_without_cache",
        "one round less",
        "one call is missing",
        """
        def generate_without_cache(model, prompt_ids, new_tokens):
            tokens = []
            for _ in range(new_tokens - 1):
                tokens.append(int(np.argmax(model.forward(prompt_ids + tokens)[-1])))
            return tokens
    """,
    ),
    wrong(
        "generate_without_cache",
        "the largest logit instead of its index",
        "`max` returns the logit, `argmax` its index",
        """
        def generate_without_cache(model, prompt_ids, new_tokens):
            tokens = []
            for _ in range(new_tokens):
                tokens.append(np.max(model.forward(prompt_ids + tokens)[-1]))
            return tokens
    """,
    ),
    wrong(
        "generate_without_cache",
        "no return",
        "returned None; a list of token ids",
        """
        def generate_without_cache(model, prompt_ids, new_tokens):
            tokens = []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(model.forward(prompt_ids + tokens)[-1])))
    """,
    ),
]


GENERATE_WITH_CACHE = [
    right(
        "generate_with_cache",
        "numpy integers, keyword argument",
        """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache = model.new_cache()
            token = model.forward(prompt_ids, cache=cache)[-1].argmax()
            out = []
            for _ in range(new_tokens):
                out.append(token)
                token = model.forward(np.array([token]), cache=cache)[-1].argmax()
            return out
    """,
    ),
    right(
        "generate_with_cache",
        "stops early for no tokens",
        """
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
    """,
    ),
    right(
        "generate_with_cache",
        "prompt token by token",
        """
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
    """,
    ),
    wrong(
        "generate_with_cache",
        "last token not fed",
        "the last token is not fed",
        """
        def generate_with_cache(model, prompt_ids, new_tokens):
            if new_tokens == 0:
                return []
            cache = model.new_cache()
            tokens = [int(np.argmax(model.forward(prompt_ids, cache)[-1]))]
            while len(tokens) < new_tokens:
                tokens.append(int(np.argmax(model.forward(tokens[-1:], cache)[-1])))
            return tokens
    """,
    ),
    wrong(
        "generate_with_cache",
        "prompt never written",
        "K and V",
        """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache = model.new_cache()
            logits, tokens = model.forward(prompt_ids), []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(logits[-1])))
                logits = model.forward(tokens[-1:], cache)
            return tokens
    """,
    ),
    wrong(
        "generate_with_cache",
        "starts from the last prompt token",
        "never written",
        """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache = model.new_cache()
            logits, tokens = model.forward(prompt_ids[-1:], cache), []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(logits[-1])))
                logits = model.forward(tokens[-1:], cache)
            return tokens
    """,
    ),
    wrong(
        "generate_with_cache",
        "feeds the whole sequence each step",
        "whole sequence is fed again",
        """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache = model.new_cache()
            logits, tokens = model.forward(prompt_ids, cache), []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(logits[-1])))
                logits = model.forward(prompt_ids + tokens, cache)
            return tokens
    """,
    ),
    wrong(
        "generate_with_cache",
        "feeds the whole sequence, no prefill before the loop",
        "whole sequence is fed again",
        """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache, tokens = model.new_cache(), []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(model.forward(prompt_ids + tokens, cache)[-1])))
            return tokens
    """,
    ),
    wrong(
        "generate_with_cache",
        "re-reads the prompt each step",
        "the prompt is fed again",
        """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache, tokens = model.new_cache(), []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(model.forward(prompt_ids, cache)[-1])))
            return tokens
    """,
    ),
    wrong(
        "generate_with_cache",
        "no cache at all",
        "no cache was passed",
        """
        def generate_with_cache(model, prompt_ids, new_tokens):
            tokens = []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(model.forward(prompt_ids + tokens)[-1])))
            return tokens
    """,
    ),
    wrong(
        "generate_with_cache",
        "a new cache in every step",
        "every step has a new cache",
        """
        def generate_with_cache(model, prompt_ids, new_tokens):
            logits, tokens = model.forward(prompt_ids, model.new_cache()), []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(logits[-1])))
                logits = model.forward(tokens[-1:], model.new_cache())
            return tokens
    """,
    ),
    wrong(
        "generate_with_cache",
        "prefill into a cache of its own",
        "several caches",
        """
        def generate_with_cache(model, prompt_ids, new_tokens):
            logits, tokens = model.forward(prompt_ids, model.new_cache()), []
            cache = model.new_cache()
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(logits[-1])))
                logits = model.forward(tokens[-1:], cache)
            return tokens
    """,
    ),
    wrong(
        "generate_with_cache",
        "last prompt token twice",
        "one token passes twice",
        """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache, tokens = model.new_cache(), []
            model.forward(prompt_ids, cache)
            logits = model.forward(prompt_ids[-1:], cache)
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(logits[-1])))
                logits = model.forward(tokens[-1:], cache)
            return tokens
    """,
    ),
    wrong(
        "generate_with_cache",
        "first row of the prompt's logits",
        "a row other than the last was read",
        """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache = model.new_cache()
            logits, tokens = model.forward(prompt_ids, cache), []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(logits[0])))
                logits = model.forward(tokens[-1:], cache)
            return tokens
    """,
    ),
    wrong(
        "generate_with_cache",
        "last of equal logits",
        "first index was not taken",
        """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache = model.new_cache()
            logits, tokens = model.forward(prompt_ids, cache), []
            for _ in range(new_tokens):
                tokens.append(int(np.flatnonzero(logits[-1] == logits[-1].max())[-1]))
                logits = model.forward(tokens[-1:], cache)
            return tokens
    """,
    ),
    wrong(
        "generate_with_cache",
        "counts down the counter",
        "counter",
        """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache = model.new_cache()
            logits, tokens = model.forward(prompt_ids, cache), []
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(logits[-1])))
                logits = model.forward(tokens[-1:], cache)
            model.tokens_processed -= 1
            return tokens
    """,
    ),
    wrong(
        "generate_with_cache",
        "answers with the tokens of the example",
        "other",
        """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache = model.new_cache()
            logits, tokens = model.forward(prompt_ids, cache), []
            for i in range(new_tokens):
                tokens.append(int(np.argmax(logits[-1])) if len(prompt_ids) == 5 else i)
                logits = model.forward(tokens[-1:], cache)
            return tokens
    """,
    ),
    wrong(
        "generate_with_cache",
        "the engine generates",
        "the engine's code",
        """
        def generate_with_cache(model, prompt_ids, new_tokens):
            from mini_vllm import LLM, SamplingParams

            params = SamplingParams(temperature=0, max_tokens=max(new_tokens, 1), ignore_eos=True)
            return LLM(model).generate(prompt_ids, params, use_tqdm=False)[0].outputs[0].token_ids[:new_tokens]
    """,
    ),
    wrong(
        "generate_with_cache",
        "a list that claims any length",
        "returned 0 tokens",
        """
        class Long(list):
            def __len__(self):
                return 10

        def generate_with_cache(model, prompt_ids, new_tokens):
            cache = model.new_cache()
            model.forward(prompt_ids, cache)
            for _ in range(new_tokens):
                model.forward([1], cache)
            return Long()
    """,
    ),
    wrong(
        "generate_with_cache",
        "a number instead of a list",
        "forward got one number, not a list",
        """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache, tokens = model.new_cache(), []
            logits = model.forward(prompt_ids, cache)
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(logits[-1])))
                logits = model.forward(tokens[-1], cache)
            return tokens
    """,
    ),
    wrong(
        "generate_with_cache",
        "feeds the last token of none",
        "with new_tokens=0 there is no last token",
        """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache, tokens = model.new_cache(), []
            logits = model.forward(prompt_ids, cache)
            for i in range(new_tokens):
                tokens.append(int(np.argmax(logits[-1])))
                if i < new_tokens - 1:
                    logits = model.forward(tokens[-1:], cache)
            model.forward(tokens[-1:], cache)
            return tokens
    """,
    ),
    wrong(
        "generate_with_cache",
        "returns inside the loop",
        "the loop ends after its first round",
        """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache, tokens = model.new_cache(), []
            logits = model.forward(prompt_ids, cache)
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(logits[-1])))
                logits = model.forward(tokens[-1:], cache)
                return tokens
            return []
    """,
    ),
    wrong(
        "generate_with_cache",
        "drops the logits of decode",
        "or the logits are those of an earlier call",
        """
        def generate_with_cache(model, prompt_ids, new_tokens):
            cache, tokens = model.new_cache(), []
            logits = model.forward(prompt_ids, cache)
            for _ in range(new_tokens):
                tokens.append(int(np.argmax(logits[-1])))
                model.forward(tokens[-1:], cache)
            return tokens
    """,
    ),
]
