"""Which fields a request may have: OpenAI's, and vLLM's extensions under vLLM's names."""

# Handed to SamplingParams, which checks them.
SAMPLING = {
    *("n", "temperature", "top_p", "seed", "stop", "presence_penalty", "frequency_penalty", "logit_bias", "max_tokens"),
    *("top_k", "min_p", "repetition_penalty", "min_tokens", "ignore_eos", "stop_token_ids", "allowed_token_ids"),
    *("bad_words", "include_stop_str_in_output", "skip_special_tokens"),
}
SHARED = SAMPLING | {"model", "stream", "stream_options", "logprobs", "prompt_logprobs", "return_token_ids"}
COMPLETION = SHARED | {"prompt", "echo"}
CHAT = SHARED | {
    *("messages", "max_completion_tokens", "top_logprobs", "add_generation_prompt", "continue_final_message"),
    "chat_template_kwargs",
}
# Not served, although they would change the answer: refused, except with a value that asks for nothing.
REFUSED: dict[str, tuple[object, ...]] = {
    "add_special_tokens": (),
    "audio": (),
    "best_of": (1,),
    "cache_salt": (),
    "chat_template": (),
    "documents": ([],),
    "function_call": ("none", "auto"),
    "functions": ([],),
    "guided_choice": (),
    "guided_grammar": (),
    "guided_json": (),
    "guided_regex": (),
    "length_penalty": (1,),
    "logits_processors": ([],),
    "logprob_token_ids": (),
    "modalities": (["text"],),
    "prediction": (),
    "prompt_embeds": (),
    "reasoning_effort": (),
    "repetition_detection": (),
    "response_format": ({"type": "text"},),
    "return_tokens_as_token_ids": (False,),
    "spaces_between_special_tokens": (True,),
    "structured_outputs": (),
    "suffix": ("",),
    "thinking_token_budget": (),
    "tool_choice": ("none", "auto"),
    "tools": ([],),
    "truncate_prompt_tokens": (),
    "use_beam_search": (False,),
    "verbosity": (),
    "web_search_options": (),
}
# Known, and without effect on the answer.
WITHOUT_EFFECT = {
    *("user", "store", "metadata", "service_tier", "parallel_tool_calls", "prompt_cache_key", "safety_identifier"),
    *("priority", "request_id", "prompt_cache_retention"),
}
