"""The scheduler's plan: who is computed, how many tokens, and who has to wait."""

from engines import engine, greedy, random_prompt

from mini_vllm.request import RequestStatus


def plan(an_engine) -> dict[str, int]:
    """The next step, taken: tokens by request."""
    plans = []
    execute = an_engine.model_runner.execute_model
    an_engine.model_runner.execute_model = lambda output: (plans.append(output), execute(output))[1]
    an_engine.step()
    an_engine.model_runner.execute_model = execute
    return {item.request.request_id: item.num_new_tokens for item in plans[0].scheduled}


def add(an_engine, **lengths):
    for index, (name, length) in enumerate(lengths.items()):
        an_engine.add_request(name, random_prompt(index, length), greedy(20))


def test_a_step_holds_running_requests_first_then_waiting_ones_until_the_budget_is_spent():
    an_engine = engine(max_num_batched_tokens=10)
    add(an_engine, a=4, b=9, c=5)
    assert plan(an_engine) == {"a": 4, "b": 6}  # the prompt of b in pieces; c has to wait
    assert plan(an_engine) == {"a": 1, "b": 3, "c": 5}
    assert plan(an_engine) == {"a": 1, "b": 1, "c": 1}


def test_no_more_than_max_num_seqs_run_at_once():
    an_engine = engine(max_num_seqs=2)
    add(an_engine, a=4, b=4, c=4)
    assert plan(an_engine) == {"a": 4, "b": 4}
    an_engine.abort_request("a")
    assert plan(an_engine) == {"b": 1, "c": 4}


def test_the_last_to_come_is_the_first_to_be_preempted_and_the_first_to_return():
    an_engine = engine(num_blocks=7, max_model_len=24, max_num_seqs=3, enable_prefix_caching=False)
    add(an_engine, a=8, b=8, c=8, d=4)
    assert plan(an_engine) == {"a": 8, "b": 8, "c": 8}
    # Each needs a third block now, and one is free: c is preempted for b, and the two keep a block to spare.
    assert plan(an_engine) == {"a": 1, "b": 1}
    scheduler = an_engine.scheduler
    assert [request.request_id for request in scheduler.waiting] == ["c", "d"], "nobody overtakes it"
    assert scheduler.requests["c"].status is RequestStatus.PREEMPTED
    an_engine.abort_request("a")
    assert plan(an_engine)["c"] == 9, "the prompt and the token that it had"


def test_a_preempted_request_does_not_start_over_in_the_same_step():
    # A piece of it would fit into the blocks that it has just given up, and push out the next request's.
    an_engine = engine(num_blocks=7, max_model_len=28, max_num_batched_tokens=10, enable_prefix_caching=False)
    add(an_engine, a=8, b=16)
    assert [plan(an_engine) for _ in range(3)] == [{"a": 8, "b": 2}, {"a": 1, "b": 9}, {"a": 1, "b": 5}]
    assert plan(an_engine) == {"a": 1}  # b needs a fifth block, and there is none
    assert plan(an_engine) == {"a": 1, "b": 9}


def test_a_step_that_computes_a_piece_of_a_prompt_has_no_output_for_it():
    an_engine = engine(max_num_batched_tokens=4)
    add(an_engine, a=10)
    assert [len(an_engine.step()) for _ in range(4)] == [0, 0, 1, 1]


def test_a_prompt_that_is_cached_in_part_costs_only_the_rest_of_the_budget():
    an_engine = engine(max_num_batched_tokens=10)
    prompt = random_prompt(1, 12)
    an_engine.add_request("a", prompt, greedy(1))
    assert plan(an_engine) == {"a": 10} and plan(an_engine) == {"a": 2}
    an_engine.add_request("b", prompt + [1, 2, 3], greedy(1))
    assert plan(an_engine) == {"b": 3}
    stats = an_engine.stats
    assert (stats.prefix_cache_queries, stats.prefix_cache_hits) == (27, 12)


def test_a_hit_is_not_counted_as_room_when_the_block_is_free():
    # 6 blocks: a is finished and its 3 blocks are free but cached; b hits them and needs 4 more than the rest holds.
    an_engine = engine(num_blocks=6, max_model_len=24)
    prompt = random_prompt(1, 12)
    an_engine.add_request("a", prompt, greedy(1))
    plan(an_engine)
    an_engine.add_request("keeps", random_prompt(2, 8), greedy(4))
    plan(an_engine)
    an_engine.add_request("b", prompt + random_prompt(3, 8), greedy(1))  # 5 blocks, and 2 + 2 are in use or free
    while an_engine.has_unfinished_requests():
        an_engine.step()
    assert an_engine.scheduler.kv_cache_manager.block_pool.num_free_blocks == 6


def test_stats_tell_what_the_engine_is_doing():
    an_engine = engine(max_num_seqs=1, num_blocks=32)
    add(an_engine, a=7, b=4)
    an_engine.step()
    stats = an_engine.stats
    assert (stats.num_running_reqs, stats.num_waiting_reqs) == (1, 1)
    assert (stats.num_steps, stats.num_tokens_processed, stats.kv_cache_usage) == (1, 7, 2 / 32)
