"""What a request asks of the sampler, under the names and with the defaults of vLLM's SamplingParams."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from mini_vllm import field_checks as check

MAX_LOGIT_BIAS = 100.0  # OpenAI's limit


@dataclass(frozen=True, kw_only=True)
class SamplingParams:
    """How the tokens of one request are chosen, when it ends, and what its output holds.

    The fields hold Python numbers and fresh lists, whatever they were made from: numpy's scalars
    are accepted, one stop string becomes a list of one, and None in a list's place an empty list.

    Errors: ValueError, naming the field, its value and the range.
    """

    n: int = 1  # completions of the prompt; with a seed, the i-th is drawn with seed + i
    temperature: float = 1.0  # at least 0; 0 is greedy: the most likely token, without randomness
    top_p: float = 1.0  # (0, 1]; 1 is off
    top_k: int = 0  # 0 and -1 are off
    min_p: float = 0.0  # [0, 1], relative to the most likely token's probability; 0 is off
    seed: int | None = None  # None, or -1 as in vLLM: other tokens at every run
    max_tokens: int | None = 16  # None: as many as the model's context holds
    min_tokens: int = 0  # an eos token, stop token or stop string counts only after this many tokens
    stop: str | list[str] | None = None  # the output ends before the first of these strings
    stop_token_ids: list[int] = field(default_factory=list)
    ignore_eos: bool = False
    include_stop_str_in_output: bool = False  # the text then ends with the stop string or stop token
    repetition_penalty: float = 1.0  # above 0; divides the logits of tokens in prompt and output; 1 is off
    presence_penalty: float = 0.0  # [-2, 2]; taken once from each token in the output; 0 is off
    frequency_penalty: float = 0.0  # [-2, 2]; taken as often as the token is in the output; 0 is off
    logit_bias: dict[int, float] | None = None  # [-100, 100], added to the logits of these tokens
    allowed_token_ids: list[int] | None = None  # only these can be drawn; None: every token
    bad_words: str | list[str] | None = None  # texts that the output must not contain
    logprobs: int | None = None  # how many of the most likely tokens to report; -1: all; None: no report
    prompt_logprobs: int | None = None  # the same, for each token of the prompt
    detokenize: bool = True  # False: the text stays empty
    skip_special_tokens: bool = True  # False: they appear in the text

    def __post_init__(self) -> None:
        for name, in_range, limits in (
            ("temperature", lambda v: v >= 0, "at least 0"),
            ("top_p", lambda v: 0 < v <= 1, "in (0, 1]"),
            ("min_p", lambda v: 0 <= v <= 1, "in [0, 1]"),
            ("repetition_penalty", lambda v: v > 0, "above 0"),
            ("presence_penalty", lambda v: -2 <= v <= 2, "in [-2, 2]"),
            ("frequency_penalty", lambda v: -2 <= v <= 2, "in [-2, 2]"),
        ):
            self._set(name, check.number(name, getattr(self, name), in_range, limits))
        for name, least, limits in (
            ("n", 1, "at least 1"),
            ("top_k", -1, "at least 1, or 0 or -1 to switch it off"),
            ("min_tokens", 0, "at least 0"),
            ("seed", -1, "at least 0, or -1 or None"),
            ("max_tokens", 1, "at least 1, or None"),
            ("logprobs", -1, "at least 0, -1 for the whole vocabulary, or None"),
            ("prompt_logprobs", -1, "at least 0, -1 for the whole vocabulary, or None"),
        ):
            if getattr(self, name) is not None or not limits.endswith("None"):
                self._set(name, check.whole(name, getattr(self, name), least, limits))
        if self.seed == -1:
            self._set("seed", None)
        for name in ("ignore_eos", "include_stop_str_in_output", "detokenize", "skip_special_tokens"):
            self._set(name, check.flag(name, getattr(self, name)))
        for name in ("stop", "bad_words"):
            self._set(name, check.strings(name, getattr(self, name)))
        self._set("stop_token_ids", check.token_ids("stop_token_ids", self.stop_token_ids))
        self._set("logit_bias", check.biases("logit_bias", self.logit_bias, MAX_LOGIT_BIAS))
        if self.allowed_token_ids is not None:
            self._set("allowed_token_ids", check.token_ids("allowed_token_ids", self.allowed_token_ids))
        self._check_together()

    @property
    def stop_strings(self) -> list[str]:
        """`stop`, which is a list once it has been checked."""
        return self.stop if isinstance(self.stop, list) else []

    @property
    def is_greedy(self) -> bool:
        """Whether the most likely token is taken and no randomness used."""
        return self.temperature == 0

    @property
    def has_penalties(self) -> bool:
        """Whether the logits depend on the tokens so far."""
        return self.repetition_penalty != 1 or self.presence_penalty != 0 or self.frequency_penalty != 0

    @property
    def has_logits_processors(self) -> bool:
        """Whether logits are changed before the penalties."""
        return bool(self.logit_bias or self.bad_words or self.min_tokens) or self.allowed_token_ids is not None

    @cached_property
    def all_stop_token_ids(self) -> frozenset[int]:
        """The tokens that end the output: `stop_token_ids`, and in an engine the eos tokens, unless ignored."""
        return frozenset(self.stop_token_ids)

    @cached_property
    def bad_words_token_ids(self) -> Sequence[Sequence[int]]:
        """`bad_words` as token ids; none before `child` sets them, which takes a tokenizer."""
        return ()

    def child(
        self, index: int, eos_token_ids: Collection[int], bad_words_token_ids: Sequence[Sequence[int]]
    ) -> "SamplingParams":
        """The parameters of one of the `n` completions, for one model and its tokenizer."""
        child = replace(
            self,
            n=1,
            seed=None if self.seed is None else self.seed + index,
            prompt_logprobs=self.prompt_logprobs if index == 0 else None,  # computed once, with the first completion
        )
        child._set("all_stop_token_ids", self.all_stop_token_ids | (set() if self.ignore_eos else {*eos_token_ids}))
        child._set("bad_words_token_ids", bad_words_token_ids)
        return child

    def _set(self, name: str, value: object) -> None:
        object.__setattr__(self, name, value)

    def _check_together(self) -> None:
        if self.n > 1 and self.is_greedy:
            raise ValueError(f"n={self.n} must be 1 with temperature=0, which gives the same completion each time.")
        if self.max_tokens is not None and self.min_tokens > self.max_tokens:
            raise ValueError(f"min_tokens={self.min_tokens} must be at most max_tokens={self.max_tokens}.")
        if self.allowed_token_ids == []:
            raise ValueError("allowed_token_ids=[] must hold at least one token id, or be None.")
        if self.stop and not self.detokenize:
            raise ValueError(f"stop={self.stop!r} needs detokenize=True: a stop string is looked for in the text.")
