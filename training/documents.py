"""What the model learns from: texts with the special tokens that a tokenizer will know."""

from collections.abc import Sequence

import numpy as np

from training.chats import conversation
from training.facts import FACTS
from training.stories import introduction, pick, story

SPECIAL = ["<|endoftext|>", "<|system|>", "<|user|>", "<|assistant|>", "<|end|>"]
END_OF_TEXT, END = SPECIAL[0], SPECIAL[-1]
CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{% if message['role'] not in ['system', 'user', 'assistant'] %}"
    "{{ raise_exception('a role is system, user or assistant, not ' + message['role']) }}"
    "{% endif %}"
    "{{ '<|' + message['role'] + '|>' + message['content'] | trim + '<|end|>' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)


def document(rng: np.random.Generator) -> str:
    """One text to learn from, with the token that ends it."""
    kind = rng.random()
    if kind < 0.50:
        return conversation_text(conversation(rng))
    if kind < 0.52:
        return introduction(rng) + END_OF_TEXT
    if kind < 0.54:
        return pick(pick(FACTS, rng), rng)[1] + END_OF_TEXT
    text = story(rng).text
    if kind < 0.62:  # from the middle on, so that a prompt need not be a story's beginning
        sentences = text.split(". ")
        text = ". ".join(sentences[rng.integers(len(sentences)) :])
    return text + END_OF_TEXT


def conversation_text(messages: Sequence[dict[str, str]]) -> str:
    """What CHAT_TEMPLATE makes of the messages."""
    return "".join(f"<|{message['role']}|>{message['content']}{END}" for message in messages)
