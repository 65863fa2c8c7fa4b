"""OpenMetrics as series, by a strict parser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from prometheus_client.openmetrics.parser import text_string_to_metric_families

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], list[tuple[float, float]]]


def parse(path: Path) -> Samples:
    """All series of an OpenMetrics file, by a strict parser: values and times."""
    found: Samples = {}
    for family in text_string_to_metric_families(path.read_text()):
        for sample in family.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            found.setdefault(key, []).append((sample.value, float(str(sample.timestamp))))
    return found


def series(found: Samples, name: str, /, **labels: str) -> list[tuple[float, float]]:
    """The one series of a name that has these labels."""
    fitting = [
        values
        for (one, have), values in found.items()
        if one == name and labels.items() <= dict(have).items()
    ]
    assert len(fitting) == 1, (name, labels, len(fitting))
    return fitting[0]


Import = Callable[..., Samples]
