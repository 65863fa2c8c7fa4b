"""A result as series: the one view that the exporter serves, and remote write and import send."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from importing.results import read
from perfanalysis.results import conditions, families, reading, writing
from perfanalysis.results.document import Document, Modes, Noise
from perfanalysis.results.fingerprint import fingerprint
from perfanalysis.results.newest_results import is_own
from perfanalysis.results.running import Running
from perfanalysis.results.series import live_series, series_of
from tests.perfanalysis.results.made import VALID

DOCUMENT = reading.from_json(
    VALID
    | {
        "profile": "default",
        "thresholds": [
            {"name": "valid<0", "passed": True},
            {"name": "units_per_dollar<5", "passed": None},
        ],
        "machine": VALID["machine"]
        | {"name": "web-1", "region": "here", "price_dollars_per_hour": 0.5},
    },
    "here",
)
PART = msgspec.structs.replace(
    DOCUMENT,
    test_id="part",
    machine=msgspec.structs.replace(DOCUMENT.machine, used_cpus=(0,)),
)
SPOILED = msgspec.structs.replace(
    DOCUMENT, test_id="spoiled", valid=False, invalid_reasons=("steal",)
)
ID = "20261123T201500Z-rmw-1a2b3c4d"
CONDITIONS = fingerprint(DOCUMENT)
RUN: dict[tuple[str, ...], float] = {
    ("perf_loadtest_units_per_second", "rmw", "100"): 1340.0,
    ("perf_loadtest_units_per_second_lower", "rmw", "100"): 1330.0,
    ("perf_loadtest_units_per_second_upper", "rmw", "100"): 1350.0,
    ("perf_loadtest_busy_ratio", "rmw", "100"): 1.0,
    ("perf_loadtest_steal_ratio", "rmw", "100"): 0.0,
    ("perf_loadtest_max_units_per_second", "rmw"): 1340.0,
    ("perf_loadtest_single_units_per_second", "rmw"): 680.0,
    ("perf_loadtest_ladder_units_per_second", "rmw", "1"): 680.0,
    ("perf_loadtest_ladder_units_per_second", "rmw", "2"): 1340.0,
    ("perf_loadtest_duration_seconds", "rmw"): 1.0,
    ("perf_loadtest_timestamp_seconds", "rmw"): 1795464900.0,
    ("perf_loadtest_valid", "rmw"): 1.0,
    ("perf_loadtest_full_conditions", "rmw"): 1.0,
    ("perf_loadtest_info", "rmw", "1", ID, "default"): 1.0,
    ("perf_loadtest_run_max_units_per_second", "rmw", CONDITIONS, "true", "true", ID): 1340.0,
    ("perf_loadtest_run_timestamp_seconds", "rmw", CONDITIONS, "true", "true", ID): 1795464900.0,
    ("perf_loadtest_threshold_passed", "rmw", "valid<0"): 1.0,
}

NEWEST: dict[tuple[str, ...], float] = {("perf_loadtest_newest_valid", "rmw"): 1.0}


def plain(samples: list[families.Sample]) -> dict[tuple[str, ...], float]:
    return {(series.family.name, *series.labels): float(value) for series, value in samples}


def test_what_is_shown_of_a_result() -> None:
    assert plain(families.samples_of(DOCUMENT)) == RUN


def alone(document: Document) -> dict[tuple[str, ...], float]:
    """The series under a run's own id."""
    full = str(conditions.full(document)).lower()
    valid = str(document.valid).lower()
    labels = ("rmw", fingerprint(document), full, valid, document.test_id)
    return {
        ("perf_loadtest_run_max_units_per_second", *labels): 1340.0,
        ("perf_loadtest_run_timestamp_seconds", *labels): 1795464900.0,
    }


def sent(document: Document, *, own: bool = True) -> dict[tuple[str, ...], float]:
    """What remote write gets of the load test."""
    return {
        (one.name, *one.labels.values()): one.value
        for one in series_of(document, own=own)
        if one.name.startswith("perf_loadtest")
    }


def test_a_run_on_a_part_of_the_machine_shows_nothing_of_the_machine(tmp_path: Path) -> None:
    assert plain(families.samples_of(PART)) == alone(PART)
    assert sent(PART) == alone(PART) | NEWEST
    path = tmp_path / "a.json"
    writing.write(path, writing.encode(PART))
    assert plain(list(read(path).pairs)) == alone(PART) | NEWEST
    assert alone(PART).keys().isdisjoint(alone(DOCUMENT))


