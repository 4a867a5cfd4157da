"""The facts of lab 08, by formula, by the engine, and as its cells print them."""

import contextlib
import io
import re

import nbformat
import numpy as np
import pytest
from answers.lab_08 import ANSWERS
from lab_cells import Lab

from labkit import lab_08
from labkit.lab_08 import engine as lab_engine
from labkit.lab_08.caches import own_tokens_only
from mini_vllm import LLM, OneSequence, SamplingParams
from mini_vllm.core.block_pool import BlockPool
from mini_vllm.core.kv_cache_manager import KVCacheManager
from mini_vllm.request import Request

LAB = Lab.read("phase-01-engine/lab-08-prefix-caching.ipynb")
NEAR = 1e-4  # a batch and one row differ by less


def code_of(exercise: str, name: str) -> str:
    (answer,) = [answer for answer in ANSWERS if (answer.exercise, answer.name) == (exercise, name)]
    return answer.code


@pytest.fixture(scope="module")
def reference() -> dict:
    """The names of the notebook's solutions."""
    namespace: dict = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        for source in (*LAB.setup, *LAB.solutions.values()):
            exec(source, namespace)
    return namespace


@pytest.fixture(scope="module")
def lab(executed):
    return executed("lab-08")


@pytest.mark.parametrize(
    "exercise, name, test",
    [
        ("block_hashes", "hard-coded", "correct_block_hashes"),
        ("block_hashes", "a number cut short", "correct_block_hashes"),
        ("num_cached_tokens", "hard-coded", "correct_num_cached_tokens"),
        ("eviction_order", "hard-coded", "correct_eviction_order"),
        ("tokens_computed", "hard-coded", "correct_tokens_computed"),
        ("revealing_prompts", "made for blocks of 4", "correct_revealing_prompts"),
    ],
)
def test_a_message_of_a_hidden_test_gives_no_answer_away(exercise, name, test):
    message = LAB.messages(**{exercise: code_of(exercise, name)})[test]
    assert message and not any(character.isdigit() for character in message)


def test_no_exercise_needs_another_ones_answer_but_the_search_its_hashes():
    for exercise in LAB.solutions:
        needed = (exercise, *LAB.built_on(exercise))
        others = {name: LAB.untouched(name) for name in LAB.solutions if name not in needed}
        own = [test for test, of in LAB.exercise_of.items() if of == exercise]
        assert set(LAB.messages(tests=own, **others).values()) == {""}, exercise


def serve_alone(llm, prompt: list[int], new_tokens: int = 1):
    return llm.generate([prompt], lab_engine.greedy(new_tokens), use_tqdm=False)[0]


def test_five_turns_compute_what_the_contract_says(reference):
    llm = lab_engine.engine(max_model_len=512, block_size=16, num_blocks=40)
    ids = np.random.default_rng(0).integers(5, 1000, 500).tolist()
    outputs = [serve_alone(llm, ids[:length]) for length in (100, 200, 300, 400, 500)]
    computed = [len(output.prompt_token_ids) - output.num_cached_tokens for output in outputs]
    assert computed == [100, 104, 108, 112, 100]
    assert reference["tokens_computed"]([100, 200, 300, 400, 500], 16) == (1500, sum(computed))


@pytest.mark.parametrize("answer", [a for a in ANSWERS if a.exercise == "block_hashes" and not a.is_right], ids=str)
def test_hashes_that_are_not_right_are_named_where_the_search_fails(answer):
    message = LAB.messages(tests=["correct_num_cached_tokens"], block_hashes=answer.code)["correct_num_cached_tokens"]
    assert not message or "block_hashes" in message


@pytest.mark.parametrize("name", ["the block alone", "hard-coded", "one hash", "printed", "left as it was"])
def test_the_search_fails_on_hashes_of_these_kinds(name):
    code = code_of("block_hashes", name)
    assert LAB.messages(tests=["correct_num_cached_tokens"], block_hashes=code)["correct_num_cached_tokens"]


def test_the_search_works_on_hashes_of_every_right_kind():
    for answer in ANSWERS:
        if answer.exercise == "block_hashes" and answer.is_right:
            assert set(LAB.messages(tests=["correct_num_cached_tokens"], block_hashes=answer.code).values()) == {""}


@pytest.mark.parametrize("answer_len, second", [(1, 104), (28, 88), (29, 72), (40, 72)])
def test_the_engine_keeps_an_answers_blocks_but_for_its_last_token(reference, answer_len, second):
    """Which the lab leaves out: its answers have one token."""
    llm = lab_engine.engine(max_model_len=256, block_size=16, num_blocks=40)
    prompt = np.random.default_rng(1).integers(5, 1000, 100).tolist()
    first = serve_alone(llm, prompt, answer_len)
    longer = [*prompt, *first.outputs[0].token_ids]
    output = serve_alone(llm, [*longer, *[7] * (200 - len(longer))])
    assert 200 - output.num_cached_tokens == second
    counted = reference["tokens_computed"]([100, 200], 16)
    assert (counted == (300, 100 + second)) == (answer_len == 1)


