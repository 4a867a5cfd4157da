"""The commands of `python -m mini_vllm`, one file each."""
