"""The HTTP server with OpenAI's interface, in the layout of vLLM's entrypoints/openai. Needs starlette and uvicorn."""