def test_what_is_remote_written_is_what_the_exporter_would_show(tmp_path: Path) -> None:
    for document in (SPOILED, PART):
        writing.write(tmp_path / f"{document.test_id}.json", writing.encode(document))
    # Where there is nothing better, a spoiled run is shown, and said to be one.
    assert [is_own(one, tmp_path) for one in (SPOILED, PART)] == [True, False]
    assert sent(SPOILED)["perf_loadtest_valid", "rmw"] == 0
    writing.write(tmp_path / f"{ID}.json", writing.encode(DOCUMENT))
    assert [is_own(one, tmp_path) for one in (DOCUMENT, SPOILED, PART)] == [True, False, False]
    spoiled = alone(SPOILED) | {("perf_loadtest_newest_valid", "rmw"): 0.0}
    assert sent(SPOILED, own=False) == spoiled
    # Of a file that stands elsewhere its own conditions alone tell it.
    assert [is_own(one, tmp_path / "none") for one in (SPOILED, PART)] == [True, False]


def test_the_mean_of_each_level_is_shown_and_two_speeds_where_they_were_seen() -> None:
    level = structs.replace(
        DOCUMENT.levels[0], mean_units_per_second=1300.0, mean_lower=1290.0, mean_upper=1315.0
    )
    noise = Noise(covered_seconds=4.0, bimodal=Modes(slow_ratio=0.82, slow_share=0.3))
    found = plain(
        families.samples_of(structs.replace(DOCUMENT, levels=(level,), noise=noise)),
    )
    assert {key: found[key] for key in found.keys() - RUN.keys()} == {
        ("perf_loadtest_mean_units_per_second", "rmw", "100"): 1300.0,
        ("perf_loadtest_mean_units_per_second_lower", "rmw", "100"): 1290.0,
        ("perf_loadtest_mean_units_per_second_upper", "rmw", "100"): 1315.0,
        ("perf_loadtest_slow_speed_ratio", "rmw", DOCUMENT.test_id): 0.82,
        ("perf_loadtest_slow_time_ratio", "rmw", DOCUMENT.test_id): 0.3,
    }


def test_import_has_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    writing.write(path, writing.encode(DOCUMENT))
    found = read(path)
    assert (found.time, found.kernel) == (1795464900.0, "rmw")
    assert plain(list(found.pairs)) == RUN | NEWEST
    assert plain(list(found.alone)) == alone(DOCUMENT) | NEWEST


def test_remote_write_has_the_same_and_the_machine() -> None:
    found = {(one.name, *one.labels.values()): one.value for one in series_of(DOCUMENT)}
    machine = {
        ("perf_machine_info", "web-1", "", "here", "", "", "", "x86_64"): 1.0,
        ("perf_machine_price_dollars_per_hour", ""): 0.5,
    }
    assert found == RUN | NEWEST | machine
    assert {one.timestamp for one in series_of(DOCUMENT)} == {1795464900.0}


def test_a_run_in_progress_whose_rate_is_unknown_or_of_a_part_has_none() -> None:
    running: dict[str, Any] = {"kernel": "rmw", "pid": 1, "progress_ratio": 0.5}
    known = live_series(Running(**running, live_units_per_second=5.0, updated_seconds=7.0))
    assert [(one.name[14:], one.value, one.timestamp) for one in known] == [
        ("running", 1.0, 7.0),
        ("progress_ratio", 0.5, 7.0),
        ("live_units_per_second", 5.0, 7.0),
    ]
    part = live_series(Running(**running, live_units_per_second=5.0, part=True))
    assert [one.name[14:] for one in part] == ["running", "progress_ratio"]
    unknown = live_series(Running(**running))
    assert [one.name[14:] for one in unknown] == ["running", "progress_ratio"]


def test_a_page_has_the_samples_of_a_family_together() -> None:
    results = [families.samples_of(DOCUMENT), families.samples_of(DOCUMENT)]
    running = families.samples_of_run(Running(kernel="rmw", pid=1, progress_ratio=0.5))
    names = [series.family.name for series, _ in families.in_page_order([running, *results])]
    order = [family.name for family in families.FAMILIES]
    assert names == sorted(names, key=order.index)
    assert len(names) == 2 * len(RUN) + 2
