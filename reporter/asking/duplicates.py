"""Machines that are stored more than once at the same time, and so would be counted twice."""

from __future__ import annotations

import math
from collections.abc import Sequence

from perfanalysis.promql import Engine, QueryError, Sample, one_of

# A machine whose labels change is there twice for some minutes; one with two scrapers always is.
_MOST_COPIES = 1.5
# Seconds in which every scraper has looked once.
_LATELY = 90


def check_copies(engine: Engine, machines: Sequence[Sample], start: float, end: float) -> None:
    """Refuse machines that are stored more than once at the same time.

    Args:
        engine: where to ask.
        machines: samples of the query "Machines".
        start: of the range, Unix seconds.
        end: of the range, Unix seconds.

    Raises:
        QueryError: there is one; the labels that tell its copies apart are named.
    """
    by_name: dict[str, list[Sample]] = {}
    for sample in machines:
        by_name.setdefault(sample.labels["instance"], []).append(sample)
    several = sorted(name for name, samples in by_name.items() if len(samples) > 1)
    if not several:
        return
    seconds = max(1, math.ceil(end - start))
    expression = (
        f"avg_over_time(count by (instance)"
        # A series that ended is seen for five minutes more where nothing marked its end.
        f" (last_over_time(perf_machine_info{{{one_of('instance', several)}}}[{_LATELY}s]))"
        f"[{seconds}s:{max(1, seconds // 100)}s]) > {_MOST_COPIES}"
    )
    copies = {sample.labels["instance"] for sample in engine.query(expression, end)}
    for name in several:
        if name in copies:
            labels = {label for sample in by_name[name] for label in sample.labels}
            told = ", ".join(
                f"{label}: {', '.join(sorted(values))}"
                for label in sorted(labels)
                if len(values := {s.labels.get(label, "") for s in by_name[name]}) > 1
            )
            raise QueryError(
                f"{engine.url}: {name} is stored more than once at the same time ({told}); sums"
                " over it would be too large. Ask an engine that removes duplicates, or scrape the"
                " machine once"
            )
