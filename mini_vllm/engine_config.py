"""How much an engine takes on at once."""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from mini_vllm import field_checks as check
from mini_vllm.config import ModelConfig
from mini_vllm.speculative_config import SpeculativeConfig

if TYPE_CHECKING:
    from mini_vllm.core.block_hash import BlockHasher
    from mini_vllm.core.scheduler import Scheduler

DEFAULT_KV_CACHE_MEMORY_BYTES = 2**30
KV_CACHE_BYTES_PER_ELEMENT = 4  # float32


@dataclass(frozen=True, kw_only=True)
class EngineConfig:
    """The limits of an engine, under vLLM's names; `for_model` works out those that are left open.

    Errors: ValueError, naming the field and its value, for a limit that is not a whole number above 0, and for
    a cache that cannot hold one request of max_model_len tokens.
    """

    max_model_len: int  # tokens of one request, prompt and output together
    num_blocks: int  # of the KV cache
    max_num_seqs: int = 128  # requests in one step
    max_num_batched_tokens: int = 2048  # tokens in one step
    block_size: int = 16  # tokens in one block
    enable_prefix_caching: bool = True
    seed: int | None = None  # of requests that have none themselves; None: other tokens at every run
    scheduler_cls: "type[Scheduler] | None" = None  # None: Scheduler; a subclass may override its `schedule`
    block_hasher: "BlockHasher | None" = None  # None: SHA-256 over a block and all before it
    speculative_config: SpeculativeConfig | None = None  # vLLM's dict becomes one; None: no speculation

    def __post_init__(self) -> None:
        check.flag("enable_prefix_caching", self.enable_prefix_caching)
        if self.seed is not None:
            object.__setattr__(self, "seed", check.whole("seed", self.seed, 0, "at least 0, or None"))
        if not (self.scheduler_cls is None or isinstance(self.scheduler_cls, type)):
            raise ValueError(f"scheduler_cls={self.scheduler_cls!r} must be a subclass of Scheduler, or None.")
        if not (self.block_hasher is None or callable(self.block_hasher)):
            raise ValueError(f"block_hasher={self.block_hasher!r} must be a function of a Request, or None.")
        if not (self.speculative_config is None or isinstance(self.speculative_config, SpeculativeConfig)):
            object.__setattr__(self, "speculative_config", SpeculativeConfig.from_dict(self.speculative_config))
        for field in fields(self):
            if field.type is int:
                object.__setattr__(self, field.name, _above_zero(field.name, getattr(self, field.name)))
        if self.num_blocks * self.block_size < self.max_model_len:
            enough = -(-self.max_model_len // self.block_size)
            raise ValueError(
                f"A KV cache with num_blocks={self.num_blocks} and block_size={self.block_size} holds "
                f"{self.num_blocks * self.block_size} tokens, less than one request of "
                f"max_model_len={self.max_model_len}: give it {enough} blocks or more, or lower max_model_len."
            )

    @classmethod
    def for_model(
        cls,
        model: ModelConfig,
        *,
        max_model_len: int | None = None,
        num_blocks: int | None = None,
        kv_cache_memory_bytes: int | None = None,
        block_size: int = block_size,
        max_num_seqs: int = max_num_seqs,
        **limits: Any,
    ) -> "EngineConfig":
        """The limits for a model.

        max_model_len: None: as long as the model's positions and the cache allow.
        num_blocks, kv_cache_memory_bytes: the cache's size, one way or the other. None: room for max_num_seqs
            requests of full length, but at most DEFAULT_KV_CACHE_MEMORY_BYTES if one such request fits in there.

        Errors: ValueError, with the numbers, for what does not fit the model or the cache.
        """
        longest = model.max_model_len if max_model_len is None else _above_zero("max_model_len", max_model_len)
        if longest > model.max_model_len:
            raise ValueError(
                f"max_model_len={max_model_len} is more than the model was made for: its longest context is "
                f"{model.max_model_len} tokens.{_why_no_longer(model)}"
            )
        max_num_seqs = _above_zero("max_num_seqs", max_num_seqs)
        block_bytes = _above_zero("block_size", block_size) * kv_bytes_per_token(model)
        if num_blocks is not None and kv_cache_memory_bytes is not None:
            raise ValueError(
                f"num_blocks={num_blocks} and kv_cache_memory_bytes={kv_cache_memory_bytes} both set the size "
                "of the KV cache: give one of them."
            )
        if kv_cache_memory_bytes is not None:
            num_blocks = _above_zero("kv_cache_memory_bytes", kv_cache_memory_bytes) // block_bytes
            if num_blocks == 0:
                raise ValueError(
                    f"kv_cache_memory_bytes={kv_cache_memory_bytes} is less than one block, which takes "
                    f"{block_bytes} bytes: {block_size} tokens of {block_bytes // block_size} bytes."
                )
        elif num_blocks is None:
            one = -(-longest // block_size)
            num_blocks = max(one, min(max_num_seqs * one, DEFAULT_KV_CACHE_MEMORY_BYTES // block_bytes))
        if max_model_len is None:
            max_model_len = min(longest, _above_zero("num_blocks", num_blocks) * block_size)
        return cls(
            max_model_len=max_model_len,
            num_blocks=num_blocks,
            block_size=block_size,
            max_num_seqs=max_num_seqs,
            **limits,
        )


def kv_bytes_per_token(model: ModelConfig) -> int:
    """Bytes of K and V of one token in all layers, as this engine stores them."""
    return 2 * model.num_hidden_layers * model.num_key_value_heads * model.head_dim * KV_CACHE_BYTES_PER_ELEMENT


def _above_zero(name: str, value: object) -> int:
    return check.whole(name, value, 1, "at least 1")


def _why_no_longer(model: ModelConfig) -> str:
    if model.rope_scaling is None or model.rope_scaling.rope_type != "dynamic":
        return ""
    return " With 'dynamic' RoPE, all angles change when a text grows beyond it, and cached keys cannot follow."
