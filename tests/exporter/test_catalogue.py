"""The catalogue has what the rooms declare."""

from __future__ import annotations

import pytest

from exporter.catalogue import CATALOGUE
from perfanalysis.exposition.families import Family
from perfanalysis.exposition.openmetrics import claimed_names


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("node_cpu_seconds_total", ("cpu", "mode")),
        ("node_vmstat_pgmajfault", ()),
        ("node_memory_MemAvailable_bytes", ()),
        ("node_scrape_collector_success", ("collector",)),
        ("perf_loadtest_units_per_second", ("kernel", "busy")),
        ("perf_loadtest_threshold_passed", ("kernel", "threshold")),
        ("perf_machine_price_dollars_per_hour", ("purchase",)),
        ("perf_push_documents_dropped_total", ("reason",)),
        ("perf_sampler_busy_ratio_bucket", ("le",)),
    ],
)
def test_a_family_is_found_by_its_name(name: str, labels: tuple[str, ...]) -> None:
    family = CATALOGUE.find(name)
    assert family is not None
    assert (family.name, family.labels) == (name, labels)


def test_an_unknown_name_is_not_found() -> None:
    assert CATALOGUE.find("node_no_such_thing") is None


def test_no_families_have_one_name_in_openmetrics() -> None:
    """Whichever of them are shown together."""
    seen: dict[str, str] = {}
    for family in CATALOGUE.families:
        for name in claimed_names(family):
            assert seen.setdefault(name, family.name) == family.name


def test_help_has_a_field_as_the_kernel_writes_it() -> None:
    template = Family("x_{field}_total", "counter", "kstat.{field}")
    assert template.named("a-b.c") == Family("x_a_b_c_total", "counter", "kstat.a-b.c")
