"""Speculative decoding: tokens are guessed, and one pass of the model checks several of them: vLLM's v1/spec_decode."""
