"""Counters, gauges and histograms in Prometheus' text form."""

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Histogram:
    """Observed values, counted by size.

    buckets: ascending upper limits; a value equal to a limit counts in its bucket.
    """

    def __init__(self, buckets: Iterable[float]) -> None:
        self.buckets = [*buckets, math.inf]
        self.counts = [0] * len(self.buckets)
        self.sum = 0.0

    def observe(self, value: float) -> None:
        self.counts[bisect_left(self.buckets, value)] += 1
        self.sum += value

    def samples(self, name: str, labels: Mapping[str, str]) -> Iterator[str]:
        """The lines of this histogram; each bucket counts those below it as well."""
        total = 0
        for limit, count in zip(self.buckets, self.counts):
            total += count
            yield sample(f"{name}_bucket", {**labels, "le": _number(limit)}, total)
        yield sample(f"{name}_sum", labels, self.sum)
        yield sample(f"{name}_count", labels, total)


def header(name: str, kind: str, description: str) -> Iterator[str]:
    """The two lines before a metric's samples. kind: counter, gauge or histogram."""
    yield f"# HELP {name} {description}"
    yield f"# TYPE {name} {kind}"


def sample(name: str, labels: Mapping[str, str], value: float) -> str:
    """One line: name{label="value"} number."""
    shown = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    return f"{name}{{{shown}}} {_number(value)}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


def _number(value: float) -> str:
    return "+Inf" if value == math.inf else repr(float(value))
