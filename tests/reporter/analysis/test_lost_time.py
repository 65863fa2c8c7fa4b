"""Stolen time, waiting and throttling: figures by machine, and the sentences that name them."""

from __future__ import annotations

import pytest

from perfanalysis.promql import Sample
from reporter.analysis.lost_time import LostTime, lost_times, most_lost, sentences
from reporter.asking.lost_time_queries import (
    COVERED,
    STOLEN_TIME,
    THROTTLING,
    WAITED_TIME,
)
from reporter.asking.machines import Machine
from reporter.asking.query import InstantQuery
from reporter.language import ENGLISH


def answers(**of: dict[str, float]) -> dict[InstantQuery, list[Sample]]:
    """By machine what was answered; ``covered`` is the share of the range."""
    queries = (COVERED, STOLEN_TIME, WAITED_TIME, THROTTLING)
    found: dict[InstantQuery, list[Sample]] = {query: [] for query in queries}
    for name, values in of.items():
        for what, value in values.items():
            alone = {"covered": COVERED, "stolen": STOLEN_TIME}.get(what)
            if alone:
                found[alone].append(Sample({"instance": name}, 0.0, value))
            else:
                query = THROTTLING if what in {"cores", "periods"} else WAITED_TIME
                found[query].append(Sample({"instance": name, "lost": what}, 0.0, value))
    return found


def test_what_is_divided_by_what_was_there() -> None:
    found = lost_times(
        answers(
            a={"covered": 0.5, "stolen": 0.15, "cpu": 0.05, "cores": 1 / 3600, "periods": 0.4},
            b={"stolen": 0.3},
        )
    )
    # How much of b's range was there is unknown, and so is its share.
    assert found["a"].stolen == pytest.approx(0.3)
    assert found["a"].waited_cpu == pytest.approx(0.1)
    assert found["a"].core_throttles == pytest.approx(2.0)
    assert found["a"].throttled_periods == pytest.approx(0.4)
    assert (found["a"].waited_memory, found["a"].waited_io) == (None, None)
    assert "b" not in found or found["b"] == LostTime()


def said(**of: dict[str, float]) -> list[str]:
    machines = [Machine(name) for name in of]
    return sentences(answers(**of), machines, ENGLISH)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"stolen": 0.3}, ["CPU time was stolen over the range: m 30.0 %."]),
        ({"stolen": 0.01}, ["CPU time was stolen over the range: m 1.0 %."]),
        ({"stolen": 0.009}, []),
        (
            {"stolen": 0.0, "cpu": 0.2},
            ["Tasks waited for CPU time, as a share of the range: m 20.0 %."],
        ),
        ({"stolen": 0.0, "cpu": 0.09}, []),
        (
            {"stolen": 0.0, "memory": 0.03},
            ["Tasks waited for memory, as a share of the range: m 3.0 %."],
        ),
        (
            {"stolen": 0.0, "io": 0.3},
            ["Tasks waited for disks, as a share of the range: m 30.0 %."],
        ),
        (
            {"stolen": 0.0, "cores": 0.5 / 3600},
            ["Cores were throttled for heat or power: m 0.5 times an hour."],
        ),
        (
            {"stolen": 0.0, "periods": 0.25},
            ["Containers were stopped by their quota, as a share of its periods: m 25.0 %."],
        ),
        ({"cpu": 0.0}, ["Whether CPU time was stolen over the range is unknown: m."]),
    ],
)
def test_what_is_said(values: dict[str, float], expected: list[str]) -> None:
    assert said(m={"covered": 1.0, **values}) == expected


def test_those_that_lost_most_come_first_and_the_others_are_counted() -> None:
    found = said(**{f"m{i}": {"covered": 1.0, "stolen": 0.02 * i} for i in range(9)})
    assert found == [
        "CPU time was stolen over the range: m8 16.0 %, m7 14.0 %, m6 12.0 %, m5 10.0 %, m4 8.0 %,"
        " m3 6.0 % and 2 more."
    ]


def test_of_what_was_not_asked_nothing_is_said() -> None:
    assert sentences({}, [Machine("m")], ENGLISH) == []


def test_of_many_machines_the_worst_come_first() -> None:
    machines = [Machine(name) for name in ("quiet", "unknown", "stolen", "throttled", "waiting")]
    found = {
        "quiet": LostTime(stolen=0.0),
        "stolen": LostTime(stolen=0.3, waited_cpu=0.1),
        "throttled": LostTime(core_throttles=9.0, throttled_periods=0.2),
        "waiting": LostTime(waited_memory=0.01, waited_io=0.4),
    }

    def names(*, in_order: bool) -> list[str]:
        return [one.name for one in most_lost(machines, found, in_order=in_order)]

    assert names(in_order=False) == ["waiting", "stolen", "throttled", "quiet"]
    assert names(in_order=True) == ["quiet", "stolen", "throttled", "waiting"]
