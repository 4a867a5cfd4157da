"""Exercise 1: what wrong bytes of one token say about how they were made."""

from labkit.lab_02.exercise import CountExercise
from labkit.lab_02.units import llama, probe

# The bytes of one token of probe with 1 and 2 bytes per element, then of Llama-3-8B with 2.
PROBES = ((probe, 1), (probe, 2), (llama.config, 2))
VISIBLE = (96, 192, 131_072)
AXES = "look at the axes of the tiny cache, one by one"
NEVER_READ_AGAIN = "ask whether any later token will ever need an old q"
BOTH_FIELDS = "with GQA, several query heads share one KV head: compare both fields of the config"
USE_THE_FIELD = "the config has a field for the number of KV heads: use its value unchanged"

MISTAKES = {
    (48, 96, 65_536): (
        "the factor 2 is missing: K is counted, V is not",
        "count the vectors that one KV head stores for one token",
    ),
    (48, 96, 16_384): (
        "the number of KV heads is missing",
        "find the axis of the tiny cache that is missing from your formula",
    ),
    (24, 48, 8192): ("K or V of a single head is counted", "count the vectors that a layer stores for one token"),
    (144, 288, 196_608): ("Q is counted as well", NEVER_READ_AGAIN),
    (384, 768, 393_216): ("Q is counted as well, with all its heads", NEVER_READ_AGAIN),
    (336, 672, 327_680): (
        "Q, or the number of its heads, stands in for K or for V",
        "give K and V the same number of heads",
    ),
    (576, 1152, 524_288): ("the query heads are counted instead of the KV heads", BOTH_FIELDS),
    (288, 576, 262_144): (
        "the query heads are counted instead of the KV heads, and the factor 2 is missing",
        "compare the two fields with `heads` in their names, then count K and V",
    ),
    (720, 1440, 524_288): ("hidden_size is used instead of KV heads times head_dim", AXES),
    (360, 720, 262_144): (
        "hidden_size is used instead of KV heads times head_dim, and the factor 2 is missing",
        AXES,
    ),
    (120, 240, 131_072): (
        "the width of a head is computed from hidden_size (divided by the heads, or by the group)",
        "use the field head_dim: not every model has hidden_size / heads",
    ),
    (288, 576, 65_536): ("the group size (query heads per KV head) is used as the number of KV heads", USE_THE_FIELD),
    (144, 288, 32_768): (
        "the group size is used as the number of KV heads, and the factor 2 is missing",
        "use the config's field, then count K and V",
    ),
    (32, 64, 4096): ("the layers are missing: this is one layer's share", "ask how many layers have attention"),
    (128, 256, 135_168): (
        "one layer too many is counted",
        "count attention layers only: the embedding has neither K nor V",
    ),
    (64, 128, 126_976): ("one layer is missing", "count every layer, the first and the last included"),
    (12, 24, 1024): (
        "head_dim is missing: each vector is counted as one number",
        "ask how many numbers one vector holds",
    ),
    (96, 96, 65_536): (
        "bytes_per_element has no effect: numbers are counted, not bytes",
        "multiply by the bytes of one number",
    ),
    (192, 192, 131_072): (
        "bytes_per_element is fixed at 2, whatever was passed",
        "use the argument; its default is 2 already",
    ),
    (384, 384, 262_144): ("bytes_per_element is fixed at 4, whatever was passed", "use the argument"),
    (96, 384, 262_144): ("bytes_per_element is applied twice", "multiply by it once"),
    (768, 1536, 1_048_576): ("bits are counted instead of bytes", "drop the 8: bytes_per_element is in bytes"),
    (12, 24, 16_384): ("bytes_per_element is taken for bits: the result is divided by 8", "it is in bytes already"),
    (192, 384, 262_144): (
        "a factor 2 appears twice, or Q and the output are counted as well",
        "ask which vectors a later token reads",
    ),
    (768, 1536, 16_777_216): ("head_dim is multiplied in twice", "ask how many numbers one vector holds"),
    (3840, 7680, 1_073_741_824): (
        "a whole context of max_position_embeddings tokens is counted",
        "count one token; the next exercise adds the length of a sequence",
    ),
    (1680, 3360, 1_835_008): ("intermediate_size is used: it is the width of the MLP, which stores nothing", AXES),
    (96, 192, 192): ("the result is probe's for every config", "read the argument `config`"),
    (0, 0, 128): ("the result is in KiB", "return bytes, and convert only when you print"),
    (16, 17, 172): ("the sizes are added", "ask how many numbers an array of shape (3, 4) holds"),
}

TOKEN = CountExercise(
    unit="bytes",
    probes=PROBES,
    mistakes=MISTAKES | {VISIBLE: ("the default of bytes_per_element is no longer 2", "restore `bytes_per_element=2`")},
    otherwise=(
        "a factor is missing, doubled, or another field of the config",
        "name the axis that each factor belongs to",
    ),
    hidden=(
        "an example value is hard-coded, or a size is computed from other fields",
        "check that each factor is an argument or a field of the config",
    ),
)
