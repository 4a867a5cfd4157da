"""Record this machine's roofline, the measurement that lab 04 shows beside a student's own.

Run it on a machine that does nothing else. It writes labkit/lab_04/recorded.json, with the processor, the date and
how busy the machine was.
"""

import argparse
import json
import os
import platform
import sys
import time
from pathlib import Path

import numpy as np

from labkit.lab_04.machine import Measured, measure

ROOT = Path(__file__).parents[1]
OUTPUT = ROOT / "labkit" / "lab_04" / "recorded.json"


def main() -> None:
    """Measures, prints what casts doubt on the result, and writes the file."""
    example = "Example: .venv/bin/python benchmarks/record_roofline.py --seconds 20"
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], epilog=example)
    parser.add_argument("--seconds", type=float, default=20, help="how long to measure (20)")
    seconds = parser.parse_args().seconds
    load = os.getloadavg()[0]
    measured = measure(seconds)
    record = {
        "machine": f"{os.cpu_count()} cores of {processor()}",
        "recorded": time.strftime("%Y-%m-%d"),
        "command": f"python benchmarks/record_roofline.py --seconds {seconds:g}",
        "numpy": np.__version__,
        "load_average_before": round(load, 2),
        "n_params": measured.n_params,
        "peaks": [round(x) for x in sorted(measured.peaks)[-5:]],
        "bandwidths": [round(x) for x in sorted(measured.bandwidths)[-5:]],
        "steps": {str(tokens): sorted(times)[:5] for tokens, times in sorted(measured.steps.items())},
    }
    OUTPUT.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    print(f"{OUTPUT.relative_to(ROOT)}: {record['machine']}, load average {load:.2f} before")
    print(f"{measured.peak_flops / 1e9:.0f} GFLOP/s, {measured.bandwidth / 1e9:.1f} GB/s")
    for doubt in measured.doubts(lambda tokens: roof(measured, tokens)):
        print("doubt:", doubt)


def processor() -> str:
    """The processor's name; "an unnamed processor" where the system does not tell."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "an unnamed processor"


def roof(measured: Measured, tokens: int, bytes_per_param: int = 4) -> float:
    """FLOP/s at most for a step of `tokens` tokens: the lower of the peak and what the bandwidth allows."""
    return min(measured.peak_flops, measured.bandwidth * 2 * tokens / bytes_per_param)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
