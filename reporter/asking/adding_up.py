"""In PromQL: the machines whose exporter adds up the CPU time of all CPUs, and what is made of it.

A first part of a query that machines without it leave to the rest, see ``InstantQuery.at_the_end``.
"""

from __future__ import annotations

# Throughout the range: an exporter may have been updated, or put in another's place, within it.
THROUGHOUT = (
    "sum by (instance)"
    ' (count_over_time(perf_cpu_seconds_total{$machines,state="busy"}[$range]))'
    " >= on (instance) sum by (instance)"
    ' (count_over_time(node_cpu_seconds_total{$machines,mode="idle",cpu="0"}[$range]))'
)


def of_adding_up(expression: str) -> str:
    """An expression by instance, of these machines alone."""
    return f"({expression} and on (instance) {THROUGHOUT})"
