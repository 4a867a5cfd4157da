"""Exercise 3: what wrong bytes of a model with sliding windows say about how they were made."""

from dataclasses import dataclass
from typing import Any

from labkit.check import Call, Why
from labkit.failure import CheckFailed
from labkit.lab_02.exercise import CountExercise
from labkit.lab_02.units import config_name, probe

EXAMPLE = [4, None, 6]
# probe has three layers. 10 tokens of 1 and of 2 bytes per element, then 5 tokens of 1 byte.
PROBES = ((probe, 10, EXAMPLE, 1), (probe, 10, EXAMPLE, 2), (probe, 5, EXAMPLE, 1))
SHORTER = "ask what a window of 6 keeps of a sequence of 5 tokens"
ONE_LAYER = "compute what one token takes in one layer first"


@dataclass(frozen=True, kw_only=True)
class WindowExercise(CountExercise):
    """A mistake that is not listed gets a next step with the failing call's own numbers."""

    def explain(self, call: Call, value: Any, expected: Any) -> Why:
        config, seq_len = call.args[:2]
        if config != probe and self._of_probe(call) == value:
            return "the result is probe's for every config", "read the argument `config`"
        cause, step = super().explain(call, value, expected)
        if (cause, step) == self.otherwise:
            step = f"write down the tokens that each layer of {config_name(config)} keeps of {seq_len:,}"
        return cause, step

    def _of_probe(self, call: Call) -> Any:
        try:
            return call.check(probe, *call.args[1:]).value()
        except CheckFailed:
            return None


WINDOWS = WindowExercise(
    unit="bytes",
    probes=PROBES,
    mistakes={
        (960, 1920, 480): ("the windows have no effect: every layer keeps the whole sequence", SHORTER),
        (384, 768, 384): (
            "the first window is used for every layer, also for those with another entry",
            "go through layer_windows entry by entry",
        ),
        (320, 640, 288): (
            "a layer with full attention (None) counts as if it kept nothing",
            "ask what a layer without a window keeps",
        ),
        (960, 1920, 512): ("the larger of the sequence and the window is kept, not the smaller", SHORTER),
        (640, 1280, 480): ("a window counts in full, even where the sequence is shorter", SHORTER),
        (1600, 3200, 1568): (
            "a layer with full attention counts max_position_embeddings tokens",
            "ask how many tokens there are to keep",
        ),
        (1920, 3840, 1344): (
            "each entry is multiplied by the bytes of all layers, so the layers are counted twice",
            ONE_LAYER,
        ),
        (128, 256, 128): ("only the first layer is counted", "add up all entries of layer_windows"),
        (512, 1024, 320): ("the first layer is missing", "add up all entries of layer_windows"),
        (448, 896, 288): ("the last layer is missing", "add up all entries of layer_windows"),
        (640, 640, 448): ("bytes_per_element has no effect, or is fixed at 1", "multiply by it, or pass it on"),
        (1280, 1280, 896): (
            "bytes_per_element is fixed at 2: it is not passed on, so a default is used",
            "pass it on",
        ),
        (640, 2560, 448): ("bytes_per_element is applied twice", "one token's bytes contain it already"),
        (640, 1280, 192): (
            "the window is subtracted from the sequence: the tokens outside it are counted",
            "count the tokens inside the window",
        ),
        (320, 640, 224): ("the factor 2 is missing: K is counted, V is not", "count both vectors"),
        (1280, 2560, 896): ("a factor 2 is applied once more", "one token's bytes contain K and V already"),
        (704, 1408, 480): ("a window keeps one token too many", "ask what a window of 4 keeps of 10 tokens"),
        (576, 1152, 416): ("a window keeps one token too few", "ask what a window of 4 keeps of 10 tokens"),
        (3840, 7680, 2688): (
            "the query heads are counted instead of the KV heads",
            "compare both fields of the config that have `heads` in their names",
        ),
        (4800, 9600, 3360): ("hidden_size is used instead of KV heads times head_dim", ONE_LAYER),
        (768, 1536, 448): (
            "None and a window are swapped: the windowed layers keep everything",
            "ask which layers None stands for",
        ),
        (20, 20, 14): ("tokens are counted, not bytes", ONE_LAYER),
        (213, 426, 149): (
            "the layers are divided out once more than they are counted",
            "print the bytes of one token in one layer",
        ),
    },
    edges={
        (10, (4, None, 6)): ("the default of bytes_per_element is no longer 2", "restore `bytes_per_element=2`"),
        (0, (4, None, 6), 1): ("an empty sequence still takes memory", "ask what any layer keeps of 0 tokens"),
    },
    otherwise=(
        "the layers are not added up by what each one keeps",
        "write down the tokens that each layer of probe keeps of 10",
    ),
    hidden=(
        "an example value is hard-coded here or in what this calls, or the entries are taken to be all alike",
        "try one layer with a window and the others without",
    ),
)
