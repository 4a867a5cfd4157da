"""ModelConfig: Hugging Face's names, numbers that fit a model, and files that say what a model is."""

import json
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
        ("tie_word_embeddings", "false"),
        ("eos_token_id", 32_000),
        ("bos_token_id", -1),
        ("bos_token_id", True),
    ],
)
def test_a_number_that_fits_no_model_is_named(field, value):
    with pytest.raises(ValueError, match=f"{field}={value!r}"):
        ModelConfig(**{field: value})


def test_kv_heads_that_do_not_divide_the_query_heads_are_named():
    with pytest.raises(ValueError, match="num_key_value_heads=3 does not divide num_attention_heads=8"):
        ModelConfig(num_attention_heads=8, num_key_value_heads=3)


LLAMA = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_size": 64,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "hidden_act": "silu",
    "attention_bias": False,
    "attention_dropout": 0.1,
    "torch_dtype": "bfloat16",
}


def test_the_tokens_that_end_a_text_may_be_one_or_several_or_none():
    assert ModelConfig().eos_token_ids == ()
    assert ModelConfig(eos_token_id=0).eos_token_ids == (0,)
    assert ModelConfig(eos_token_id=[5, 7]).eos_token_ids == (5, 7)
    assert hash(ModelConfig(eos_token_id=[5, 7])) == hash(ModelConfig(eos_token_id=(5, 7)))


@pytest.mark.parametrize("source", ["dict", "folder", "file", "string"])
def test_a_config_is_read_from_a_dict_a_folder_or_a_file(source, tmp_path):
    file = tmp_path / "config.json"
    file.write_text(json.dumps(LLAMA))
    config = ModelConfig.from_hf({"dict": LLAMA, "folder": tmp_path, "file": file, "string": str(file)}[source])
    assert config == ModelConfig(
        hidden_size=64, num_attention_heads=4, num_key_value_heads=2, bos_token_id=1, eos_token_id=2
    )


def test_eos_and_bos_default_to_those_of_llamaconfig_and_null_is_none():
    assert (ModelConfig.from_hf(LLAMA).bos_token_id, ModelConfig.from_hf(LLAMA).eos_token_id) == (1, 2)
    assert ModelConfig.from_hf(LLAMA | {"eos_token_id": None}).eos_token_ids == ()
    assert ModelConfig.from_hf(LLAMA | {"eos_token_id": [9, 4]}).eos_token_ids == (9, 4)


@pytest.mark.parametrize(
    "rotary",
    [
        {"rope_theta": 500.0},
        {"rope_theta": 500.0, "rope_scaling": None},
        {"rope_theta": 500.0, "rope_scaling": {"type": "default"}},
        {"rope_parameters": {"rope_type": "default", "rope_theta": 500.0}},
        {"rope_parameters": {"rope_theta": 500.0}, "rope_theta": 10_000.0},
        {"rope_theta": 500.0, "rope_interleaved": False, "partial_rotary_factor": 1.0},
    ],
)
def test_the_rotary_base_is_read_as_transformers_4_and_5_write_it(rotary):
    assert ModelConfig.from_hf(LLAMA | rotary).rope_theta == 500.0


def test_an_architecture_that_is_not_implemented_is_named_with_those_that_are():
    known = "LlamaForCausalLM, MistralForCausalLM, Qwen2ForCausalLM, Qwen3ForCausalLM, SmolLM3ForCausalLM"
    with pytest.raises(ValueError, match=f"Qwen3MoeForCausalLM; mini_vllm runs {known}"):
        ModelConfig.from_hf(LLAMA | {"architectures": ["Qwen3MoeForCausalLM"]})
    with pytest.raises(ValueError, match="'gpt2'; mini_vllm runs LlamaForCausalLM"):
        ModelConfig.from_hf({"model_type": "gpt2"})
    with pytest.raises(ValueError, match="LlamaForSequenceClassification"):
        ModelConfig.from_hf(LLAMA | {"architectures": ["LlamaForSequenceClassification"]})
    assert ModelConfig.from_hf({"model_type": "llama"}).hidden_size == 4_096


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"rope_scaling": {"rope_type": "longrope", "factor": 8.0}}, "'longrope' is not implemented; default, linear"),
        ({"rope_scaling": {"rope_type": "llama3", "factor": 8.0}}, "low_freq_factor=None of 'llama3' RoPE scaling"),
        (
            {"rope_scaling": {"rope_type": "llama3", "low_freq_factor": 1, "high_freq_factor": 4}},
            "factor=None of 'llam",
        ),
        ({"rope_scaling": {"type": "linear", "factor": "2"}}, "factor='2' of 'linear' RoPE scaling must be a finite"),
        ({"rope_scaling": {"type": "linear"}}, "factor=None of 'linear'"),
        (
            {"rope_scaling": {"type": "linear", "factor": float("inf")}},
            "factor=inf of 'linear' .* finite number above 0",
        ),
        ({"rms_norm_eps": float("nan")}, "rms_norm_eps=nan must be a finite number above 0"),
        ({"rope_scaling": {"type": "yarn", "factor": 4.0, "attn_factor": 2}}, "'attn_factor', which 'yarn' lacks"),
        (
            {"rope_parameters": {"full_attention": {"rope_type": "default"}}},
            "'full_attention', which 'default' lacks",
        ),
        ({"rope_parameters": {"partial_rotary_factor": 0.5}}, "partial_rotary_factor=0.5"),
        ({"partial_rotary_factor": 0.5}, "partial_rotary_factor=0.5"),
        ({"rope_interleaved": True}, "rope_interleaved=True"),
        ({"attention_bias": "yes"}, "attention_bias='yes' must be True or False"),
        ({"sliding_window": 512}, "sliding_window=512, which a llama model does not compute with"),
        ({"no_rope_layers": [1, 0]}, r"no_rope_layers=\[1, 0\], which a llama model"),
        ({"logits_scaling": 8.0}, "logits_scaling=8.0; mini_vllm implements 1.0 only"),
        ({"final_logit_softcapping": 30.0}, "final_logit_softcapping=30.0"),
        ({"hidden_act": "gelu"}, "hidden_act='gelu'; mini_vllm implements 'silu' only"),
        ({"quantization_config": {"quant_method": "gptq"}}, "quantization_config="),
        ({"hidden_size": "64"}, "hidden_size='64'"),
        ({"vocab_size": None}, "vocab_size=None"),
    ],
)
def test_what_changes_the_result_and_is_not_implemented_is_refused_by_name(changed, said):
    with pytest.raises(ValueError, match=said):
        ModelConfig.from_hf(LLAMA | changed)


