"""Causal attention with grouped KV heads (GQA, Ainslie et al., 2023)."""

import math
from functools import partial

import numpy as np

from mini_vllm.layers import parallel

# Queries of a long prompt that are computed at a time. What a token may not see is then mostly not computed, and the
# scores stay in the processor's cache, which is the idea of FlashAttention (Dao et al., 2022).
QUERY_BLOCK = 64


def causal_attention(q: np.ndarray, k: np.ndarray, v: np.ndarray, window: int | None = None) -> np.ndarray:
    """softmax(q k^T / sqrt(head_dim)) v, where a token sees itself and what came before it.

    q:      (new, num_attention_heads, head_dim), the queries of the newest tokens only.
    k, v:   (total, num_key_value_heads, head_dim), of the whole sequence; q's tokens are its last ones.
    window: how many tokens a token sees, itself included (sliding window, Mistral 7B, 2023); None: all before it.
    Returns (new, num_attention_heads * head_dim).
    """
    new, past = len(q), len(k) - len(q)
    if new <= QUERY_BLOCK:
        return _attend(q, k, v, window)
    out = np.empty((new, q.shape[1] * q.shape[2]), dtype=np.float32)

    def attend(start: int) -> None:
        end = min(start + QUERY_BLOCK, new)
        out[start:end] = _attend(q[start:end], k[: past + end], v[: past + end], window)

    # Longest first, to balance the load.
    parallel.run([partial(attend, start) for start in reversed(range(0, new, QUERY_BLOCK))])
    return out


def _attend(q: np.ndarray, k: np.ndarray, v: np.ndarray, window: int | None) -> np.ndarray:
    new, num_heads, head_dim = q.shape
    if window is not None:
        first = max(0, len(k) - new + 1 - window)  # what the first query sees, it sees furthest back
        k, v = k[first:], v[first:]
    total, num_kv_heads, _ = k.shape
    group = num_heads // num_kv_heads

    # Query heads that share a KV head become rows of one matrix: K and V are never repeated.
    q = q * np.float32(1 / math.sqrt(head_dim))
    q = q.reshape(new, num_kv_heads, group, head_dim).transpose(1, 2, 0, 3).reshape(num_kv_heads, group * new, head_dim)
    if new == 1:  # the same product from the other side: BLAS is faster if the long matrix comes first
        scores = np.ascontiguousarray((k.transpose(1, 0, 2) @ q.transpose(0, 2, 1)).transpose(0, 2, 1))
    else:
        scores = q @ k.transpose(1, 2, 0)  # (num_kv_heads, group * new, total)
        # Only among the new tokens is there one that comes after the query.
        among_new = scores.reshape(num_kv_heads, group, new, total)[..., total - new :]
        np.copyto(among_new, -np.inf, where=~np.tri(new, dtype=bool))
        if window is not None and total > window:  # each query after the first sees one token less at the start
            by_query = scores.reshape(num_kv_heads, group, new, total)
            np.copyto(by_query, -np.inf, where=np.tri(new, total, total - new - window, dtype=bool))
    scores -= np.maximum.reduce(scores, axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    weight_sum = np.add.reduce(scores, axis=-1, keepdims=True)
    out: np.ndarray = scores @ v.transpose(1, 0, 2)  # (num_kv_heads, group * new, head_dim)
    out /= weight_sum  # after the product, because head_dim numbers are fewer than total
    return out.reshape(num_kv_heads, group, new, head_dim).transpose(2, 0, 1, 3).reshape(new, num_heads * head_dim)
