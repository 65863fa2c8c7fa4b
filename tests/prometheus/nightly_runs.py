"""Machines that measure themselves every night: how often LoadTestRegression would fire.

``fires`` does in arrays what the rules do in PromQL; ``promtool_test`` writes the same nights as
a unit test of the rules, so that what many simulated years say of the one holds for the other.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from prometheus.generator.table import Alert, read_table

REPOSITORY = Path(__file__).resolve().parents[2]
RULES = [
    REPOSITORY / "prometheus" / "rules" / f"{name}.yml"
    for name in ("loadtest", "measurement_alerts")
]
ALERT = "LoadTestRegression"
Rates = NDArray[np.float64]
# A run's series are seen for a day after the last scrape, and counted for 30 days.
NIGHTS = 31


def alert() -> Alert:
    """Its entry in the table."""
    return next(one for one in read_table(REPOSITORY).alerts if one.name == ALERT)


def nights(
    random: np.random.Generator, shape: tuple[int, int], spread: float, kind: str = "normal"
) -> Rates:
    """Rates around 1000: a row a machine, a column a night.

    Args:
        random: what is drawn from.
        shape: machines and nights.
        spread: standard deviation of the logarithms; of ``outliers`` that of nine in ten.
        kind: ``normal``; ``outliers``: one run of ten varies three times as much; ``lasting``:
            nights that follow each other correlate by 0.3.
    """
    drawn = random.standard_normal(shape)
    if kind == "outliers":
        drawn *= np.where(random.random(shape) < 0.1, 3.0, 1.0)
    if kind == "lasting":
        for night in range(1, shape[1]):
            drawn[:, night] = 0.3 * drawn[:, night - 1] + np.sqrt(1 - 0.09) * drawn[:, night]
    return np.asarray(1000 * np.exp(spread * drawn), dtype=np.float64)


def deviations(earlier: Rates, counted: NDArray[np.bool_], better: Rates) -> tuple[Rates, ...]:
    """How many earlier runs are counted, the drop below them, and its normal deviate.

    Args:
        earlier: a row a machine.
        counted: which of them are.
        better: of each machine the better one of two runs.
    """
    count = counted.sum(axis=1).astype(np.float64)
    logs = np.where(counted, np.log(earlier), 0.0)
    with np.errstate(all="ignore"):
        mean = logs.sum(axis=1) / count
        squares = (np.where(counted, logs - mean[:, None], 0.0) ** 2).sum(axis=1)
        drop = 1 - np.exp(np.log(better) - mean)
        squared = np.log1p(-drop) ** 2 / (squares / (count - 1) * (1 + 1 / count))
        factor, df = (8 * count - 7) / (8 * count - 5), count - 1
        return count, drop, factor * np.sqrt(df * np.log1p(squared / df))


def fires(rates: Rates, kept: int = NIGHTS) -> NDArray[np.bool_]:
    """Whether the alert fires after each night.

    Args:
        rates: a row a machine, a column a night.
        kept: how many earlier nights are counted at most.
    """
    figures = {name: one.value for name, one in alert().thresholds.items()}
    found = np.zeros(rates.shape, dtype=np.bool_)
    slow = np.zeros(rates.shape, dtype=np.bool_)
    for night in range(2, rates.shape[1]):
        # The run that comes while it fires is not counted later, whatever it found.
        slow[:, night] = found[:, night - 1]
        before = slice(max(0, night - 1 - kept), night - 1)
        better = rates[:, night - 1 : night + 1].max(axis=1)
        count, drop, deviation = deviations(rates[:, before], ~slow[:, before], better)
        found[:, night] = (drop > figures["least"]) & (deviation > figures["deviations"])
        found[:, night] &= count >= figures["earlier"]
        slow[:, night - 1 : night + 1] |= found[:, night, None]
    return found


def promtool_test(folder: Path, rates: Rates, fired: NDArray[np.bool_]) -> Path:
    """A unit test of the rules as they are, but for time: a night passes in 24 minutes.

    Rules are evaluated and machines are scraped as often as they would be in hours, not nights.

    Args:
        folder: where the test and its rules are written.
        rates: a row a machine, a column a night.
        fired: what is expected.
    """
    for path in RULES:
        text = path.read_text().replace("[1d]", "[24m]").replace("[30d]", "[746m]")
        (folder / path.name).write_text(text)
    series = [
        {"series": f"perf_loadtest_run_{name}{_labels(machine, night)}", "values": values}
        for machine, row in enumerate(rates)
        for night, rate in enumerate(row)
        for name, values in _scraped(night, float(rate)).items()
    ]
    tests = [
        {
            "expr": f'ALERTS{{alertname="{ALERT}",alertstate="firing"}}',
            "eval_time": f"{night * 24 + 20}m",
            "exp_samples": [
                {"labels": f"ALERTS{_fired(int(machine))}", "value": 1}
                for machine in np.flatnonzero(fired[:, night])
            ],
        }
        for night in range(rates.shape[1])
    ]
    made = {
        "rule_files": [path.name for path in RULES],
        "evaluation_interval": "4m",
        "tests": [{"interval": "1m", "input_series": series, "promql_expr_test": tests}],
    }
    written = folder / "nights.test.yml"
    # JSON is YAML, and sooner written.
    written.write_text(json.dumps(made))
    return written


def _labels(machine: int, night: int) -> str:
    return (
        f'{{job="node",instance="m{machine}",kernel="rmw",conditions="c",full="true",valid="true",'
        f'test_id="{night}"}}'
    )


def _fired(machine: int) -> str:
    return (
        f'{{alertname="{ALERT}",alertstate="firing",job="node",instance="m{machine}",'
        'kernel="rmw",conditions="c",severity="warning",tier="measurement"}'
    )


def _scraped(night: int, rate: float) -> dict[str, str]:
    """A run's series: it is scraped for 20 minutes of a night of 24."""
    before, end = f"_x{night * 24 + 1}", night * 1440
    return {
        "max_units_per_second": f"{before} {rate!r}x19",
        "timestamp_seconds": f"{before} {end}x19",
    }
