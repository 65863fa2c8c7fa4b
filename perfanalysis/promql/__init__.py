"""The PromQL HTTP API: instant and range queries, values bound, answers as arrays.

Source: https://prometheus.io/docs/prometheus/latest/querying/api/ (also spoken by Mimir, Thanos and
VictoriaMetrics).
"""

from __future__ import annotations

from perfanalysis.promql.access import Access
from perfanalysis.promql.answers import (
    Floats,
    QueryError,
    Sample,
    Series,
    TooLargeError,
    joined,
)
from perfanalysis.promql.binding import one_of, string
from perfanalysis.promql.engine import Engine

__all__ = [
    "Access",
    "Engine",
    "Floats",
    "QueryError",
    "Sample",
    "Series",
    "TooLargeError",
    "joined",
    "one_of",
    "string",
]
