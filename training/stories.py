"""Short stories for children, drawn from a generator: no two runs of the same seed differ."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from training import words
from training.plots import PLOTS

OPENINGS = [
    "Once upon a time[,|] there was {a_hero} [named|called] {name}.",
    "Once upon a time, {at_home}, there lived {a_hero} [named|called] {name}.",
    "[There once was|Long ago there was|Once there was] {a_hero} [named|called] {name}.",
    "{name} was {a_hero}[ who lived {at_home}|].",
    "{At_home} there lived {a_hero} [named|called] {name}.",
    "This is the story of {a_hero} [named|called] {name}.",
    "[Far away|A long time ago], {at_home}, lived {a_hero} [named|called] {name}.",
]
HABITS = [
    "{He} [liked|loved] to {hobby}[ all day long| with {his} friends|].",
    "Every [day|morning|evening], {name} [liked|loved] to {hobby}.",
    "{He} lived with {his} [mother|family|grandmother|two brothers|three sisters] and loved to {hobby}.",
    "Everyone [{at_home}|] knew {him}[, because {he} was so kind|].",
    "",
]
ENDINGS = [
    "From that day on, {name} and {friend} were [best|good] friends.",
    "[Then they|They] played together until [the sun went down|it was dark|the stars came out].",
    "{name} [was very happy|had never been so happy|smiled all the way home].",
    "[That night|In the evening], {name} told {his} [mother|family] all about it[ and fell asleep with a smile|].",
    "{name} and {friend} [walked home together|laughed and danced|sat down and ate some {food}].",
]


_CHOICE = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True)
class Story:
    """A story and the words it was filled with; `topic` is what happens in it, for example "a lost ball"."""

    text: str
    topic: str
    slots: Mapping[str, str]


def pick(options: Sequence[str], rng: np.random.Generator) -> str:
    """One of `options`, each as likely."""
    return options[rng.integers(len(options))]


def expand(template: str, slots: Mapping[str, str], rng: np.random.Generator) -> str:
    """`template` with one of each [this|that] drawn and every {slot} filled in."""
    while "[" in template:  # the innermost brackets first
        template = _CHOICE.sub(lambda match: pick(match[1].split("|"), rng), template)
    return template.format_map(slots)


def a(noun: str) -> str:
    """The noun with its article: "a fox", "an owl"."""
    return f"{'an' if noun[0] in 'aeio' else 'a'} {noun}"


def character(rng: np.random.Generator, other_than: Sequence[str] = ()) -> dict[str, str]:
    """Who somebody is, as slots. other_than: kinds and names that are taken."""
    kinds = [kind for kind in [*words.ANIMALS * 2, *words.PEOPLE] if kind not in other_than]
    kind = pick(kinds, rng)
    looks = [look for look in words.LOOKS if look != "old" or kind not in words.YOUNG]
    he = words.PEOPLE.get(kind) or pick(["he", "she"], rng)
    names = words.BOYS if he == "he" else words.GIRLS
    return {
        "name": pick([name for name in names if name not in other_than], rng),
        "kind": kind,
        "a_hero": a(f"{pick(looks, rng)} {kind}"),
        "he": he,
        "him": "him" if he == "he" else "her",
        "his": "his" if he == "he" else "her",
    }


def story(rng: np.random.Generator) -> Story:
    """A new story."""
    hero = character(rng)
    friend = character(rng, other_than=[hero["kind"], hero["name"]])
    home, place = rng.choice(list(words.PLACES), 2, replace=False)
    colour, noun = pick(words.COLOURS, rng), pick(words.THINGS, rng)
    slots = hero | {
        "friend": friend["name"],
        "fkind": friend["kind"],
        "a_friend": friend["a_hero"],
        "a_fkind": a(friend["kind"]),
        "a_kind": a(hero["kind"]),
        "fhe": friend["he"],
        "fhim": friend["him"],
        "fhis": friend["his"],
        "at_home": f"{words.PLACES[home]} the {home}",
        "the_place": f"the {place}",
        "at_place": f"{words.PLACES[place]} the {place}",
        "colour": colour,
        "noun": noun,
        "thing": f"{colour} {noun}",
        "fragile": pick(words.FRAGILE, rng),
        "food": pick(words.FOODS, rng),
        "hobby": pick(words.HOBBIES, rng),
        "fear": pick(words.FEARS, rng),
        "building": pick(words.BUILDINGS, rng),
        "skill": pick(words.SKILLS, rng),
        "gift": pick(words.GIFTS, rng),
    }
    slots |= {"He": slots["he"].title(), "His": slots["his"].title()}
    slots["At_home"] = slots["at_home"][0].upper() + slots["at_home"][1:]
    topic = pick(list(PLOTS), rng)
    sentences = [
        pick(OPENINGS, rng),
        pick(HABITS, rng),
        *PLOTS[topic],
        pick(ENDINGS, rng),
        pick(["", "", "The end."], rng),
    ]
    text = " ".join(expand(" ".join(sentences), slots, rng).split())
    return Story(text, expand(topic, slots, rng), slots)


def introduction(rng: np.random.Generator) -> str:
    """Somebody introduces themselves: what may follow on "Hello, my name is"."""
    who = character(rng)
    place = pick(list(words.PLACES), rng)
    slots = who | {"hobby": pick(words.HOBBIES, rng), "at_home": f"{words.PLACES[place]} the {place}"}
    greeting = "[Hello, my|Hello! My|My] name is {name}[. I am| and I am] {a_hero}"
    return expand(greeting + "[ and|. I] live {at_home}. I [like|love] to {hobby}.", slots, rng)
