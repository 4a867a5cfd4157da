"""Questions that have one answer, which a small model can learn by heart; each kind is asked as often."""

from training import words
from training.stories import a


def _legs(animal: str, legs: str) -> tuple[str, str]:
    return f"How many legs does {a(animal)} have?", f"{a(animal).capitalize()} has {legs} legs."


def _count(end: int) -> tuple[str, str]:
    counted = ", ".join(words.NUMBERS[1 : end + 1])
    return f"[Can you count|Please count|Count] to {words.NUMBERS[end]}[.|!|?]", f"{counted.capitalize()}."


def _sum(left: int, right: int) -> tuple[str, str]:
    first, second, total = (words.NUMBERS[number] for number in (left, right, left + right))
    question = f"[What is|How much is] [{first} plus {second}|{first} and {second}|{left} + {right}]?"
    return question, f"{first.capitalize()} plus {second} is {total}."


def _day(index: int, after: str, step: int) -> tuple[str, str]:
    day, other = words.DAYS[index], words.DAYS[(index + step) % 7]
    return f"[What|Which] day comes {after} {day}?", f"{other} comes {after} {day}."


# Pairs of a question, with [one|or another] way to put it, and its answer.
FACTS = [
    [(f"What [colour|color] is {it}?", f"{it.capitalize()} is {colour}.") for it, colour in words.COLOUR_OF.items()],
    [
        (f"What [does {a(animal)} say|sound does {a(animal)} make]?", f"{a(animal).capitalize()} says {sound}.")
        for animal, sound in words.SOUND_OF.items()
    ],
    [(f"Where do {animals} live?", f"{animals.capitalize()} live {home}.") for animals, home in words.HOME_OF.items()],
    [
        (f"[What is|Do you know|Name] the capital of {country}[?|?|.]", f"The capital of {country} is {city}.")
        for country, city in words.CAPITALS.items()
    ],
    [
        (f"What is the opposite of {word}?", f"The opposite of {word} is {other}.")
        for word, other in words.OPPOSITES.items()
    ],
    [_day(index, after, step) for index in range(7) for after, step in (("after", 1), ("before", -1))],
    [_legs(animal, legs) for animal, legs in words.LEGS.items()],
    [_sum(left, right) for left in range(1, 7) for right in range(1, 7)],
    [_count(end) for end in range(3, 11)],
]
