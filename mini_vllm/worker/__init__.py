"""Where a planned step is computed: vLLM's v1/worker."""
