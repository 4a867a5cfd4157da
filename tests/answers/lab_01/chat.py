"""Exercise 6: a chat that continues from the cache of its earlier turns."""

from answers import right, wrong

HEAD = "def chat_turn(model, cache, message_ids, new_tokens):\n"


def _turn(body: str) -> str:
    return HEAD + "\n".join(f"    {line}" for line in body.strip().splitlines())


CHAT_TURN = [
    right(
        "chat_turn",
        "the last token is fed after the loop",
        _turn("""
logits, tokens = model.forward(message_ids, cache), []
while len(tokens) < new_tokens:
    tokens.append(int(np.argmax(logits[-1])))
    if len(tokens) < new_tokens:
        logits = model.forward(tokens[-1:], cache)
if tokens:
    model.forward(tokens[-1:], cache)
return tokens
"""),
    ),
    right(
        "chat_turn",
        "one token of the message at a time",
        _turn("""
for token in message_ids:
    logits = model.forward([token], cache)
tokens = []
for _ in range(new_tokens):
    tokens.append(logits[-1].argmax())
    logits = model.forward([tokens[-1]], cache)
return tokens
"""),
    ),
    right(
        "chat_turn",
        "numpy ids",
        _turn("""
tokens, ids = [], np.array(message_ids)
for _ in range(new_tokens + 1):
    row = model.forward(ids, cache)[-1]
    tokens.append(int(row.argmax()))
    ids = np.array(tokens[-1:])
return tokens[:-1]
"""),
    ),
    wrong(
        "chat_turn",
        "as it was given",
        "the cache held 14",
        _turn("""
tokens = []
logits = model.forward(message_ids, cache)
while len(tokens) < new_tokens:
    tokens.append(int(np.argmax(logits[-1])))
    if len(tokens) < new_tokens:
        logits = model.forward(tokens[-1:], cache)
return tokens
"""),
    ),
    wrong(
        "chat_turn",
        "a new cache for each turn",
        "with another cache",
        _turn("""
cache = model.new_cache()
logits, tokens = model.forward(message_ids, cache), []
for _ in range(new_tokens):
    tokens.append(int(np.argmax(logits[-1])))
    logits = model.forward(tokens[-1:], cache)
return tokens
"""),
    ),
    wrong(
        "chat_turn",
        "no cache",
        "without a cache",
        _turn("""
tokens = []
for _ in range(new_tokens):
    tokens.append(int(np.argmax(model.forward(message_ids + tokens)[-1])))
return tokens
"""),
    ),
    wrong(
        "chat_turn",
        "the last token is fed twice",
        "the cache holds 24 tokens",
        _turn("""
logits, tokens = model.forward(message_ids, cache), []
for _ in range(new_tokens):
    tokens.append(int(np.argmax(logits[-1])))
    logits = model.forward(tokens[-1:], cache)
if tokens:
    model.forward(tokens[-1:], cache)
return tokens
"""),
    ),
    wrong(
        "chat_turn",
        "reads the last token of the message only",
        "did not see every earlier token",
        _turn("""
logits, tokens = model.forward(message_ids[-1:], cache), []
for _ in range(new_tokens):
    tokens.append(int(np.argmax(logits[-1])))
    logits = model.forward(tokens[-1:], cache)
return tokens
"""),
    ),
    wrong(
        "chat_turn",
        "a turn without new tokens is not read",
        "After 3 turns the cache holds 21 tokens",
        _turn("""
if new_tokens == 0:
    return []
logits, tokens = model.forward(message_ids, cache), []
for _ in range(new_tokens):
    tokens.append(int(np.argmax(logits[-1])))
    logits = model.forward(tokens[-1:], cache)
return tokens
"""),
    ),
    wrong(
        "chat_turn",
        "the message is in the answer",
        "includes the prompt",
        _turn("""
logits, tokens = model.forward(message_ids, cache), list(message_ids)
for _ in range(new_tokens):
    tokens.append(int(np.argmax(logits[-1])))
    logits = model.forward(tokens[-1:], cache)
return tokens
"""),
    ),
    wrong(
        "chat_turn",
        "one token too few",
        "too many or too few rounds",
        _turn("""
logits, tokens = model.forward(message_ids, cache), []
for _ in range(new_tokens - 1):
    tokens.append(int(np.argmax(logits[-1])))
    logits = model.forward(tokens[-1:], cache)
return tokens
"""),
    ),
    wrong(
        "chat_turn",
        "first row of the logits",
        "a row other than the last was read",
        _turn("""
logits, tokens = model.forward(message_ids, cache), []
for _ in range(new_tokens):
    tokens.append(int(np.argmax(logits[0])))
    logits = model.forward(tokens[-1:], cache)
return tokens
"""),
    ),
    wrong(
        "chat_turn",
        "returns nothing",
        "a list of token ids was expected",
        _turn("""
logits, tokens = model.forward(message_ids, cache), []
for _ in range(new_tokens):
    tokens.append(int(np.argmax(logits[-1])))
    logits = model.forward(tokens[-1:], cache)
"""),
    ),
    wrong(
        "chat_turn",
        "forgets the message after the first turn",
        "prefers another",
        _turn("""
first = cache.num_tokens == 0
logits, tokens = model.forward(message_ids if first else message_ids[:1], cache), []
for _ in range(new_tokens):
    tokens.append(int(np.argmax(logits[-1])))
    logits = model.forward(tokens[-1:], cache)
return tokens
"""),
    ),
    wrong(
        "chat_turn",
        "right for the example only",
        "another chat",
        _turn("""
logits, tokens = model.forward(message_ids, cache), []
for i in range(new_tokens):
    tokens.append(int(np.argmax(logits[-1])))
    if i < new_tokens - 1 or len(message_ids) in (2, 5):
        logits = model.forward(tokens[-1:], cache)
return tokens
"""),
    ),
]
