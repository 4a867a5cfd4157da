"""Causal attention with grouped KV heads (GQA, Ainslie et al., 2023)."""

import math

import numpy as np


def causal_attention(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> np.ndarray:
    """softmax(q k^T / sqrt(head_dim)) v, where a token sees itself and what came before it.

    q:    (new, num_attention_heads, head_dim), the queries of the newest tokens only.
    k, v: (total, num_key_value_heads, head_dim), of the whole sequence; q's tokens are its last ones.
    Returns (new, num_attention_heads * head_dim).
    """
    new, num_heads, head_dim = q.shape
    total, num_kv_heads, _ = k.shape
    group = num_heads // num_kv_heads

    # Query heads that share a KV head become rows of one matrix: K and V are never repeated.
    q = q.reshape(new, num_kv_heads, group, head_dim).transpose(1, 2, 0, 3)
    q = q.reshape(num_kv_heads, group * new, head_dim)
    scores = q @ k.transpose(1, 2, 0)  # (num_kv_heads, group * new, total)
    scores *= np.float32(1 / math.sqrt(head_dim))
    if new > 1:
        future = ~np.tri(new, total, total - new, dtype=bool)  # True where the key comes after the query
        np.copyto(scores.reshape(num_kv_heads, group, new, total), -np.inf, where=future)
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)

    out = scores @ v.transpose(1, 0, 2)  # (num_kv_heads, group * new, head_dim)
    out = out.reshape(num_kv_heads, group, new, head_dim).transpose(2, 0, 1, 3)
    return out.reshape(new, num_heads * head_dim)
