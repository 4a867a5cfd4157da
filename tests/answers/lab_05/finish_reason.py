"""Exercise 3: whether a request is finished, and why."""

from answers import Answer, right, wrong

HEAD = "def finish_reason(output_token_ids, num_prompt_tokens, params, eos_token_ids, max_model_len):\n"
LAST = "last, size = output_token_ids[-1], len(output_token_ids)\n"
EOS = "if last in eos_token_ids and not params.ignore_eos:\n    return 'stop'\n"
STOP = "if last in params.stop_token_ids:\n    return 'stop'\n"
MAX_TOKENS = "if params.max_tokens is not None and size >= params.max_tokens:\n    return 'length'\n"
MAX_LEN = "if num_prompt_tokens + size >= max_model_len:\n    return 'length'\n"


def _code(body: str) -> str:
    return HEAD + "".join(f"    {line}\n" for line in body.rstrip("\n").split("\n"))


def _wrong(name: str, message: str, body: str) -> Answer:
    return wrong("finish_reason", name, message, _code(body))


def _right(name: str, body: str) -> Answer:
    return right("finish_reason", name, _code(body))


FINISH_REASON = [
    _right(
        "a set of stop tokens, the smaller limit",
        "stops = set(params.stop_token_ids)\n"
        "if not params.ignore_eos:\n    stops |= set(eos_token_ids)\n"
        "if output_token_ids[-1] in stops:\n    return 'stop'\n"
        "room = max_model_len - num_prompt_tokens\n"
        "most = room if params.max_tokens is None else min(room, params.max_tokens)\n"
        "return 'length' if len(output_token_ids) >= most else None",
    ),
    _right(
        "overwritten in reverse order",
        "reason = None\n"
        "if len(output_token_ids) == params.max_tokens:\n    reason = 'length'\n"
        "if num_prompt_tokens + len(output_token_ids) == max_model_len:\n    reason = 'length'\n"
        "if output_token_ids[-1] in params.stop_token_ids:\n    reason = 'stop'\n"
        "if not params.ignore_eos and output_token_ids[-1] in eos_token_ids:\n    reason = 'stop'\n"
        "return reason",
    ),
    _right(
        "any and infinity",
        "last = output_token_ids[-1]\n"
        "limit = float('inf') if params.max_tokens is None else params.max_tokens\n"
        "is_stop = any((last in eos_token_ids and not params.ignore_eos, last in params.stop_token_ids))\n"
        "is_full = len(output_token_ids) >= limit or num_prompt_tokens + len(output_token_ids) >= max_model_len\n"
        "return 'stop' if is_stop else 'length' if is_full else None",
    ),
    _right(
        "numpy",
        "last = np.asarray(output_token_ids)[-1]\n"
        "stops = [*params.stop_token_ids, *([] if params.ignore_eos else eos_token_ids)]\n"
        "if np.isin(last, stops):\n    return np.str_('stop')\n"
        "size = np.size(output_token_ids)\n"
        "if size == params.max_tokens or size + num_prompt_tokens >= max_model_len:\n    return 'length'",
    ),
    _right(
        "an enum of texts",
        "import enum\nReason = enum.Enum('Reason', {'STOP': 'stop', 'LENGTH': 'length'}, type=str)\n"
        "last, size = output_token_ids[-1], len(output_token_ids)\n"
        "if last in params.stop_token_ids or last in eos_token_ids and not params.ignore_eos:\n"
        "    return Reason.STOP\n"
        "if size in (params.max_tokens, max_model_len - num_prompt_tokens):\n    return Reason.LENGTH",
    ),
    _right(
        "a generator of rules",
        "*_, last = output_token_ids\nsize = len(output_token_ids)\n"
        "rules = {\n    'stop': [t for t in params.stop_token_ids if t == last]\n"
        "    + [t for t in eos_token_ids if t == last and not params.ignore_eos],\n"
        "    'length': [n for n in (params.max_tokens, max_model_len - num_prompt_tokens) if n and n <= size],\n"
        "}\n"
        "return next((reason for reason, found in rules.items() if found), None)",
    ),
    _wrong("length first", "the length is checked first", LAST + MAX_TOKENS + MAX_LEN + EOS + STOP + "return None"),
    _wrong(
        "eos anywhere",
        "all output tokens are searched",
        LAST
        + EOS.replace("last in eos_token_ids", "set(output_token_ids) & set(eos_token_ids)")
        + STOP
        + MAX_TOKENS
        + MAX_LEN,
    ),
    _wrong(
        "any stop token anywhere",
        "all output tokens are searched",
        LAST + "for token in output_token_ids:\n    if token in eos_token_ids and not params.ignore_eos:\n"
        "        return 'stop'\n    if token in params.stop_token_ids:\n        return 'stop'\n" + MAX_TOKENS + MAX_LEN,
    ),
    _wrong(
        "eos with ignore_eos",
        "ignore_eos is not checked",
        LAST + EOS.replace(" and not params.ignore_eos", "") + STOP + MAX_TOKENS + MAX_LEN,
    ),
    _wrong(
        "ignore_eos for everything",
        "switches off stop_token_ids",
        LAST + "if not params.ignore_eos and (last in eos_token_ids or last in params.stop_token_ids):\n"
        "    return 'stop'\n" + MAX_TOKENS + MAX_LEN,
    ),
    _wrong("no stop tokens", "stop_token_ids are not checked", LAST + EOS + MAX_TOKENS + MAX_LEN),
    _wrong(
        "eos compared with ==",
        "eos_token_ids is a set",
        LAST + EOS.replace("last in eos_token_ids", "last == eos_token_ids") + STOP + MAX_TOKENS + MAX_LEN,
    ),
    _wrong(
        "both compared with ==",
        "a set or list of token ids is compared with one token",
        LAST + EOS.replace("last in", "last ==") + STOP.replace("last in", "last ==") + MAX_TOKENS + MAX_LEN,
    ),
    _wrong(
        "max_model_len of the output",
        "compared with the output alone",
        LAST + EOS + STOP + MAX_TOKENS + MAX_LEN.replace("num_prompt_tokens + ", ""),
    ),
    _wrong("no max_model_len", "max_model_len is not checked", LAST + EOS + STOP + MAX_TOKENS),
    _wrong(
        "max_model_len too late",
        "one token too late at max_model_len",
        LAST + EOS + STOP + MAX_TOKENS + MAX_LEN.replace(">=", ">"),
    ),
    _wrong(
        "max_model_len too early",
        "one token too early at max_model_len",
        LAST + EOS + STOP + MAX_TOKENS + MAX_LEN.replace("size >=", "size + 1 >="),
    ),
    _wrong(
        "the prompt counts",
        "the prompt counts towards max_tokens",
        LAST + EOS + STOP + MAX_TOKENS.replace("size >=", "num_prompt_tokens + size >=") + MAX_LEN,
    ),
    _wrong(
        "max_tokens too late",
        "one token too late at max_tokens",
        LAST + EOS + STOP + MAX_TOKENS.replace(">=", ">") + MAX_LEN,
    ),
    _wrong(
        "max_tokens too early",
        "one token too early at max_tokens",
        LAST + EOS + STOP + MAX_TOKENS.replace("size >=", "size + 1 >=") + MAX_LEN,
    ),
    _wrong("no max_tokens", "max_tokens is not checked", LAST + EOS + STOP + MAX_LEN),
    _wrong("no limits", "the two limits are not checked", LAST + EOS + STOP + "return None"),
    _wrong("limits only", "stop tokens are not checked", LAST + MAX_TOKENS + MAX_LEN),
    _wrong(
        "None compared",
        "max_tokens is None",
        LAST + EOS + STOP + MAX_TOKENS.replace("params.max_tokens is not None and ", "") + MAX_LEN,
    ),
    _wrong(
        "the first token",
        "the first output token",
        LAST.replace("[-1]", "[0]") + EOS + STOP + MAX_TOKENS + MAX_LEN,
    ),
    _wrong(
        "the reasons swapped for stop",
        'the reason for a stop token is "stop"',
        LAST + (EOS + STOP).replace("stop'", "length'") + MAX_TOKENS + MAX_LEN,
    ),
    _wrong(
        "one reason for all",
        'the reason for the two limits is "length"',
        LAST + EOS + STOP + (MAX_TOKENS + MAX_LEN).replace("length", "stop"),
    ),
    _wrong(
        "not an eos token",
        "a token that is not an eos token",
        LAST + EOS.replace("last in", "last not in") + STOP + MAX_TOKENS + MAX_LEN,
    ),
    _wrong(
        "stop only at the end",
        "not applied in their order",
        LAST + "if size == params.max_tokens and (last in eos_token_ids or last in params.stop_token_ids):\n"
        "    return 'stop'\n" + MAX_LEN + MAX_TOKENS,
    ),
    _wrong(
        "popped",
        "changed a list or set",
        "size = len(output_token_ids)\nlast = output_token_ids.pop()\n" + EOS + STOP + MAX_TOKENS + MAX_LEN,
    ),
    _wrong(
        "a set extended in place",
        "changed a list or set",
        LAST + "eos_token_ids |= set(params.stop_token_ids)\n" + EOS + STOP + MAX_TOKENS + MAX_LEN,
    ),
    _wrong(
        "a list of the parameters extended in place",
        "changed a list or set",
        LAST + "stops = params.stop_token_ids\nstops += eos_token_ids\n" + EOS + STOP + MAX_TOKENS + MAX_LEN,
    ),
    _wrong(
        "a set and a list joined",
        "eos_token_ids is a set, stop_token_ids and output_token_ids are lists",
        LAST + "if last in eos_token_ids | params.stop_token_ids:\n    return 'stop'\n" + MAX_TOKENS + MAX_LEN,
    ),
    _wrong(
        "yes or no", "not why", LAST + (EOS + STOP + MAX_TOKENS + MAX_LEN).replace("'stop'", "True") + "return False"
    ),
    _wrong("eos", "another word for the reason", LAST + EOS.replace("'stop'", "'eos'") + STOP + MAX_TOKENS + MAX_LEN),
    _wrong("None as a text", "None as a text", LAST + EOS + STOP + MAX_TOKENS + MAX_LEN + "return 'None'"),
    _wrong("left as it was", "not written yet", "raise NotImplementedError()"),
    _wrong(
        "one eos token",
        "wrong for other requests",
        LAST + EOS.replace("last in eos_token_ids", "last == max(eos_token_ids)") + STOP + MAX_TOKENS + MAX_LEN,
    ),
    _wrong(
        "a fixed context",
        "wrong for other requests",
        LAST + EOS + STOP + MAX_TOKENS + MAX_LEN.replace("max_model_len", "20"),
    ),
    _wrong(
        "only one stop token",
        "wrong for other requests",
        LAST + EOS + STOP.replace("in params.stop_token_ids", "in params.stop_token_ids[:1]") + MAX_TOKENS + MAX_LEN,
    ),
    _wrong(
        "the engine's rule",
        "the engine's code",
        "from mini_vllm.request import Request\n"
        "request = Request('', [1] * num_prompt_tokens, params, eos_token_ids)\n"
        "for token in output_token_ids:\n    request.append_output_token_id(token)\n"
        "request.check_stop(max_model_len)\nreturn request.status.finish_reason",
    ),
    wrong(
        "finish_reason",
        "an argument too few",
        "restore its five arguments",
        "def finish_reason(output_token_ids, params, eos_token_ids, max_model_len):\n    return None",
    ),
]
