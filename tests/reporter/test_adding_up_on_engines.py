"""What few series say of all CPUs is what the CPUs' own say, on each engine."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from perfanalysis.promql import Engine, Sample, Series
from reporter.analysis.lost_time import lost_times
from reporter.asking.lost_time_queries import COVERED, STOLEN_TIME
from reporter.asking.query import InstantQuery
from reporter.asking.usage_queries import RESETS
from tests.reporter.test_restarts_on_engines import END, STEP, TIMES, counted, engine_with

CPUS = 4
# By machine: the share stolen, the sample at which it was restarted, and from which sample on its
# exporter adds up; None: it never does, or was not restarted.
MACHINES: dict[str, tuple[float, int | None, int | None]] = {
    "adds up": (0.125, None, 0),
    "does not": (0.125, None, None),
    "adds up, restarted": (0.25, 30, 0),
    "does not, restarted": (0.25, 30, None),
    "updated in the range": (0.5, None, 30),
}


def series() -> Iterator[Series]:
    for machine, (stolen, restarted, updated) in MACHINES.items():
        own = {"instance": machine, "job": "node"}
        clock = {"__name__": "node_time_seconds", **own}
        yield Series(clock, TIMES, TIMES)
        since = np.arange(len(TIMES)) * STEP
        before = np.full(len(TIMES), 100.0)
        if restarted is not None:
            since[restarted:] -= since[restarted]
            before[restarted:] = 0
        shares = {"idle": 0.5, "user": 0.5 - stolen, "steal": stolen}
        for mode, share in shares.items():
            for cpu in range(CPUS):
                labels = {"__name__": "node_cpu_seconds_total", "cpu": str(cpu), "mode": mode}
                yield Series({**labels, **own}, TIMES, before + share * since)
        if updated is not None:
            for state, share in {**shares, "busy": shares["user"], "iowait": 0.0}.items():
                if state != "user":
                    labels = {"__name__": "perf_cpu_seconds_total", "state": state, **own}
                    total = CPUS * (before + share * since)
                    yield Series(labels, TIMES[updated:], total[updated:])


@pytest.fixture(scope="module", params=["Prometheus", "VictoriaMetrics"])
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    yield from engine_with(request.param, tmp_path_factory.mktemp("engine"), list(series()))


def answered(engine: Engine, query: InstantQuery, *, first: bool) -> dict[str, float]:
    return counted(engine, query.at_the_end if first else query.expression)


ADDING_UP = {name for name, (_, _, updated) in MACHINES.items() if updated == 0}


@pytest.mark.parametrize("query", [STOLEN_TIME, RESETS], ids=lambda query: query.name)
def test_the_cheap_part_is_answered_by_those_that_add_up_throughout(
    engine: Engine, query: InstantQuery
) -> None:
    cheap, whole = (answered(engine, query, first=one) for one in (True, False))
    assert cheap.keys() == ADDING_UP
    assert whole.keys() == MACHINES.keys()
    assert {name: whole[name] for name in cheap} == cheap


def test_a_restart_is_counted_once_either_way(engine: Engine) -> None:
    found = answered(engine, RESETS, first=False)
    assert found == {name: float(bool(at)) for name, (_, at, _) in MACHINES.items()}


def test_what_was_stolen_is_told_alike(engine: Engine) -> None:
    samples = {query: engine_samples(engine, query) for query in (COVERED, STOLEN_TIME)}
    found = {name: own.stolen for name, own in lost_times(samples).items()}
    # A restart loses what it grew by in one step.
    expected = {name: pytest.approx(own[0], rel=0.05) for name, own in MACHINES.items()}
    assert found == expected


def engine_samples(engine: Engine, query: InstantQuery) -> list[Sample]:
    return [
        Sample({"instance": name}, END, value)
        for name, value in counted(engine, query.expression).items()
    ]
