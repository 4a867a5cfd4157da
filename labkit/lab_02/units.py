"""Binary units, and the two models that the tests of this lab use."""

from labkit.specs import MODEL_SPECS
from mini_vllm import ModelConfig

KIB, MIB, GIB = 2**10, 2**20, 2**30

# A made-up shape in which every mistake gives a different number.
probe = ModelConfig(
    num_hidden_layers=3,
    num_attention_heads=12,
    num_key_value_heads=2,
    head_dim=8,
    hidden_size=120,
    intermediate_size=280,
    vocab_size=500,
    max_position_embeddings=40,
)
llama = MODEL_SPECS["Llama-3-8B"]
gemma = MODEL_SPECS["Gemma-2-9B"].config
NAMES = {"probe": probe, "llama.config": llama.config, "lab_02.gemma": gemma}


def readable(num_bytes: int) -> str:
    """A number of bytes in the largest binary unit that it reaches, such as "14.96 GiB"."""
    for unit, name in ((GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")):
        if num_bytes >= unit:
            return f"{num_bytes / unit:,.4g} {name}"
    return f"{num_bytes:,} bytes"


def config_name(config: ModelConfig) -> str:
    """The name of a config in this lab's cells."""
    return next((name for name, known in NAMES.items() if known == config), "a model of another shape")
