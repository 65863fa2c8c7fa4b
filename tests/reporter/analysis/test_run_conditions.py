"""Conditions of runs from their series, kernels by version, and what is never recommended."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np
import pytest

from perfanalysis.promql import Sample
from reporter.analysis import radar
from reporter.analysis.fit import predict, smallest
from reporter.analysis.quality import remarks
from reporter.analysis.run_conditions import classes, in_words, known, told, unlike
from reporter.asking import machine_queries as queries
from reporter.asking.machine_assembly import assemble
from reporter.asking.machines import LoadTest, Machine
from reporter.asking.price_queries import PRICE
from reporter.asking.query import InstantQuery
from reporter.language import ENGLISH
from tests.reporter.made import machine, spans


def run(**more: object) -> LoadTest:
    made = machine("a", 1.0, None).test
    assert made
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("other", "names"),
    [
        ({}, []),
        ({"kernel_version": "2"}, ["kernel_version"]),
        ({"profile": "quick"}, ["profile"]),
        # Unknown differs from known: of what was not told nobody knows.
        ({"full": None}, ["spread", "nice", "levels"]),
        ({"full": False}, ["spread", "nice", "levels"]),
        # Other CPUs, and so another fingerprint, are what machines are compared by.
        ({"conditions": "ffffffff"}, []),
    ],
)
def test_what_two_runs_differ_in(other: dict[str, object], names: list[str]) -> None:
    assert [difference.name for difference in unlike(run(), run(**other))] == names


def test_what_is_known() -> None:
    assert known(run())
    assert not known(run(full=None))
    assert not known(run(kernel_version=""))
    assert not known(run(profile="imported"))


def test_marks_and_words() -> None:
    every = [
        replace(machine(name, 1.0, None), test=run(**more))
        for name, more in (
            ("x", {"full": None, "profile": "", "kernel_version": ""}),
            ("y", {"full": None, "profile": "", "kernel_version": ""}),
            ("z", {"full": None, "profile": "", "kernel_version": ""}),
            ("a", {}),
            ("b", {}),
        )
    ]
    found = classes(every)
    # Two of known conditions go before three of unknown ones.
    assert [[m.name for m in one.machines] for one in found] == [["a", "b"], ["x", "y", "z"]]
    assert [one.mark for one in found] == ["", "a"]
    words = [in_words(one, ENGLISH) for one in found]
    assert words == ["kernel version 1, profile default", "unknown conditions"]
    # A class of unknown conditions has a mark, also where there is no other.
    assert [one.mark for one in classes(every[:3])] == ["a"]
    assert told(run()) == told(run(test_id="other"))


def test_series_tell_the_conditions_of_the_newest_run() -> None:
    own = {"instance": "a", "kernel": "rmw"}
    answers: dict[InstantQuery, list[Sample]] = defaultdict(list)
    answers[queries.MACHINES] = [Sample(own, 9.0, 1.0)]
    answers[queries.LEVEL_UNITS] = [Sample({**own, "busy": "100"}, 9.0, 900.0)]
    answers[PRICE] = [Sample(own, 9.0, 0.1)]
    runs = (("new", "5", 9.0), ("old", "4", 1.0))
    answers[queries.RUN] = [
        Sample({**own, "test_id": i, "kernel_version": v, "profile": "quick"}, t, 1.0)
        for i, v, t in runs
    ]
    answers[queries.RUN_CONDITIONS] = [
        Sample({**own, "test_id": i, "conditions": f"of-{i}", "full": full}, 9.0, 1.0)
        for i, full in (("new", "true"), ("old", "true"), ("part", "false"))
    ]
    answers[queries.KERNEL_RUNS] = answers[queries.RUN]
    answers[queries.BASELINE] = [Sample({**own, "source": "type"}, 9.0, 270.0)]
    (found,) = assemble(["a"], answers)
    test = found.test
    assert test
    assert (test.kernel_version, test.profile, test.conditions) == ("5", "quick", "of-new")
    assert found.kernel_versions == {"rmw": "5 quick"}
    assert found.partial_runs
    assert test.baseline
    assert (test.baseline.value, test.baseline.source) == (270.0, "type")
    # The curve has no interval, so its units per dollar have none: the baseline's, by the price.
    assert found.units_per_dollar is None
    assert found.bare_units_per_dollar == pytest.approx(2700)


def test_a_machine_that_was_loaded_in_part_alone() -> None:
    part = Machine("part", price=0.1, partial_runs=True)
    text = "only load tests of a part of the machine in the range, which are not its own."
    assert remarks([part], {}, {}, (0.0, 60.0, 15.0, 15.0), ENGLISH)[0] == f"part: {text}"


def test_kernels_of_other_versions_are_not_on_one_axis() -> None:
    made = [
        Machine(name, kernels={"rmw": rate, "membw": 1.0}, kernel_versions={"rmw": version})
        for name, rate, version in (
            ("a", 1.0, "5 default"),
            ("b", 9.0, "4 default"),
            ("c", 2.0, "5 default"),
        )
    ]
    assert radar.alike(made) == {
        "a": {"rmw": 1.0, "membw": 1.0},
        "b": {"membw": 1.0},
        "c": {"rmw": 2.0, "membw": 1.0},
    }


def test_the_smallest_that_fits_was_not_disturbed() -> None:
    cheap, sound = machine("cheap", 1000.0, 0.01), machine("sound", 1000.0, 0.1)
    assert cheap.test
    noisy = replace(cheap, test=replace(cheap.test, valid=False))
    found = predict([noisy, sound], sound, spans(np.full(200, 0.4)))
    assert [one.machine.name for one in found] == ["cheap", "sound"]
    best = smallest(found)
    assert best
    assert best.machine.name == "sound"
    assert smallest(found[:1]) is None
