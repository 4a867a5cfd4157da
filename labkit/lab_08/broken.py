"""Two bugs in the running engine: what a user gets."""

from typing import TYPE_CHECKING

from labkit.lab_08.caches import OWN, WHOLE, WholePrompts, own_tokens_only
from labkit.lab_08.engine import BLOCK_SIZE, engine, greedy

if TYPE_CHECKING:
    from mini_vllm import LLM, EngineConfig

FOX, BEAR, TOM = "Once upon a time there was a little", " bear", "Tom and his friend"
NEW_TOKENS = 12


def continue_after(llm: "LLM", first: list[int], then: list[list[int]]) -> list[str]:
    """Serve one prompt, then others together; returns the texts of the others."""
    llm.generate([first], greedy(1), use_tqdm=False)
    return [output.outputs[0].text for output in llm.generate(then, greedy(NEW_TOKENS), use_tqdm=False)]


def run_in_the_engine(name: str) -> None:
    """Put one of the wrong caches of exercise 5, by its name there, into the running engine."""
    {OWN: _forget_the_parent, WHOLE: _leave_nothing}[name]()


def _forget_the_parent() -> None:
    """Serve a prompt whose first block is known as the second one of another, with hashes of a block's own tokens."""
    right, wrong = engine(), engine(block_hasher=own_tokens_only(BLOCK_SIZE))
    encode, decode = right.get_tokenizer().encode, right.get_tokenizer().decode
    fox = encode(FOX)
    prompt = fox[BLOCK_SIZE:] + encode(BEAR)
    print(f"After {FOX!r}, somebody sends {decode(prompt)!r}:")
    for label, llm in (("right", right), (f"cache {OWN!r}", wrong)):
        (text,) = continue_after(llm, fox, [prompt])
        print(f"{label:>20}: {llm.llm_engine.stats.prefix_cache_hits} tokens found, then {text!r}")


def _leave_nothing() -> None:
    """Send a prompt of full blocks a second time to an engine that takes it from the cache whole."""
    from mini_vllm.core.scheduler import Scheduler

    class TakesWholePrompts(Scheduler):
        """With the cache manager that has the bug."""

        def __init__(self, config: "EngineConfig") -> None:
            super().__init__(config)
            self.kv_cache_manager = WholePrompts(config.num_blocks, config.block_size)

    right = engine()
    encode = right.get_tokenizer().encode
    fox, tom = encode(FOX), encode(TOM)
    print(f"After {FOX!r}, one step serves two users:")
    print(f"{TOM!r}, and {FOX!r} again.")
    for label, llm in (("right", right), (f"cache {WHOLE!r}", engine(scheduler_cls=TakesWholePrompts))):
        tom_text, fox_text = continue_after(llm, fox, [tom, fox])
        print(f"{label:>20}: {TOM} {tom_text!r}")
        print(f"{'':>20}  ... a little {fox_text!r}")
    try:
        continue_after(engine(scheduler_cls=TakesWholePrompts), fox, [fox])
    except IndexError as error:
        print(f"{'alone in its step':>20}: IndexError: {error}")
