"""benchmarks/bench_serve.py counts what the server did."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from served import serving

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "bench_serve.py"


@pytest.mark.slow
def test_it_prints_the_machine_and_a_row_for_each_concurrency():
    with serving() as served:
        options = ["--base-url", served.url, "--concurrency", "1", "3", "--input-len", "9", "--output-len", "5"]
        command = [sys.executable, str(SCRIPT), *options]
        run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
        assert served.async_llm.stat_logger.generation_tokens == 5 * (4 + 8 + 12)  # the first four are not counted
    machine, rows = run.stdout.splitlines()[0], [line.split(" | ") for line in run.stdout.splitlines()[-2:]]
    assert re.search(r"\d cores, .* kernel, \d+ threads.*prompts of 9 tokens, 5 generated", machine)
    assert [row[:2] for row in rows] == [["| 1", "8"], ["| 3", "12"]] and rows[0][4] == "1.0x"
    for _, _, requests, tokens, _, ttft, _, itl in rows:
        assert abs(float(tokens) - 5 * float(requests)) < 1
        for latencies in (ttft, itl.rstrip(" |")):
            mean, median, p99 = (float(number.replace(",", "")) for number in latencies.split(" / "))
            assert median <= p99 and mean <= p99
