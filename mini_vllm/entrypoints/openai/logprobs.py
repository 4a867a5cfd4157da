"""Log-probabilities in the two forms of OpenAI's interface."""

from collections.abc import Mapping, Sequence
from typing import Any

from mini_vllm.sample import Logprob

LEAST = -9999.0  # in place of -inf, which JSON does not have; vLLM's number
Entries = Mapping[int, Logprob]  # of one position, by token id: the sampled token first, then the most likely ones


def completion_logprobs(
    token_ids: Sequence[int], logprobs: Sequence[Entries | None], offset: int, first_token: str = ""
) -> dict[str, Any]:
    """The form of /v1/completions.

    logprobs:    None for the first token of an echoed prompt, which has none; first_token is its text.
    offset:      characters of the tokens before these.
    """
    tokens = [_token(token_id, entries) if entries else first_token for token_id, entries in zip(token_ids, logprobs)]
    offsets = [offset]
    for token in tokens:
        offsets.append(offsets[-1] + len(token))
    return {
        "tokens": tokens,
        "token_logprobs": [entries and _logprob(entries[token_id]) for token_id, entries in zip(token_ids, logprobs)],
        "top_logprobs": [
            entries and {_token(token_id, entries): _logprob(entry) for token_id, entry in entries.items()}
            for entries in logprobs
        ],
        "text_offset": offsets[:-1],
    }


def chat_logprobs(token_ids: Sequence[int], logprobs: Sequence[Entries], num_top: int) -> dict[str, Any]:
    """The form of /v1/chat/completions. num_top: how many of the most likely tokens to list for each."""
    content = []
    for token_id, entries in zip(token_ids, logprobs):
        best = sorted(entries, key=lambda other: entries[other].rank)[:num_top]
        top = [_chat_entry(other, entries) for other in best]
        content.append({**_chat_entry(token_id, entries), "top_logprobs": top})
    return {"content": content}


def listed_prompt_logprobs(prompt_logprobs: Sequence[Entries | None] | None) -> list[dict[str, Any] | None]:
    """vLLM's form of the field `prompt_logprobs`: by token id; None for the first token."""
    return [
        None
        if entries is None
        else {str(token): {**one._asdict(), "logprob": _logprob(one)} for token, one in entries.items()}
        for entries in prompt_logprobs or ()
    ]


def _chat_entry(token_id: int, entries: Entries) -> dict[str, Any]:
    token = _token(token_id, entries)
    encoded = list(token.encode("utf-8", "replace"))
    return {"token": token, "logprob": _logprob(entries[token_id]), "bytes": encoded}


def _token(token_id: int, entries: Entries) -> str:
    decoded = entries[token_id].decoded_token
    return f"token_id:{token_id}" if decoded is None else decoded


def _logprob(entry: Logprob) -> float:
    return max(entry.logprob, LEAST)
