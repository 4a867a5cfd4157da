"""Time one request with speculation by prompt lookup against the same request without it.

    python benchmarks/bench_speculation.py [--model smollm2-135m-instruct] [--rounds 5]

Both take turns on each prompt, greedy, on one set of weights. A ratio is the median over the rounds; above 1,
speculation is faster. It is not a test: times depend on what else the machine does.
"""

import argparse
import statistics
import sys
import time

import machine

from mini_vllm import LLM, RequestOutput, SamplingParams

SPECULATION = {"method": "ngram", "num_speculative_tokens": 7, "prompt_lookup_max": 3, "prompt_lookup_min": 2}
ARTICLE = " ".join(
    [
        "The lighthouse at Cape Marlow was built in 1871 from granite that was quarried on the island itself.",
        "For ninety years, a keeper and his family lived beside it. They trimmed the lamp, wound the",
        "clockwork that turned the lens, and wrote the weather into a log three times a day. In 1961 the lamp",
        "was replaced by an electric light, and the last keeper, Edith Rowan, moved to the mainland. The log,",
        "which has 98,000 entries, is kept in the museum of the town. Scientists have used it since 2004 to",
        "find out how storms on this coast have changed: there are as many as in 1900, but the strongest ones",
        "come earlier in the year.",
    ]
)
CODE = """def total_price(items):
    total = 0
    for item in items:
        total = total + item.price * item.quantity
    return total


def average_price(items):
    total = 0
    count = 0
    for item in items:
        total = total + item.price * item.quantity
        count = count + item.quantity
    return total / count"""
PROMPTS = {
    "answer a question": "How does a refrigerator keep food cold? Explain it to a child.",
    "write a story": "Write a short story about a fox who learns to read.",
    "summarize a text": f"Summarize this text in three sentences.\n\n{ARTICLE}",
    "repeat a text": f"Repeat this text, word for word.\n\n{ARTICLE}",
    "edit code": f"Rename the variable `total` to `amount` in this code, and return it all.\n\n```python\n{CODE}\n```",
}


def timed(llm: LLM, prompt: list[int], max_tokens: int) -> tuple[float, RequestOutput]:
    """Seconds for a token after those of the first step, and the output."""
    outputs = [
        (time.perf_counter(), output)
        for output in llm.stream(prompt, SamplingParams(temperature=0, max_tokens=max_tokens))
    ]
    (start, first), (end, last) = outputs[0], outputs[-1]
    return (end - start) / (len(last.outputs[0].token_ids) - len(first.outputs[0].token_ids)), last


def compare(llms: dict[str, LLM], prompt: list[int], rounds: int, max_tokens: int) -> tuple[str, float]:
    """A row of the table, and its ratio."""
    before, turns = llms["with"].llm_engine.stats, []
    for index in range(rounds):
        order = ["without", "with"] if index % 2 else ["with", "without"]
        turns.append({name: timed(llms[name], prompt, max_tokens) for name in order})
    after, num_tokens = llms["with"].llm_engine.stats, len(turns[0]["with"][1].outputs[0].token_ids)
    per_step = num_tokens * rounds / (after.num_steps - before.num_steps)
    drafted = after.num_draft_tokens - before.num_draft_tokens
    accepted = (after.num_accepted_tokens - before.num_accepted_tokens) / max(drafted, 1)
    same = all(turn["with"][1].outputs[0].token_ids == turn["without"][1].outputs[0].token_ids for turn in turns)
    speeds = [1 / statistics.median(turn[name][0] for turn in turns) for name in ("without", "with")]
    ratio = statistics.median(turn["without"][0] / turn["with"][0] for turn in turns)
    numbers = f"{num_tokens:8}{speeds[0]:12.1f}{speeds[1]:10.1f}{ratio:8.2f}x{per_step:14.2f}{accepted:16.0%}"
    return f"{numbers}{'yes' if same else 'no':>13}", ratio


def main() -> None:
    example = "Example: python benchmarks/bench_speculation.py --rounds 3"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], epilog=example)
    parser.add_argument("--model", default="smollm2-135m-instruct", help="(default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="(default: %(default)s)")
    parser.add_argument("--max-tokens", type=int, default=200, help="(default: %(default)s)")
    args = parser.parse_args()
    plain = LLM(args.model, enable_prefix_caching=False)
    engine = plain.llm_engine
    speculating = LLM(
        engine.model, tokenizer=engine.tokenizer, enable_prefix_caching=False, speculative_config=SPECULATION
    )
    print(f"{args.model}, {machine.describe()}\n")
    print(f"{'':20}{'tokens':>8}{'tokens/s':>12}{'with':>10}{'ratio':>9}{'tokens/step':>14}{'drafts accepted':>16}"
          f"{'same tokens':>13}")  # fmt: skip
    ratios = []
    for label, text in PROMPTS.items():
        prompt = plain.chat_prompt([{"role": "user", "content": text}])
        llms = {"without": plain, "with": speculating}
        row, ratio = compare(llms, prompt, args.rounds, args.max_tokens)
        ratios.append(ratio)
        print(f"{label:20}{row}", flush=True)
    print(f"{'geometric mean':20}{statistics.geometric_mean(ratios):38.2f}x")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