@pytest.mark.parametrize("seed", range(3))
def test_the_count_of_a_chat_is_the_engines(reference, seed):
    rng = np.random.default_rng(seed)
    llm = lab_engine.engine(max_model_len=256, block_size=int(rng.integers(1, 20)), num_blocks=300)
    ids = rng.integers(5, 1000, 240).tolist()
    lens = sorted(rng.integers(1, 240, 5).tolist()) + [240, 240]
    outputs = [serve_alone(llm, ids[:length]) for length in lens]
    computed = sum(len(output.prompt_token_ids) - output.num_cached_tokens for output in outputs)
    assert reference["tokens_computed"](lens, llm.llm_engine.config.block_size) == (sum(lens), computed)


def test_a_prompt_that_is_sent_again_computes_its_last_block():
    llm = lab_engine.engine(max_model_len=128, block_size=16, num_blocks=10)
    prompt = np.random.default_rng(2).integers(5, 1000, 64).tolist()
    assert [64 - serve_alone(llm, prompt).num_cached_tokens for _ in range(2)] == [64, 16]


@pytest.mark.parametrize("seed", range(5))
def test_the_search_of_the_lab_is_the_engines(reference, seed):
    rng, size, known = np.random.default_rng(seed), int(np.random.default_rng(seed).integers(1, 6)), set()
    manager = KVCacheManager(num_blocks=2000, block_size=size)
    for number in range(40):
        prompt = rng.integers(0, 2, rng.integers(1, 4 * size + 2)).tolist()
        request = Request(str(number), prompt, SamplingParams(max_tokens=1))
        found = manager.get_computed_blocks(request)
        assert reference["num_cached_tokens"](prompt, known, size) == len(found) * size
        manager.allocate_slots(request, len(prompt) - len(found) * size, found)
        manager.free(request)
        known.update(reference["block_hashes"](prompt, size))


@pytest.mark.parametrize("seed", range(8))
def test_the_queue_of_the_lab_is_the_engines(reference, seed):
    """Requests start in any order, find blocks by their hash, and end in any order; nothing is evicted meanwhile."""
    rng, pool = np.random.default_rng(seed), BlockPool(40)
    blocks = pool.get_new_blocks(12)
    pool.cache_full_blocks(blocks, [f"hash {block.block_id}" for block in blocks])
    freed, running = [[block.block_id for block in blocks]], []
    pool.free_blocks(reversed(blocks))
    for _ in range(30):
        if running and rng.random() < 0.5:
            table = running.pop(int(rng.integers(len(running))))
            pool.free_blocks(reversed(table))
            freed.append([block.block_id for block in table])
        else:
            table = [pool.get_cached_block(f"hash {i}") for i in rng.permutation(12)[: rng.integers(1, 5)]]
            pool.touch(table)
            running.append(table)
    hits = [block.block_id for table in running for block in table]
    # A request whose blocks another one still uses frees them for itself only: the latest end counts.
    expected = reference["eviction_order"](freed, hits)
    unused = pool.num_free_blocks - len(expected)
    order = [pool.get_new_blocks(1)[0].block_id for _ in range(pool.num_free_blocks)]
    assert order[unused:] == expected


def test_the_tests_stream_preempts_and_its_prompts_tell_hashes_apart():
    tokens, stats = lab_engine.engines_own()
    assert stats.num_preemptions > 0 and 0 < stats.prefix_cache_hits < stats.prefix_cache_queries
    wrong, _ = lab_engine.serve(
        lab_engine.engine(block_hasher=own_tokens_only(lab_engine.BLOCK_SIZE)), lab_engine.stream()
    )
    assert sum(a != b for a, b in zip(tokens, wrong)) >= 5


def test_the_bugs_of_exercise_5_are_not_seen_on_the_prompts_that_are_handed_out(lab):
    rows = re.findall(r"found by cache '(.)': +(.*)", lab.printed("try-caches"))
    assert [name for name, _ in rows] == ["a", "b", "c"] and len({found for _, found in rows}) == 1


def test_equal_tokens_behind_other_tokens_have_another_key(lab):
    said = lab.printed("worked-example")
    blocks = said.split("block ")[1:]
    same = [re.findall(r"same tokens: (\w+), and from the start: (\w+)", block)[0] for block in blocks]
    assert same == [("True", "True"), ("True", "True"), ("False", "False"), ("True", "False")]
    keys = [[float(number) for number in re.findall(r"\d\.\d{3}", block)] for block in blocks]
    assert keys[0] == keys[1] == [0.0] * 4
    assert keys[3][0] == 0.0 and min(keys[3][1:]) > 0.1


