from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from perfanalysis.results import conditions, reading
from perfanalysis.results.conditions import UNKNOWN, Conditions, Difference, comparable
from perfanalysis.results.document import Document
from perfanalysis.results.fingerprint import fingerprint
from tests.perfanalysis.results.made import LEVEL, changed

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures/results"


def of_fixture(name: str) -> Conditions:
    return conditions.of(reading.read(FIXTURES / f"{name}.json"))


def of_changed(part: str, changes: dict[str, Any]) -> Conditions:
    made = changed(lambda d: d[part].update(changes))
    return conditions.of(reading.from_json(made, "here"))


def test_a_run_of_today_tells_all_of_them() -> None:
    assert of_fixture("version-2") == Conditions(
        kernel="rmw",
        kernel_version="1",
        compiler_family="gcc",
        instruction_set="baseline",
        library=None,
        used_cpus=2,
        usable_cpus=2,
        used_cores=2,
        spread="all",
        nice=0,
        quota_cpus=None,
        levels=(20, 50, 100),
        profile="custom",
    )
    one_cpu = of_fixture("version-2-block")
    assert (one_cpu.used_cpus, one_cpu.usable_cpus, one_cpu.used_cores) == (1, 2, 1)


def test_an_old_curve_tells_what_was_run_and_no_more() -> None:
    assert of_fixture("version-2-imported") == Conditions(
        kernel="rmw",
        kernel_version="training-curve-1",
        compiler_family=UNKNOWN,
        instruction_set=UNKNOWN,
        library=None,
        used_cpus=UNKNOWN,
        usable_cpus=UNKNOWN,
        used_cores=UNKNOWN,
        spread=UNKNOWN,
        nice=UNKNOWN,
        quota_cpus=UNKNOWN,
        levels=(50, 100),
        profile="imported",
    )


@pytest.mark.parametrize(
    ("part", "changes", "name", "value"),
    [
        ("build", {"compiler": "gcc 14.2.0"}, "compiler_family", "gcc"),
        ("build", {"compiler": "Debian Clang 14.0.6"}, "compiler_family", "clang"),
        ("build", {"compiler": "Intel(R) oneAPI 2025"}, "compiler_family", "intel"),
        ("build", {"compiler": "14.2"}, "compiler_family", UNKNOWN),
        ("build", {"instruction_set": "avx2"}, "instruction_set", "avx2"),
        ("build", {}, "instruction_set", UNKNOWN),
        ("software", {"openssl": "3.0.19"}, "library", "openssl 3.0"),
        ("software", {"zstd": "1.5.4", "cffi": "1.17"}, "library", "zstd 1.5"),
        ("software", {"cffi": "1.17"}, "library", None),
        ("machine", {"used_cpus": [3]}, "used_cpus", 1),
        ("machine", {"allowed_cpus": "0-3,8", "logical_cpus": 64}, "usable_cpus", 5),
        ("machine", {"allowed_cpus": "all", "logical_cpus": 64}, "usable_cpus", UNKNOWN),
        ("machine", {"logical_cpus": 64}, "usable_cpus", 64),
        ("machine", {}, "used_cores", UNKNOWN),
        ("machine", {}, "quota_cpus", UNKNOWN),
        ("machine", {"cgroup_version": 2}, "quota_cpus", None),
        ("machine", {"cgroup_version": 2, "cgroup_quota_cpus": 2.5}, "quota_cpus", 2.5),
        # Two workers that were stopped, of whom work of two whole CPUs was told.
        ("machine", {"cgroup_version": 2, "cgroup_quota_cpus": 1.5}, "quota_cpus", UNKNOWN),
        ("settings", {"spread": "packed"}, "spread", "packed"),
        ("settings", {"spread": 5}, "spread", UNKNOWN),
        # There was no choice once.
        ("settings", {}, "spread", "all"),
        ("settings", {"nice": 10}, "nice", 10),
        ("settings", {"nice": True}, "nice", UNKNOWN),
        ("settings", {}, "nice", UNKNOWN),
    ],
)
def test_one_condition(part: str, changes: dict[str, Any], name: str, value: object) -> None:
    assert getattr(of_changed(part, changes), name) == value


