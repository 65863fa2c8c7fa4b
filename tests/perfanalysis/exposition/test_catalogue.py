"""Families by name: plain ones, templates, and the series of histograms."""

from __future__ import annotations

import pytest

from perfanalysis.exposition.catalogue import Catalogue
from perfanalysis.exposition.families import Family

LOAD = Family("node_load1", "gauge", "Load.")
FIELDS = Family("node_vmstat_{field}", "untyped", "Field {field}.")
BUSY = Family("perf_busy", "histogram", "Busy.", ("cpu",))
CATALOGUE = Catalogue([LOAD, FIELDS, BUSY])


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("node_load1", LOAD),
        ("node_vmstat_pgfault", Family("node_vmstat_pgfault", "untyped", "Field pgfault.")),
        ("perf_busy", BUSY),
        ("perf_busy_bucket", Family("perf_busy_bucket", "histogram", "Busy.", ("cpu", "le"))),
        ("perf_busy_sum", Family("perf_busy_sum", "histogram", "Busy.", ("cpu",))),
        ("perf_busy_count", Family("perf_busy_count", "histogram", "Busy.", ("cpu",))),
        ("node_load1_count", None),
        ("node_load", None),
        ("node_vmstat_a-b", None),
        ("", None),
    ],
)
def test_what_a_name_finds(name: str, family: Family | None) -> None:
    assert CATALOGUE.find(name) == family


def test_families_stay_in_their_order() -> None:
    assert CATALOGUE.families == (LOAD, FIELDS, BUSY)


def test_a_family_is_declared_once() -> None:
    doubled = Catalogue([LOAD, FIELDS, Family("node_load1", "counter", "Another.")])
    with pytest.raises(ValueError, match="node_load1 is declared twice"):
        doubled.find("node_load5")
