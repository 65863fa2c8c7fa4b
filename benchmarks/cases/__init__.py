"""All cases, listed by hand: the order is that of the table."""

from __future__ import annotations

from benchmarks.case import Case
from benchmarks.cases import (
    dashboard_fleet,
    dashboard_queries,
    exporter_big_tree,
    exporter_concurrency,
    exporter_method,
    exporter_sampler,
    exporter_scrape,
    kernel_compilers,
    kernel_membw,
    kernel_rmw,
    kernel_vector,
    loadtest_busy,
    loadtest_intruder,
    loadtest_latest,
    loadtest_outputs,
    loadtest_spread,
    report_comparison,
    report_fleet,
    storage,
)

CASES: list[Case] = [
    exporter_scrape.CASE,
    exporter_big_tree.CASE,
    exporter_concurrency.CASE,
    exporter_method.CASE,
    exporter_sampler.CASE,
    loadtest_spread.CASE,
    loadtest_busy.CASE,
    loadtest_intruder.CASE,
    loadtest_outputs.CASE,
    loadtest_latest.CASE,
    kernel_rmw.CASE,
    kernel_vector.CASE,
    kernel_membw.CASE,
    kernel_compilers.CASE,
    report_comparison.CASE,
    report_fleet.CASE,
    storage.CASE,
    dashboard_queries.CASE,
    dashboard_fleet.CASE,
]
