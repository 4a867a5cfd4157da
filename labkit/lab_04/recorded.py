"""A measurement that was recorded on an idle machine, to compare with one's own."""

import json
from pathlib import Path

from labkit.lab_04.machine import Measured


def recorded() -> Measured:
    """What benchmarks/record_roofline.py has written into recorded.json."""
    record = json.loads(Path(__file__).with_name("recorded.json").read_text(encoding="utf-8"))
    return Measured(
        where=f"recorded on {record['machine']}",
        n_params=record["n_params"],
        peaks=tuple(record["peaks"]),
        bandwidths=tuple(record["bandwidths"]),
        steps={int(tokens): tuple(times) for tokens, times in record["steps"].items()},
    )
