"""Why a generation passed the wrong units, told from the calls of forward that it made."""

from typing import Any

from labkit.check import Why

Calls = list[tuple[int, Any]]  # of forward: (number of positions passed, the cache or None)
CALL_NEW_CACHE_ONCE = "call model.new_cache() once, before the loop"


def too_few_calls(made: int, expected: int) -> Why:
    if made == 1 < expected:
        return "the loop ends after its first round", "check the indentation of `return`"
    missing = "one call is missing" if made == expected - 1 else "calls are missing"
    return f"{missing}: the loop makes too few rounds", "one round per new token"


def why_wrong_lengths(calls: Calls, expected: list[int], prompt_len: int) -> Why:
    passed = [length for length, _ in calls]
    if any(cache is not None for _, cache in calls):
        return "a cache was passed to forward", "call model.forward(ids) with one argument"
    if passed == [*expected, prompt_len + len(expected)]:
        return "one more pass follows after the last token", "call forward once per new token"
    if 0 < len(passed) < len(expected) and passed == expected[: len(passed)]:
        return too_few_calls(len(passed), len(expected))
    if passed == [length + 1 for length in expected]:
        return "a step's input includes a token that is not predicted yet", "pass the prompt alone in the first step"
    if len(passed) == len(expected) and set(passed) == {prompt_len}:
        return "the new tokens never reach the model", "append each token to what you pass next"
    if passed[1:] and set(passed[1:]) == {1}:
        return (
            "only the newest token is passed, and without a cache the model forgets all the others",
            "pass the whole sequence",
        )
    return "a step does not pass the whole sequence so far", "print len(ids) before each call of forward"


def why_wrong_cache(calls: Calls, units: int, prompt_len: int) -> Why:
    lengths, caches = [length for length, _ in calls], [cache for _, cache in calls]
    passed, others = sum(lengths), lengths[1:]
    if lengths and all(cache is None for cache in caches):
        return "no cache was passed to forward", "make one with model.new_cache() and pass it to every call"
    if any(cache is None for cache in caches):
        return (
            "one call has no cache: K and V of what it passed are lost",
            "pass the same cache to every call, the prompt's too",
        )
    if len({id(cache) for cache in caches}) == len(caches) > 1:
        return "every step has a new cache, which forgets what came before", CALL_NEW_CACHE_ONCE
    if len({id(cache) for cache in caches}) > 1:
        return "several caches: K and V in one of them are unknown to the others", CALL_NEW_CACHE_ONCE
    if lengths[:1] == [prompt_len] and set(others) == {1} and passed < units - 1:
        return too_few_calls(len(others), units - prompt_len)
    if passed < units - 1:
        return (
            "a part of the prompt never passed, so its K and V were never written to the cache",
            "pass the whole prompt with the cache before the loop",
        )
    if passed == units - 1:
        return (
            "the last token is not fed: engines stop there, but our rule counts it",
            "feed every chosen token, the last one too",
        )
    if others and others == [prompt_len + 1 + i for i in range(len(others))]:
        return (
            "the whole sequence is fed again at every step, though the cache holds it",
            "feed the newest token alone",
        )
    if others and min(others) >= prompt_len > 1:
        return "the prompt is fed again at every step, though the cache holds it", "feed the newest token alone"
    if passed == units + 1:
        return "one token passes twice", "the prefill already holds the last prompt token: do not feed it again"
    return "some token passes twice, or never", "print len(ids) before each call of forward"
