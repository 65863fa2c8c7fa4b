"""docs/metrics.md is what the catalogue says; the catalogue is free of doubles."""

from __future__ import annotations

from pathlib import Path

import pytest

from exporter.catalogue import FAMILIES, find
from exporter.collectors.cgroup.families import NOT_ENDING_IN_TOTAL
from exporter.commands.reference import reference

METRICS = Path(__file__).resolve().parents[3] / "docs" / "metrics.md"


def test_the_reference_is_up_to_date(update_golden: bool) -> None:
    if update_golden:
        METRICS.write_text(reference())
    assert METRICS.read_text() == reference(), "make golden writes docs/metrics.md anew"


def test_every_family_is_declared_once() -> None:
    names = [family.name for family in FAMILIES]
    assert sorted(set(names)) == sorted(names)


def test_counters_end_in_total() -> None:
    bad = [f for f in FAMILIES if f.type == "counter" and not f.name.endswith("_total")]
    assert bad == list(NOT_ENDING_IN_TOTAL)


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("node_cpu_seconds_total", ("cpu", "mode")),
        ("node_vmstat_pgmajfault", ()),
        ("node_memory_MemAvailable_bytes", ()),
        ("perf_loadtest_units_per_second", ("kernel", "busy")),
        ("perf_loadtest_threshold_passed", ("kernel", "threshold")),
        ("perf_machine_price_dollars_per_hour", ("purchase",)),
    ],
)
def test_a_family_is_found_by_its_name(name: str, labels: tuple[str, ...]) -> None:
    family = find(name)
    assert family is not None
    assert (family.name, family.labels) == (name, labels)


def test_an_unknown_name_is_not_found() -> None:
    assert find("node_no_such_thing") is None
