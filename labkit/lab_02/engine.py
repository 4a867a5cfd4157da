"""The student's counts beside those of a running mini_vllm engine."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from mini_vllm import SamplingParams

if TYPE_CHECKING:
    from mini_vllm import LLM

Counts = tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]
TEXT = (
    "Once upon a time there was a little fox who lived near the river. One day she went out to look for something "
    "to eat, and she met an old bear who was looking for honey."
)


def serve(llm: "LLM", prompts: Sequence[list[int]], new_tokens: int) -> tuple[int, int, list[list[int]]]:
    """Serve the prompts together; returns preemptions, units passed (lab 01's), and the generated tokens."""
    before = llm.llm_engine.stats
    params = SamplingParams(temperature=0, max_tokens=new_tokens, ignore_eos=True)
    outputs = llm.generate(prompts, params, use_tqdm=False)
    after = llm.llm_engine.stats
    preemptions = after.num_preemptions - before.num_preemptions
    units = after.num_tokens_processed - before.num_tokens_processed
    return preemptions, units, [output.outputs[0].token_ids for output in outputs]


def meet_the_engine(llm: "LLM", counts: Counts, prompt_lens: Sequence[int], new_tokens: int) -> None:
    """Let users come at once, each with a prompt of prompt_lens and new_tokens to generate, and compare the counts.

    counts: the student's kv_bytes_per_sequence, max_concurrent_sequences and requests_that_fit. Every number but those
        of the engine comes from them.
    """
    ids = llm.get_tokenizer().encode(TEXT)
    prompts = [ids[user : user + length] for user, length in enumerate(prompt_lens)]
    contexts = [len(prompt) + new_tokens - 1 for prompt in prompts]  # an engine never feeds the last token
    fit = _count(llm, counts, contexts)
    served = _serve_more_and_more(llm, prompts, contexts, new_tokens)
    print(f"The engine serves {served} without a preemption; your count in blocks is {fit}.")


def _count(llm: "LLM", counts: Counts, contexts: list[int]) -> int:
    kv_bytes_per_sequence, max_concurrent_sequences, requests_that_fit = counts
    engine = llm.llm_engine
    limits, total, model = engine.config, engine.model_runner.kv_cache.blocks.nbytes, engine.model.config
    one, block = (kv_bytes_per_sequence(model, tokens, 4) for tokens in (1, limits.block_size))
    print(f"The cache: {total:,} bytes in {limits.num_blocks} blocks of {limits.block_size} tokens;", end=" ")
    print(f"your formula gives {limits.num_blocks * block:,}.")
    print("user   tokens   blocks   unused slots of the last block")
    for user, tokens in enumerate(contexts, start=1):
        enough = (n for n in range(1, limits.num_blocks) if requests_that_fit(n * block, [tokens], one) == 1)
        blocks = next(enough, limits.num_blocks)
        print(f"{user:>4}{tokens:>9}{blocks:>9}{blocks * limits.block_size - tokens:>9}")
    longest = kv_bytes_per_sequence(model, limits.max_model_len, 4)
    in_blocks = requests_that_fit(total, contexts, one, limits.block_size)
    print("Users that fit")
    print(f"  with {limits.max_model_len} tokens reserved for each:", max_concurrent_sequences(total, 0, longest))
    print("  counted to the byte:", requests_that_fit(total, contexts, one, 1))
    print("  counted in whole blocks:", in_blocks)
    return int(in_blocks)


def _serve_more_and_more(llm: "LLM", prompts: list[list[int]], contexts: list[int], new_tokens: int) -> int:
    alone = [serve(llm, [prompt], new_tokens)[2][0] for prompt in prompts]
    served = 0
    print("users   preemptions   units passed   units needed   same tokens as alone")
    for users in range(1, len(prompts) + 1):
        preemptions, units, tokens = serve(llm, prompts[:users], new_tokens)
        served = users if preemptions == 0 else served
        print(f"{users:>5}{preemptions:>14}{units:>15}{sum(contexts[:users]):>15}   {tokens == alone[:users]}")
    return served
