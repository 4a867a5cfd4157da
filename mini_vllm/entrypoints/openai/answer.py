"""A request that is being answered, and the tokens that it has used."""

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from mini_vllm.entrypoints.openai.protocol import GenerateRequest
from mini_vllm.outputs import RequestOutput
from mini_vllm.sampling_params import SamplingParams

R = TypeVar("R", bound=GenerateRequest)


@dataclass(frozen=True)
class Echo:
    """What stands before the completions of a prompt: its text, and that of its first token, which has no logprob."""

    text: str = ""
    first_token: str = ""


@dataclass
class Answer(Generic[R]):
    """A request that is being answered."""

    request: R
    params: SamplingParams
    prompts: list[list[int]]  # token ids
    echoed: list[Echo]  # by prompt
    head: dict[str, Any]  # what every chunk begins with
    latest: dict[int, RequestOutput] = field(default_factory=dict)  # by the index of the prompt
    # By the index of the choice: characters of all tokens whose logprobs were sent. Its text may be shorter: the
    # beginning of a stop string is held back, a special token is left out.
    offsets: dict[int, int] = field(default_factory=dict)

    def usage(self) -> dict[str, Any]:
        """Tokens so far; a prompt counts once, however many completions it has."""
        num_prompt = sum(map(len, self.prompts))
        num_generated = sum(len(c.token_ids) for output in self.latest.values() for c in output.outputs)
        num_cached = sum(output.num_cached_tokens for output in self.latest.values())
        return {**usage_of(num_prompt, num_generated), "prompt_tokens_details": {"cached_tokens": num_cached}}


def usage_of(num_prompt: int, num_generated: int) -> dict[str, Any]:
    """Numbers of tokens, in OpenAI's form."""
    total = num_prompt + num_generated
    return {"prompt_tokens": num_prompt, "completion_tokens": num_generated, "total_tokens": total}
