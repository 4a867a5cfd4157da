"""The engine behind `LLM`: requests in, outputs out, one step at a time."""