def of_type(model_type: str, **fields) -> ModelConfig:
    return ModelConfig.from_hf({"model_type": model_type, "num_hidden_layers": 4, **fields})


def test_what_a_file_need_not_repeat_is_that_of_its_own_config_class():
    assert (of_type("llama").num_key_value_heads, of_type("mistral").num_key_value_heads) == (32, 8)
    assert (of_type("qwen2").vocab_size, of_type("qwen3").head_dim) == (151_936, 128)
    assert (of_type("smollm3").rope_theta, of_type("smollm3").tie_word_embeddings) == (2_000_000.0, True)
    assert (of_type("qwen2").eos_token_ids, of_type("mistral").eos_token_ids) == ((), (2,))


def test_a_window_belongs_to_the_layers_that_transformers_gives_it_to():
    assert of_type("mistral").layer_windows == (4096,) * 4
    assert of_type("mistral", sliding_window=None).layer_windows == (None,) * 4
    assert of_type("qwen2", sliding_window=7).layer_windows == (None,) * 4
    qwen = {"use_sliding_window": True, "sliding_window": 7, "max_window_layers": 3}
    assert of_type("qwen3", **qwen).layer_windows == (None, None, None, 7)
    types = ["sliding_attention", "full_attention"] * 2
    assert of_type("qwen2", **qwen, layer_types=types).layer_windows == (7, None, 7, None)
    with pytest.raises(ValueError, match="layer_types=.* for each of 4 layers"):
        of_type("qwen2", **qwen, layer_types=["chunked_attention"] * 4)
    with pytest.raises(ValueError, match="layer_types=.*, which a mistral model does not compute with"):
        of_type("mistral", layer_types=types)


@pytest.mark.parametrize("model_type", ["qwen2", "qwen3", "smollm3"])
@pytest.mark.parametrize(
    "fields", [{"sliding_window": 7}, {"use_sliding_window": True, "sliding_window": None}], ids=str
)
def test_sliding_layers_without_a_window_are_a_contradiction(model_type, fields):
    types = ["sliding_attention", "full_attention"] * 2
    with pytest.raises(ValueError, match="layer_types=.*, which contradicts use_sliding_window=.* sliding_window="):
        of_type(model_type, **fields, layer_types=types)
    assert of_type(model_type, **fields, layer_types=["full_attention"] * 4).layer_windows == (None,) * 4


def test_smollm3_leaves_out_the_rotation_in_every_fourth_layer_or_where_the_file_says():
    assert of_type("smollm3").no_rope_layers == (1, 1, 1, 0)
    assert of_type("smollm3", no_rope_layer_interval=2).no_rope_layers == (1, 0, 1, 0)
    assert of_type("smollm3", no_rope_layers=[0, 1, 1, 1, 1]).no_rope_layers == (0, 1, 1, 1)


def test_qwen2_has_biases_of_q_k_and_v_and_none_of_o_whatever_its_file_says():
    for said in (True, False):
        config = of_type("qwen2", attention_bias=said)
        assert config.qkv_bias and not config.attention_bias


@pytest.mark.parametrize(
    ("scaling", "longest"),
    [
        ({"rope_type": "linear", "factor": 4.0}, 8_192),
        ({"rope_type": "dynamic", "factor": 4.0}, 2_048),
        ({"rope_type": "yarn", "factor": 4.0}, 8_192),
        ({"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 512}, 2_048),
        ({"rope_type": "yarn", "original_max_position_embeddings": 512}, 2_048),
    ],
)
def test_the_longest_context_is_the_one_that_the_scaling_was_made_for(scaling, longest):
    assert ModelConfig.from_hf(LLAMA | {"rope_scaling": scaling}).max_model_len == longest


@pytest.mark.parametrize("extra", [{}, {"original_max_position_embeddings": 256}])
def test_the_context_of_pretraining_may_stand_beside_the_scaling_and_then_counts(extra):
    scaling = {"type": "yarn", "factor": 2.0, "original_max_position_embeddings": 512, "finetuned": True}
    config = ModelConfig.from_hf(LLAMA | {"rope_scaling": scaling} | extra)
    assert config.rope_scaling.original_max_position_embeddings == (256 if extra else 512)


def test_a_config_file_that_is_missing_or_broken_is_named(tmp_path):
    for content in (None, "", "{", "[]", "\0"):
        if content is not None:
            (tmp_path / "config.json").write_text(content)
        with pytest.raises(ValueError, match=r"config\.json"):
            ModelConfig.from_hf(tmp_path)
