"""docs/metrics.md is what the catalogue says."""

from __future__ import annotations

from pathlib import Path

from exporter.catalogue import CATALOGUE
from exporter.collectors.cgroup.families import NOT_ENDING_IN_TOTAL
from exporter.collectors.perf.events import TRACED
from exporter.commands.reference import reference

METRICS = Path(__file__).resolve().parents[3] / "docs" / "metrics.md"


def test_the_reference_is_up_to_date(update_golden: bool) -> None:
    if update_golden:
        METRICS.write_text(reference())
    assert METRICS.read_text() == reference(), "make golden writes docs/metrics.md anew"


def test_counters_end_in_total() -> None:
    bad = [f for f in CATALOGUE.families if f.type == "counter" and not f.name.endswith("_total")]
    # Tracepoints have the names that node_exporter gives them.
    assert bad == [*NOT_ENDING_IN_TOTAL, TRACED]
