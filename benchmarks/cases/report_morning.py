"""A reporting morning: twenty people ask one Prometheus for their report at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from benchmarks.made_history import history, of_comparison
from benchmarks.process_tree import Cost
from benchmarks.report_runs import Reporter, data_notes, pages, served
from perfanalysis import __version__

MACHINES, REPORTS, ALONE = 4, 20, 3
QUICK_REPORTS = 2


def run(settings: Settings) -> Outcome:
    """Make some reports one after the other, and then all at once."""
    count, alone = (QUICK_REPORTS, 1) if settings.quick else (REPORTS, ALONE)
    made = history("comparison", MACHINES, of_comparison, settings.say)
    with served(made, settings.folder) as reporter:
        settings.say(f"{alone} one after the other")
        single = [_report(reporter, f"alone-{number}") for number in range(alone)]
        settings.say(f"{count} at once")
        with ThreadPoolExecutor(count) as pool:
            costs = list(pool.map(lambda n: _report(reporter, f"report-{n}"), range(count)))
    together = max(cost.seconds for cost in costs)
    usual = sum(cost.seconds for cost in single) / alone
    figures = [
        Figure(
            f"until the last of {count} is written",
            "s",
            [together],
            [count * usual],
            "one after the other",
            Goal("<= 1", 1.0),
        ),
        Figure("until the first one is written", "s", [min(cost.seconds for cost in costs)]),
        Figure("CPU time of a report", "s", [cost.cpu_seconds for cost in costs]),
        Figure("CPU time of a report alone", "s", [cost.cpu_seconds for cost in single]),
        Figure("peak memory of a report", "B", [cost.peak_bytes for cost in costs]),
        Figure("memory of all, the peaks added up", "B", [sum(cost.peak_bytes for cost in costs)]),
    ]
    facts: dict[str, object] = {"reports": count, "data": made.facts}
    notes = data_notes(made, "those of report_comparison")
    return Outcome({"perfanalysis": __version__}, figures, facts, notes)


def _report(reporter: Reporter, name: str) -> Cost:
    """A comparison as a PDF, in a folder of its own.

    Raises:
        PerfAnalysisError: it failed.
    """
    folder = reporter.folder / name
    folder.mkdir()
    pdf, cost = replace(reporter, folder=folder).report("comparison", "pdf")
    assert pages(pdf)
    return cost


CASE = Case(
    name="report_morning",
    what="20 comparisons of four machines over a day at 15 s, asked for at the same moment, out of "
    "one Prometheus on the same machine.",
    peer="the same one after the other",
    goal="no failure; not longer than one after the other",
    run=run,
)
