"""ModelConfig: Hugging Face's names, and numbers that fit a model."""

from dataclasses import FrozenInstanceError

import pytest

from mini_vllm import ModelConfig


def test_a_field_left_out_follows_from_the_others():
    config = ModelConfig(hidden_size=96, num_attention_heads=8)
    assert (config.num_key_value_heads, config.head_dim) == (8, 12)


def test_head_dim_may_differ_from_hidden_size_divided_by_heads():
    config = ModelConfig(
        num_hidden_layers=3, num_attention_heads=12, num_key_value_heads=2, head_dim=8, hidden_size=120
    )
    assert config.head_dim == 8


def test_a_config_is_frozen():
    with pytest.raises(FrozenInstanceError):
        ModelConfig().hidden_size = 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("hidden_size", 0),
        ("vocab_size", -1),
        ("num_hidden_layers", 2.0),
        ("num_attention_heads", 0),
        ("num_attention_heads", True),
        ("rms_norm_eps", 0.0),
        ("rope_theta", "10000"),
        ("head_dim", 0),
    ],
)
def test_a_number_that_fits_no_model_is_named(field, value):
    with pytest.raises(ValueError, match=f"{field}={value!r}"):
        ModelConfig(**{field: value})


def test_kv_heads_that_do_not_divide_the_query_heads_are_named():
    with pytest.raises(ValueError, match="num_key_value_heads=3 does not divide num_attention_heads=8"):
        ModelConfig(num_attention_heads=8, num_key_value_heads=3)
