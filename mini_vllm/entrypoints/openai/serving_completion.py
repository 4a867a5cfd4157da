"""/v1/completions: continues texts."""

from collections.abc import Mapping
from typing import Any

from mini_vllm.entrypoints.openai.logprobs import completion_logprobs
from mini_vllm.entrypoints.openai.protocol import CompletionRequest, read_completion
from mini_vllm.entrypoints.openai.serving import Answer, OpenAIServing, has_news
from mini_vllm.outputs import CompletionOutput


class OpenAIServingCompletion(OpenAIServing[CompletionRequest]):
    """Choices are numbered through: the n completions of the first prompt, then those of the second."""

    id_prefix, object_name, chunk_name = "cmpl", "text_completion", "text_completion"

    def read(self, body: Mapping[str, Any]) -> CompletionRequest:
        return read_completion(body)

    async def tokenize(self, request: CompletionRequest) -> tuple[list[list[int]], list[str]]:
        engine = self.engine.llm_engine
        prompts, echoed = [], []
        for prompt in request.prompts:
            text, token_ids = await self.engine.tokenize(engine.input_processor.process, prompt)
            if request.echo and text is None:
                if engine.tokenizer is None:
                    raise ValueError("echo=True: this engine has no tokenizer: leave it out.")
                text = await self.engine.tokenize(engine.tokenizer.decode, token_ids)
            prompts.append(token_ids)
            echoed.append(text or "" if request.echo else "")
        return prompts, echoed

    def choice(self, answer: Answer[CompletionRequest], prompt: int, completion: CompletionOutput) -> dict[str, Any]:
        return self._choice(answer, prompt, None, completion)

    def delta(
        self,
        answer: Answer[CompletionRequest],
        prompt: int,
        old: CompletionOutput | None,
        new: CompletionOutput,
    ) -> list[dict[str, Any]]:
        return [self._choice(answer, prompt, old, new)] if has_news(old, new) else []

    def _choice(
        self,
        answer: Answer[CompletionRequest],
        prompt: int,
        old: CompletionOutput | None,
        new: CompletionOutput,
    ) -> dict[str, Any]:
        """What `new` has and `old` has not."""
        num_chars, num_tokens = (len(old.text), len(old.token_ids)) if old else (0, 0)
        token_ids, logprobs = new.token_ids[num_tokens:], None
        if new.logprobs is not None:
            logprobs = completion_logprobs(token_ids, new.logprobs[num_tokens:], num_chars)
        choice = {
            "index": prompt * answer.params.n + new.index,
            "text": (answer.echoed[prompt] if old is None else "") + new.text[num_chars:],
            "logprobs": logprobs,
            "finish_reason": new.finish_reason,
            "stop_reason": new.stop_reason,
        }
        if answer.request.return_token_ids:
            choice |= {"token_ids": token_ids}
            choice |= {"prompt_token_ids": answer.prompts[prompt]} if old is None else {}
        return choice
