"""What a card holds: weights, the cache of each user, and what stays free."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from labkit.lab_02.units import GIB, llama, readable
from labkit.specs import GPU_SPECS
from labkit.style import BLUE, LIGHT, WIDTH, pyplot, show
from mini_vllm import ModelConfig

assert llama.num_parameters is not None
EXACT = llama.num_parameters * 2
MHA = replace(llama.config, num_key_value_heads=llama.config.num_attention_heads)
MOST_STRIPES = 128  # more of them would merge into one grey


@dataclass(frozen=True, kw_only=True)
class Case:
    """The assumptions of one calculator."""

    label: str
    card: int = 24 * GIB
    weights: int = 16 * GIB
    config: ModelConfig = llama.config
    context: int = 2_048
    bytes_per_element: int = 2


SEVEN_CASES = [
    Case(label="1  the prediction's card"),
    Case(label="2  weights counted exactly", weights=EXACT),
    Case(label="3  ... and a GB counted\n    as 10⁹ bytes", weights=EXACT, card=24 * 10**9),
    Case(label="4  ... or 90 % of 24 GiB", weights=EXACT, card=24 * GIB * 9 // 10),
    Case(label="5  row 1, 8-bit cache", bytes_per_element=1),
    Case(label="6  row 1, without GQA", config=MHA),
    Case(label="7  row 1, 8,192 tokens", context=8_192),
]


class CardPlot:
    """Drawings of cards, computed by the student's two functions."""

    def __init__(self, kv_bytes_per_sequence: Callable[..., Any], max_concurrent_sequences: Callable[..., Any]) -> None:
        self._sequence_bytes, self._users = kv_bytes_per_sequence, max_concurrent_sequences

    def compare(self, cases: Sequence[Case] = SEVEN_CASES) -> None:
        """Draw one bar per case, and print the same numbers as a table."""
        self._draw(cases, height=5.4)
        show(
            "with the same weights, 8 bits make room for twice as many users;\n"
            "no GQA, or 4 times the context, leaves room for a quarter."
        )
        print(f"{'case':<40}{'card':>10}{'weights':>10}{'bytes per user':>16}{'users':>7}{'free':>11}")
        for case in cases:
            one, users = self._count(case)
            free = readable(case.card - case.weights - users * one)
            sizes = f"{readable(case.card):>10}{readable(case.weights):>10}{readable(one):>16}"
            print(f"{' '.join(case.label.split()):<40}{sizes}{users:>7}{free:>11}")
        for name in ("RTX-4090", "L4"):
            card = GPU_SPECS[name].memory_bytes
            users = self._count(Case(label="", card=card, weights=EXACT))[1]
            print(f"A real {name}, sold as 24 GB, reports {card // 2**20:,} MiB: {users} users with exact weights.")
        print(f"Exact weights: {llama.num_parameters:,} parameters of 2 bytes.")

    def draw(self, context: int, cache: int, card: int) -> str:
        """Draw one card of `card` GiB; returns what it holds. For sliders."""
        case = Case(label="Llama-3-8B", weights=EXACT, card=card * GIB, context=context, bytes_per_element=cache)
        self._draw([case], height=1.9)
        plt = pyplot()
        plt.show()
        one, users = self._count(case)
        if case.weights > case.card:
            return f"the weights ({readable(EXACT)}) do not fit."
        users_of = f"{users:,} {'user' if users == 1 else 'users'} of {readable(one)} each"
        return f"{users_of}, beside {readable(EXACT)} of weights."

    def _count(self, case: Case) -> tuple[int, int]:
        one = self._sequence_bytes(case.config, case.context, case.bytes_per_element)
        return one, self._users(case.card, case.weights, one)

    def _draw(self, cases: Sequence[Case], height: float) -> None:
        plt = pyplot()
        _, axes = plt.subplots(figsize=(WIDTH, height), layout="constrained")
        longest = max(case.card for case in cases) / GIB
        for y, case in enumerate(cases):
            one, users = self._count(case)
            used = min(case.weights, case.card) / GIB
            axes.barh(y, used, color=LIGHT, edgecolor="black", hatch="//", height=0.62)
            axes.barh(y, users * one / GIB, left=used, color=BLUE, height=0.62)
            if users <= MOST_STRIPES:
                edges = [used + (i + 1) * one / GIB for i in range(users - 1)]
                axes.vlines(edges, y - 0.31, y + 0.31, color="white", linewidth=0.8)
            axes.barh(y, case.card / GIB, color="none", edgecolor="black", height=0.62)
            text = f"{users:,} user" + "s" * (users != 1) if case.weights <= case.card else "too small"
            axes.text(case.card / GIB + longest * 0.015, y, text, va="center", weight="bold")
        axes.text(longest * 0.01, -0.42, "hatched: weights", va="bottom", size=11)
        stripes = ", a stripe per user" if max(self._count(case)[1] for case in cases) <= MOST_STRIPES else ""
        axes.text(longest * 0.99, -0.42, f"blue: KV{stripes}", color=BLUE, va="bottom", ha="right", size=11)
        axes.text(longest * 1.015, -0.42, "white: free", va="bottom", size=11)
        axes.set_yticks(range(len(cases)), [case.label for case in cases], ha="left")
        axes.tick_params(axis="y", pad=180 if len(cases) > 1 else 80, length=0)
        axes.set(ylim=(len(cases) - 0.5, -0.95), xlim=(0, longest * 1.2), xlabel="memory of the card (GiB)")
        axes.spines[["top", "right"]].set_visible(False)
