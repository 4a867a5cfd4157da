"""Which tokens are computed next, and which blocks of memory hold their K and V: vLLM's v1/core."""
