"""/v1/completions: continues texts."""

from collections.abc import Mapping
from typing import Any

from mini_vllm.entrypoints.openai.answer import Answer, Echo
from mini_vllm.entrypoints.openai.logprobs import completion_logprobs, listed_prompt_logprobs
from mini_vllm.entrypoints.openai.protocol import CompletionRequest, read_completion
from mini_vllm.entrypoints.openai.serving import OpenAIServing, has_news
from mini_vllm.outputs import CompletionOutput


class OpenAIServingCompletion(OpenAIServing[CompletionRequest]):
    """Choices are numbered through: the n completions of the first prompt, then those of the second."""

    id_prefix, object_name, chunk_name = "cmpl", "text_completion", "text_completion"
    prompt_field = "prompt"

    def read(self, body: Mapping[str, Any]) -> CompletionRequest:
        return read_completion(body)

    async def tokenize(self, request: CompletionRequest) -> tuple[list[list[int]], list[Echo]]:
        engine = self.engine.llm_engine
        prompts, echoed = [], []
        for index, prompt in enumerate(request.prompts):
            try:
                text, token_ids = await self.engine.tokenize(engine.input_processor.preprocess, prompt)
            except (TypeError, ValueError) as error:
                raise ValueError(f"prompt[{index}]: {error}" if len(request.prompts) > 1 else str(error)) from None
            prompts.append(token_ids)
            echoed.append(await self.engine.tokenize(self._echo, text, token_ids) if request.echo else Echo())
        return prompts, echoed

    def _echo(self, text: str | None, token_ids: list[int]) -> Echo:
        tokenizer = self.engine.llm_engine.tokenizer
        if tokenizer is None:
            raise ValueError("echo=True: this engine has no tokenizer: leave it out.")
        first_token = tokenizer.decode(token_ids[:1], skip_special_tokens=False)
        return Echo(tokenizer.decode(token_ids) if text is None else text, first_token)

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
        request, echo, prompt_logprobs = answer.request, answer.echoed[prompt], answer.latest[prompt].prompt_logprobs
        num_chars, num_tokens = (len(old.text), len(old.token_ids)) if old else (0, 0)
        text, token_ids = new.text[num_chars:], new.token_ids[num_tokens:]
        logprobs: list[Any] | None = new.logprobs and new.logprobs[num_tokens:]
        if request.echo_only:
            text, logprobs = "", new.logprobs and []
        shown_ids = [] if request.echo_only else token_ids
        if request.echo and old is None:
            text, shown_ids = echo.text + text, answer.prompts[prompt] + shown_ids
            logprobs = None if logprobs is None else [*(prompt_logprobs or ()), *logprobs]
        index, listed = prompt * answer.params.n + new.index, None
        if logprobs:
            listed = completion_logprobs(shown_ids, logprobs, answer.offsets.get(index, 0), echo.first_token)
            answer.offsets[index] = listed["text_offset"][-1] + len(listed["tokens"][-1])
        choice = {
            "index": index,
            "text": text,
            "logprobs": listed,
            "finish_reason": new.finish_reason,
            "stop_reason": new.stop_reason,
        }
        if request.return_prompt_logprobs:
            choice["prompt_logprobs"] = listed_prompt_logprobs(prompt_logprobs)
        if request.return_token_ids:
            choice |= {"token_ids": token_ids}
            choice |= {"prompt_token_ids": answer.prompts[prompt]} if old is None else {}
        return choice
