"""Which machines' exporters add up the CPU time of all CPUs: then nobody else has to.

``node_cpu_seconds_total`` has a series of each CPU and mode: of a thousand machines over a day, an
engine would read hundreds of millions of samples. ``perf_cpu_seconds_total`` has four a machine.
"""

from __future__ import annotations

from reporter.asking.adding_up import THROUGHOUT
from reporter.asking.query_run import QueryRun


def of_all_cpus(run: QueryRun) -> frozenset[str]:
    """The machines of a report that have it throughout the range.

    Raises:
        QueryError: see ``Engine``.
    """
    found = run.ask(THROUGHOUT, run.names, lambda filled: run.engine.query(filled, run.end))
    return frozenset(sample.labels.get("instance", "") for sample in found)
