"""Serve a model over HTTP, with OpenAI's interface."""

import argparse
import math
import os
import re
import socket
import sys
from pathlib import Path

from mini_vllm.entrypoints.cli.options import add_engine_options, engine_limits
from mini_vllm.entrypoints.llm import LLM
from mini_vllm.model_loader import EMBEDDED_MODEL, MODELS
from mini_vllm.optional import import_optional

EXAMPLE = "serve smollm2-135m-instruct --port 8000"
API_KEY_VARIABLE = "MINI_VLLM_API_KEY"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    known = ", ".join(MODELS)
    parser.add_argument(
        "model", nargs="?", help=f"{known}, or the folder or .gguf file of a model (default: the embedded model)"
    )
    add_engine_options(parser)
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (default: %(default)s, this machine only)")
    add("--port", type=int, default=8000, help="port to listen on; 0 chooses a free one (default: %(default)s)")
    key_help = f"key that clients must send; may be repeated (default: the environment variable {API_KEY_VARIABLE})"
    add("--api-key", action="append", help=key_help)
    origins_help = 'web pages that may use the server, like http://localhost:3000, or "*" (default: none)'
    add("--allowed-origins", nargs="+", default=[], metavar="ORIGIN", help=origins_help)
    add("--served-model-name", nargs="+", help="names for the model in requests (default: its own)")
    queue_help = "maximum completions waiting; further requests get status 429 (default: %(default)s)"
    add("--max-queue", type=int, default=256, help=queue_help)
    add(
        "--max-sequences-per-request",
        type=int,
        default=128,
        help="maximum prompts times n in one request (default: %(default)s)",
    )
    add("--max-body-bytes", type=int, default=4 * 2**20, help="maximum size of a request body (default: %(default)s)")
    timeout_help = "seconds that running requests get to finish after Ctrl-C or SIGTERM (default: %(default)s)"
    add("--shutdown-timeout", type=float, default=30.0, help=timeout_help)


def run(args: argparse.Namespace) -> None:
    for library in ("starlette", "uvicorn"):
        import_optional(library, extra="serve")
    from mini_vllm.engine.async_llm import AsyncLLM
    from mini_vllm.entrypoints.openai.api_server import ServerLimits, build_app
    from mini_vllm.entrypoints.openai.guard import LOOPBACK
    from mini_vllm.entrypoints.openai.http_server import Server, bind
    from mini_vllm.entrypoints.openai.models import ServedModel
    from mini_vllm.metrics.stat_logger import StatLogger

    for name in ("max_queue", "max_sequences_per_request", "max_body_bytes", "shutdown_timeout"):
        least = 0 if name in ("max_queue", "shutdown_timeout") else 1
        if getattr(args, name) < least:
            raise ValueError(f"--{name.replace('_', '-')} is {getattr(args, name)}; it must be at least {least}.")
    if not math.isfinite(args.shutdown_timeout):
        raise ValueError(f"--shutdown-timeout is {args.shutdown_timeout}; it must be a number of seconds.")
    api_keys = args.api_key or [key for key in [os.environ.get(API_KEY_VARIABLE)] if key]
    if not all(key and key == key.strip() for key in api_keys):
        # --api-key "$KEY" without KEY: everyone who sends an empty key would be let in, without the warning below.
        message = f"--api-key (or {API_KEY_VARIABLE}) is empty, or begins or ends with white space: give the key alone."
        raise ValueError(message)
    for origin in args.allowed_origins:
        if origin != "*" and not re.fullmatch(r"https?://[^/\s]+", origin):
            raise ValueError(f'--allowed-origins is {origin}; it must be like http://localhost:3000, or "*".')
    listener = bind(args.host, args.port)  # before the model is loaded, which may take a while
    is_local = _is_loopback(listener)
    if not (is_local or api_keys):
        warning = f"Warning: everyone who reaches {args.host} may use this server; --api-key asks for a key."
        print(warning, file=sys.stderr)
    llm = LLM(args.model, **engine_limits(args))
    names = args.served_model_name or [Path(args.model or EMBEDDED_MODEL).name]
    engine = AsyncLLM(llm.llm_engine, StatLogger(names[0]), args.max_queue)
    model = ServedModel(names, llm.llm_engine.config.max_model_len, llm.get_default_sampling_params())
    limits = ServerLimits(max_body_bytes=args.max_body_bytes, max_sequences=args.max_sequences_per_request)
    own_names = LOOPBACK if is_local and not api_keys else None
    app = build_app(engine, model, limits, api_keys, own_names, args.allowed_origins)
    print(f"Model {names[0]}, context of {model.max_model_len} tokens", flush=True)
    Server(app, engine, args.shutdown_timeout).run(sockets=[listener])


def _is_loopback(listener: socket.socket) -> bool:
    host = listener.getsockname()[0]
    return bool(host == "::1" or host.startswith("127."))
