"""A progress bar for `LLM.generate`."""

import time

from mini_vllm.optional import import_installed
from mini_vllm.outputs import RequestOutput

SECONDS_BEFORE_IT_IS_SHOWN = 1.0


class ProgressBar:
    """Counts finished prompts, and shows how many tokens a second come out; shows nothing if tqdm is not installed."""

    def __init__(self, num_prompts: int, is_shown: bool) -> None:
        tqdm = import_installed("tqdm") if is_shown else None
        self._bar = tqdm and tqdm.tqdm(
            total=num_prompts,
            desc="Prompts",
            unit="prompt",
            delay=SECONDS_BEFORE_IT_IS_SHOWN,
            dynamic_ncols=True,
        )
        self._start = time.perf_counter()
        self._num_tokens = 0
        self._seen: dict[str, int] = {}  # tokens, by request id

    def update(self, output: RequestOutput) -> None:
        """Count what is new in an output."""
        if self._bar is None:
            return
        num_tokens = sum(len(completion.token_ids) for completion in output.outputs)
        self._num_tokens += num_tokens - self._seen.get(output.request_id, 0)
        self._seen[output.request_id] = num_tokens
        speed = self._num_tokens / (time.perf_counter() - self._start)
        self._bar.set_postfix_str(f"{self._num_tokens} tokens, {speed:.1f} tokens/s", refresh=False)
        self._bar.update(int(output.finished))

    def __enter__(self) -> "ProgressBar":
        return self

    def __exit__(self, *exception: object) -> None:
        if self._bar is not None:
            self._bar.close()