def test_differences_are_named_with_both_values() -> None:
    one, other = of_changed("settings", {"nice": 5}), of_changed("build", {"compiler": "clang 18"})
    assert comparable(one, one) == []
    assert comparable(one, other) == [
        Difference("compiler_family", "gcc", "clang"),
        Difference("nice", 5, UNKNOWN),
    ]


def test_what_is_unknown_is_a_class_of_its_own() -> None:
    curve, run = of_fixture("version-2-imported"), of_fixture("version-2")
    assert comparable(curve, curve) == []
    found = {difference.name: difference for difference in comparable(curve, run)}
    assert found["quota_cpus"] == ("quota_cpus", UNKNOWN, None)
    assert found["used_cpus"] == ("used_cpus", UNKNOWN, 2)
    assert str(UNKNOWN) == "unknown"


def of_cpus(used: list[int], logical: int) -> Document:
    facts = {"used_cpus": used, "logical_cpus": logical}
    return reading.from_json(changed(lambda d: d["machine"].update(facts)), "here")


@pytest.mark.parametrize(
    ("one", "other", "one_machine", "names"),
    [
        ([0, 1], [0, 1, 2, 3], False, []),
        # Of one machine another number of CPUs is another test; of parts of machines, too.
        ([0, 1], [0, 1, 2, 3], True, ["used_cpus", "usable_cpus"]),
        ([0], [0, 1], True, ["used_cpus"]),
        ([0], [0, 1, 2, 3], False, ["used_cpus", "usable_cpus"]),
    ],
)
def test_whole_machines_may_have_other_numbers_of_cpus(
    one: list[int], other: list[int], one_machine: bool, names: list[str]
) -> None:
    made = [of_cpus(cpus, len(cpus) if cpus != [0] else 2) for cpus in (one, other)]
    found = conditions.unlike(made[0], made[1], one_machine=one_machine)
    assert [difference.name for difference in found] == names


def test_unknown_conditions_are_named_and_shown() -> None:
    made = reading.from_json(changed(lambda d: d["settings"].update(nice=5)), "here")
    assert conditions.unknown(made) == ["instruction_set", "used_cores", "quota_cpus"]
    assert [conditions.shown(v) for v in (None, UNKNOWN, (20, 100), 1.5)] == [
        "no limit",
        "unknown",
        "20 100",
        "1.5",
    ]


TWO = {"used_cpus": [0, 1], "logical_cpus": 2, "allowed_cpus": "0-1", "cgroup_version": 2}
HELD = {"quota": {"cpus": 1.5, "period": 0.1}}
STEADY = {"steady": False, "duration_seconds": 9.0, "slices": LEVEL["slices"]}
ALL_LEVELS = [LEVEL | {"busy": busy} for busy in range(10, 101, 10)]


@pytest.mark.parametrize(
    ("machine", "settings", "top", "narrower"),
    [
        ({}, {"nice": 0, "spread": "all"}, {}, []),
        # `--seconds-per-level` alone: the curve is whole.
        ({}, {"nice": 0}, {"profile": "custom", "levels": ALL_LEVELS}, []),
        ({"used_cpus": [0]}, {}, {}, ["used_cpus"]),
        ({"used_cpus": [1]}, {"nice": 19}, {}, ["used_cpus", "nice"]),
        ({}, {"nice": -20}, {}, ["nice"]),
        ({}, {"spread": "packed"}, {}, ["spread"]),
        ({}, {}, {"profile": "custom"}, ["levels"]),
        ({}, {}, {"profile": "quick"}, []),
        ({}, {}, {"until_steady": STEADY}, ["until_steady"]),
        # As many whole CPUs as the quota had, before quotas were held.
        ({"used_cpus": [0], "cgroup_quota_cpus": 1.5}, {}, {}, []),
        ({"used_cpus": [0], "cgroup_quota_cpus": 0.5}, {}, {}, ["quota_cpus"]),
        # As many as the quota needs.
        ({"cgroup_quota_cpus": 1.5}, HELD, {}, []),
        ({"used_cpus": [0], "cgroup_quota_cpus": 1.5}, HELD, {}, ["used_cpus"]),
        ({"used_cpus": [0], "cgroup_quota_cpus": 0.5}, HELD, {}, []),
        ({"used_cpus": [0], "cgroup_quota_cpus": 2.0}, {}, {}, ["used_cpus"]),
        # Other CPUs were not its to use.
        ({"used_cpus": [0], "allowed_cpus": "0"}, {}, {}, []),
        ({"used_cpus": [0], "allowed_cpus": "all"}, {}, {}, []),
    ],
)
def test_what_keeps_a_run_from_being_the_machines_own(
    machine: dict[str, Any], settings: dict[str, Any], top: dict[str, Any], narrower: list[str]
) -> None:
    changes = {"profile": "default", "schema_version": 2, "settings": settings} | top
    made = changed(lambda d: d.update(changes, machine=d["machine"] | TWO | machine))
    found = reading.from_json(made, "here")
    assert conditions.less_than_full(found) == narrower
    assert conditions.full(found) is (not narrower)


