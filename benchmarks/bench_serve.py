"""Measure the server: throughput and latencies at several concurrencies, against one request at a time.

    python benchmarks/bench_serve.py --model smollm2-135m-instruct

It does what `vllm bench serve --dataset-name random --ignore-eos --max-concurrency N` does. Each prompt is random, so
that no prefix cache helps. The server runs in a process of its own, on the same machine.

TTFT: from sending a request to its first token. ITL: between its tokens. TPOT: a request's mean over its tokens
after the first.
"""

import argparse
import asyncio
import contextlib
import json
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from machine import describe


@dataclass
class Timed:
    """One request: when it was sent, and when each event with tokens came, in seconds."""

    sent: float
    events: list[float] = field(default_factory=list)
    num_tokens: int = 0

    @property
    def ttft(self) -> float:
        return self.events[0] - self.sent

    @property
    def tpot(self) -> float:
        return (self.events[-1] - self.events[0]) / (self.num_tokens - 1)

    @property
    def itl(self) -> list[float]:
        return [later - earlier for earlier, later in zip(self.events, self.events[1:])]


async def request(address: tuple[str, int], prompt: list[int], output_len: int) -> Timed:
    """Stream one completion. Plain sockets, because a client's own work would take time from the server."""
    body = {"prompt": prompt, "max_tokens": output_len, "temperature": 0, "ignore_eos": True, "stream": True}
    content = json.dumps(body | {"return_token_ids": True}).encode()
    head = f"POST /v1/completions HTTP/1.1\r\nHost: {address[0]}\r\nContent-Type: application/json\r\n"
    reader, writer = await asyncio.open_connection(*address)
    timed = Timed(time.perf_counter())
    writer.write(f"{head}Connection: close\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content)
    lines = []
    async for line in reader:
        lines.append(line)
        if line.startswith(b"data: {"):
            (choice,) = json.loads(line[6:])["choices"]
            timed.events.append(time.perf_counter())
            timed.num_tokens += len(choice["token_ids"])
    writer.close()
    if timed.num_tokens != output_len:
        raise RuntimeError(f"The server sent {timed.num_tokens} of {output_len} tokens: {b''.join(lines)[-500:]!r}")
    return timed


async def measure(
    address: tuple[str, int], concurrency: int, num_prompts: int, input_len: int, output_len: int
) -> tuple[float, list[Timed]]:
    """The seconds that all requests took together, and each of them."""
    # Ids that every vocabulary has.
    prompts = iter([[random.randrange(20, 60) for _ in range(input_len)] for _ in range(num_prompts)])
    done: list[Timed] = []

    async def client() -> None:
        for prompt in prompts:
            done.append(await request(address, prompt, output_len))

    start = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(concurrency)))
    return time.perf_counter() - start, done


def shown(seconds: list[float]) -> str:
    """mean / median / p99, in milliseconds."""
    import numpy as np

    numbers = (np.mean(seconds), np.median(seconds), np.percentile(seconds, 99)) if seconds else ()
    return " / ".join(f"{1e3 * number:,.0f}" for number in numbers) or "-"


@contextlib.contextmanager
def server(model: str | None) -> Iterator[str]:
    """The address of a server of our own."""
    command = [sys.executable, "-m", "mini_vllm", "serve", *([model] if model else []), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        said = ""
        while not (found := re.search(r"http://\S+", said)):
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise RuntimeError("The server did not start.")
            said += line
        yield found[0]
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Measure the server's throughput and latencies at several concurrencies.",
        epilog="Example: .venv/bin/python benchmarks/bench_serve.py --model smollm2-135m-instruct --concurrency 1 16",
    )
    parser.add_argument("--model", help="name or path of a model to serve (default: the embedded model)")
    parser.add_argument("--base-url", help="a server that runs already, as http://127.0.0.1:8000")
    parser.add_argument("--concurrency", type=int, nargs="+", default=[1, 4, 16, 64], help="(default: 1 4 16 64)")
    parser.add_argument(
        "--num-prompts", type=int, default=4, help="requests for each of the concurrent ones (default: %(default)s)"
    )
    parser.add_argument("--input-len", type=int, default=64, help="tokens of a prompt (default: %(default)s)")
    parser.add_argument("--output-len", type=int, default=32, help="tokens generated after it (default: %(default)s)")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server ends with this program
    with server(args.model) if args.base_url is None else contextlib.nullcontext(args.base_url) as url:
        parts = urlsplit(url)
        address = (parts.hostname or "127.0.0.1", parts.port or 80)
        lengths = (args.input_len, args.output_len)
        asyncio.run(measure(address, 2, 4, *lengths))  # the first are slower than any other
        print(f"{describe()}; prompts of {lengths[0]} tokens, {lengths[1]} generated; mean / median / p99\n")
        print("| concurrency | requests | requests/s | output tokens/s | ratio | TTFT, ms | TPOT, ms | ITL, ms |")
        print("|---|---|---|---|---|---|---|---|", flush=True)
        first = None
        for concurrency in args.concurrency:
            num_prompts = max(args.num_prompts * concurrency, 8)
            seconds, done = asyncio.run(measure(address, concurrency, num_prompts, *lengths))
            speed = num_prompts * args.output_len / seconds
            first = first or speed
            cells = [concurrency, num_prompts, f"{num_prompts / seconds:.2f}", f"{speed:.0f}", f"{speed / first:.1f}x"]
            cells += [shown([one.ttft for one in done]), shown([one.tpot for one in done if one.num_tokens > 1])]
            cells.append(shown([gap for one in done for gap in one.itl]))
            print(f"| {' | '.join(map(str, cells))} |", flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except (OSError, RuntimeError) as error:
        sys.exit(str(error))
