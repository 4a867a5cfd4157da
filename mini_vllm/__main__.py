"""`python -m mini_vllm`: see mini_vllm/entrypoints/cli."""

from mini_vllm.entrypoints.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