def test_runs_under_a_quota_that_were_not_held_to_it_compare_with_none_that_was() -> None:
    machine = {"cgroup_version": 2, "cgroup_quota_cpus": 0.5, "used_cpus": [0]}
    old, new = (
        reading.from_json(
            changed(lambda d, s=s: d.update(settings=s, machine=d["machine"] | machine)), ""
        )
        for s in ({}, {"quota": {"cpus": 0.5, "period": 0.1}})
    )
    found = comparable(conditions.of(old), conditions.of(new))
    assert found == [Difference("quota_cpus", UNKNOWN, 0.5)]


def test_another_programs_curve_says_nothing_of_it() -> None:
    curve = reading.read(FIXTURES / "version-2-imported.json")
    assert conditions.full(curve) is None
    assert conditions.less_than_full(curve) == []


@pytest.mark.parametrize(
    ("machine", "share"),
    [
        ({}, 2),
        ({"cgroup_quota_cpus": 1.5}, 1.5),
        ({"cgroup_quota_cpus": 8.0}, 2),
        ({"allowed_cpus": "1"}, 1),
        ({"allowed_cpus": "all"}, UNKNOWN),
    ],
)
def test_how_much_of_its_machine_a_run_might_use(machine: dict[str, Any], share: object) -> None:
    made = changed(lambda d: d["machine"].update(TWO | machine))
    assert conditions.share(reading.from_json(made, "here")) == share


@pytest.mark.parametrize(
    ("machine", "spread", "nice", "part"),
    [
        ({}, "all", 0, False),
        ({"used_cpus": [0]}, "all", 0, True),
        ({"used_cpus": [0], "allowed_cpus": "0"}, "all", 0, False),
        ({"used_cpus": [0], "cgroup_version": 2, "cgroup_quota_cpus": 0.5}, "all", 0, False),
        ({"used_cpus": [0], "cgroup_version": 2, "cgroup_quota_cpus": 1.5}, "all", 0, True),
        ({}, "packed", 0, True),
        ({}, "all", 19, True),
    ],
)
def test_what_a_run_in_progress_loads(
    machine: dict[str, Any], spread: str, nice: int, part: bool
) -> None:
    made = reading.from_json(changed(lambda d: d["machine"].update(machine)), "here")
    assert conditions.loads_a_part(made.machine, spread=spread, nice=nice) is part


def test_results_share_a_fingerprint_where_they_may_be_compared() -> None:
    def of_change(part: str, changes: dict[str, Any]) -> str:
        made = changed(lambda d: d[part].update(changes))
        return fingerprint(reading.from_json(made, "here"))

    same = of_change("machine", {})
    assert re.fullmatch("[0-9a-f]{8}", same)
    assert of_change("machine", {"name": "other", "kernel_release": "6.1.0"}) == same
    others = [
        of_change("machine", {"used_cpus": [0]}),
        of_change("build", {"compiler": "Debian clang version 14.0.6"}),
        of_change("settings", {"nice": 5}),
        of_change("machine", {"cgroup_version": 2, "cgroup_quota_cpus": 4.0}),
        of_change("machine", {"cgroup_version": 2}),
    ]
    assert len({same, *others}) == 6