def test_the_tree_shares_a_beginning_and_not_an_equal_block_behind_another(lab):
    said = lab.printed("plot-tree")
    assert "13 full blocks are served, and 7 are stored" in said
    assert "'. The bear said: I am' is stored 2 times: the tokens before it differ" in said


def test_the_facts_of_the_chat_and_both_guesses_are_printed(lab):
    said = lab.printed("plot-turns")
    assert re.search(r"5 +500 +500 +100 +1,500 +524", said)
    assert "you guessed 500, it is 524" in said and "you guessed 1, it is 16" in said


def test_the_queue_is_printed_as_it_is_drawn(lab):
    rows = [line.split(":")[1].split() for line in lab.printed("plot-queue").splitlines()[1:]]
    assert rows == [["3", "2", "1"], ["3", "2", "1", "5", "4"], ["3", "5", "4", "6", "2", "1"], ["3", "6", "2", "1"]]


def test_the_bugs_show_in_the_running_engine(lab):
    said = lab.printed("break-it")
    first, second, counts, _ = said.split("\n\n")
    texts = dict(re.findall(r"^ +(right|cache 'c'): (\d) tokens found", first, re.M))
    assert texts == {"right": "0", "cache 'c'": "4"}
    continued = re.findall(r"then ('.*')", first)
    assert len(set(continued)) == 2
    tom = re.findall(r"Tom and his friend ('.*')$", second, re.M)
    fox = re.findall(r"\.\.\. a little ('.*')$", second, re.M)
    assert tom[0] == tom[1] and fox[0] != fox[1]
    assert fox[1].split()[:2] == tom[0].split()[:2] or fox[1].split()[0] == tom[0].split()[0]  # it begins like Tom's
    assert "IndexError" in second
    assert len(set(re.findall(r"found by cache '.': +(.*)", counts)[:3])) == 3


def test_the_engine_and_the_lab_count_alike(lab):
    said = lab.printed("meet-the-engine")
    rows = re.findall(r"^ +(\d) +(\d+) +(\d+) +(\d+)$", said, re.M)
    assert [(found, yours) for *_, found, yours in rows] == [(f, f) for f in ("0", "32", "64", "96", "128")]
    queries, hits, computed, yours = map(
        int,
        re.search(r"queries (\d+), prefix_cache_hits (\d+): (\d+) computed; you counted (\d+)", said).groups(),
    )
    assert queries - hits == computed == yours
    assert "identical tokens with caching on and off: True" in said
    more = re.search(r"answers of 12 tokens.*\n  prefix_cache_hits (\d+): \d+ computed; identical tokens: True", said)
    assert int(more[1]) > hits


def test_a_preempted_request_finds_its_own_blocks(lab):
    said = lab.printed("meet-the-engine")
    again = dict(re.findall(r"caching (on|off): 1 preemptions?, (\d+) tokens computed again", said))
    assert int(again["on"]) < int(again["off"])
    assert "identical tokens: True; a preempted request" in said


def test_no_printed_line_is_wider_than_a_page(lab):
    assert [line for line in lab.all_printed.splitlines() if len(line) > 95 and "/" not in line] == []


def test_no_token_that_the_lab_compares_hangs_on_the_last_bit(reference, monkeypatch, capsys):
    """Caching on and off compute in batches of other shapes, which round differently."""
    served, generate = [], LLM.generate

    def recorded(llm, *args, **named):
        outputs = generate(llm, *args, **named)
        served.extend(outputs)
        return outputs

    monkeypatch.setattr(LLM, "generate", recorded)
    lab_08.meet_the_engine(*(reference[name] for name in ("block_hashes", "num_cached_tokens", "tokens_computed")))
    model = OneSequence(lab_engine.engine().llm_engine.model)
    assert len(served) == 28
    for output in served:
        prompt, generated = output.prompt_token_ids, output.outputs[0].token_ids
        rows = np.sort(model.forward([*prompt, *generated[:-1]])[len(prompt) - 1 :], axis=-1)
        assert (rows[:, -1] - rows[:, -2]).min() > NEAR


def test_what_stands_below_exercise_5_names_its_bugs_only_where_it_is_folded():
    cells = nbformat.read(LAB.path, as_version=4).cells
    below = [cell.source for cell in cells if cell.id in ("break-task", "break-it", "meet-the-engine")]
    shown = re.sub(r"(?s)<details>.*?</details>", "", "\n".join(below))
    assert len(below) == 3 and "Exercise 5" in shown
    assert re.findall(r"(?i)parent|whole|nothing|leave", shown) == []
