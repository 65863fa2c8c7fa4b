"""Which machines' exporters add up the CPU time of all CPUs: then nobody else has to.

``node_cpu_seconds_total`` has a series of each CPU and mode: of a thousand machines over a day, an
engine would read hundreds of millions of samples. ``perf_cpu_seconds_total`` has four a machine.
"""

from __future__ import annotations

from reporter.asking.query_run import QueryRun

# Throughout the range: an exporter may have been updated, or put in another's place, within it.
_HAVING = (
    "sum by (instance)"
    ' (count_over_time(perf_cpu_seconds_total{$machines,state="busy"}[$range]))'
    " >= on (instance) sum by (instance)"
    ' (count_over_time(node_cpu_seconds_total{$machines,mode="idle",cpu="0"}[$range]))'
)


def of_all_cpus(run: QueryRun) -> frozenset[str]:
    """The machines of a report that have it throughout the range.

    Raises:
        QueryError: see ``Engine``.
    """
    found = run.ask(_HAVING, run.names, lambda filled: run.engine.query(filled, run.end))
    return frozenset(sample.labels.get("instance", "") for sample in found)
