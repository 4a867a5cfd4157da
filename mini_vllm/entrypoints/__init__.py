"""Ways into the engine: the class `LLM`, and the command `python -m mini_vllm`."""
