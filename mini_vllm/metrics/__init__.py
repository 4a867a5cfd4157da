"""What the server measures: vLLM's v1/metrics, under its names."""
