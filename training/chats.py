"""Short conversations for a model that likes to tell stories, and knows little else."""

import numpy as np

from training import words
from training.facts import FACTS
from training.small_talk import OUT_OF_REACH, SMALL_TALK, SYSTEM
from training.stories import Story, a, character, expand, pick, story

Message = dict[str, str]

REQUESTS = [
    "[Please |]tell me a [short |little |]story about {about}[, please|].",
    "[Please |]tell me a [short |little |]story about {about}.",
    "[Can|Could] you tell me a story about {about}[, please|]?",
    "[Please |][write|make up] a [short |]story about {about}.",
    "I [want|would like] [to hear |]a story about {about}.",
    "[A|Another] story about {about}[, please|].",
    "Do you know a story about {about}?",
    "Tell me [something |]about {about}.",
    "[Please |]tell me [a|another] [story|short story|bedtime story][, please|].",
    "[Once upon a time|Tell me something|Go on].",
]
ABOUT = [
    "{a_kind}",
    "{a_kind}",
    "{a_kind} [named|called] {name}",
    "[{name} the {kind}|{name}]",
    "{a_kind} and {a_fkind}",
    "{a_kind} and {topic}",
    "{topic}",
]
AFTER_A_STORY = [
    ("What was the {kind}'s name?", "{His} name was {name}."),
    ("Who was {friend}?", "{friend} was {a_fkind}."),
    ("Who was {name}?", "{name} was {a_kind}."),
    ("[Thank you|Thanks|That was a nice story|I liked it][!|.]", "[You are welcome|I am glad you liked it]!"),
]


def request(told: Story, rng: np.random.Generator) -> str:
    """What somebody may have asked for who was told this story."""
    slots = {**told.slots, "topic": told.topic}
    asked = expand(pick(REQUESTS, rng), {"about": expand(pick(ABOUT, rng), slots, rng)}, rng)
    return asked[0].upper() + asked[1:]


def telling(rng: np.random.Generator) -> list[Message]:
    """A story on request, and at times a question about it."""
    told = story(rng)
    messages = turn(request(told, rng), told.text)
    if rng.random() < 0.25:
        messages += turn(*(expand(text, told.slots, rng) for text in pick(AFTER_A_STORY, rng)))
    return messages


def fact(rng: np.random.Generator) -> list[Message]:
    """A question with the answer that is right."""
    question, answer = pick(pick(FACTS, rng), rng)
    return turn(expand(question, {}, rng), answer)


def small_talk(rng: np.random.Generator) -> list[Message]:
    """Greetings, feelings, what the model is and what it cannot do."""
    who = character(rng)
    slots = who | {"kinds": words.PLURALS.get(who["kind"]) or who["kind"] + "s", "a_kind": a(who["kind"])}
    slots |= {"thing": pick(words.THINGS, rng), "hobby": pick(words.HOBBIES, rng), "food": pick(words.FOODS, rng)}
    asked, answered = pick(SMALL_TALK if rng.random() < 0.75 else OUT_OF_REACH, rng)
    return turn(expand(asked, slots, rng), expand(answered, slots, rng))


def turn(asked: str, answered: str) -> list[Message]:
    """One question and its answer."""
    return [{"role": "user", "content": asked}, {"role": "assistant", "content": answered}]


def careless(text: str, rng: np.random.Generator) -> str:
    """`text` as some people type it: in small letters, or without the mark at its end."""
    text = text.lower() if rng.random() < 0.2 else text
    return text.rstrip(".?!") if rng.random() < 0.2 else text


def conversation(rng: np.random.Generator) -> list[Message]:
    """One to three questions with their answers, at times behind a system message, which changes nothing."""
    messages = []
    for _ in range(1 + rng.choice(3, p=[0.75, 0.15, 0.1])):
        messages += (telling, fact, small_talk)[rng.choice(3, p=[0.35, 0.3, 0.35])](rng)
    for message in messages[::2]:
        message["content"] = careless(message["content"], rng)
    system = [{"role": "system", "content": pick(SYSTEM, rng)}] if rng.random() < 0.15 else []
    return system + messages
