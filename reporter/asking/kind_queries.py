"""Work by kind, as the machines' kernel results foretell it: what the report asks of it."""

from __future__ import annotations

from reporter.asking.query import InstantQuery

KIND_WORK = InstantQuery(
    "Work by kind",
    "last_over_time(perf_kind_work_ratio{$machines}[$range])",
    "ratio to the reference machine",
    optional=True,
)
KIND_BASIS = InstantQuery(
    "What work by kind stands on",
    "last_over_time(perf_kind_info{$machines}[$range])",
    "1",
    optional=True,
)
QUERIES = (KIND_WORK, KIND_BASIS)
