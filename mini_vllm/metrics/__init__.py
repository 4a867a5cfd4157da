"""The engine's counters and the server's metrics: vLLM's v1/metrics, under its names."""
