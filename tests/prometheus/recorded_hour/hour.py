"""An hour of a machine: a recorded minute again and again, counters going on."""

from __future__ import annotations

import gzip
import re
import time
from collections import defaultdict

from grafana.dashboards.expressions import RULES, rules_in
from tests.conftest import REPOSITORY
from tests.grafana.hour.moving_tree import HOUR
from tests.grafana.hour.recording import SCRAPE_SECONDS, Sampled
from tests.importing.test_quiet_hours import metrics_in

MACHINE = "recorded-1"
FIXTURE = REPOSITORY / "tests" / "fixtures" / "prometheus" / "recorded.txt.gz"
_LINE = re.compile(r"(\S+\{.*\}) (\S+) (\d+)")
_COUNTED = re.compile(r"\b(?:rate|increase)\(([a-zA-Z_]\w*)")

Samples = list[tuple[float, float]]  # Unix seconds, value


def raw_metrics() -> set[str]:
    """The metrics that rules select and that no rule records."""
    rules = rules_in(RULES)
    selected = {metric for rule in rules for metric in metrics_in(rule["expr"])}
    return selected - {rule["record"] for rule in rules if "record" in rule}


def counters() -> set[str]:
    """The metrics that rules take for counters: vmstat's and netstat's have no other mark."""
    return {name for rule in rules_in(RULES) for name in _COUNTED.findall(rule["expr"])}


def recorded() -> dict[str, Samples]:
    """The recording: the samples of each series."""
    found: dict[str, Samples] = defaultdict(list)
    for line in gzip.decompress(FIXTURE.read_bytes()).decode().splitlines():
        match = _LINE.fullmatch(line)
        assert match, line
        found[match[1]].append((int(match[3]) / 1000, float(match[2])))
    return {name: sorted(samples) for name, samples in found.items()}


def recorded_hour() -> Sampled:
    """The hour that ends now, a sample each half minute."""
    series = recorded()
    first = min(samples[0][0] for samples in series.values())
    period = max(samples[-1][0] for samples in series.values()) - first
    begin = float(int(time.time() - HOUR) // SCRAPE_SECONDS * SCRAPE_SECONDS)
    counted = counters()
    sampled = Sampled(begin)
    for second in range(0, int(HOUR) + 1, SCRAPE_SECONDS):
        cycle, at = divmod(second, period)
        for name, samples in series.items():
            value = _at(samples, first + at)
            if name.partition("{")[0] in counted:
                value += cycle * (samples[-1][1] - samples[0][1])
            sampled.lines.append((f"{name} {value}", begin + second))
    return sampled


def _at(samples: Samples, moment: float) -> float:
    """The newest value at a moment; the first one before there is any."""
    newest = samples[0][1]
    for when, value in samples:
        if when > moment:
            break
        newest = value
    return newest
