"""The comparison of forty machines over a day, from the command to the PDF."""

from __future__ import annotations

from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from benchmarks.made_history import history, of_comparison
from benchmarks.report_runs import cost_figures, data_notes, pages, served
from perfanalysis import __version__

MACHINES = 40
ROUNDS = 3
FAMILIES = (
    "machine, price, CPU times by CPU and mode, memory, disks, network, file systems, boot time,"
    " and load tests of four kernels with ten levels"
)


def run(settings: Settings) -> Outcome:
    """Make the report."""
    made = history("comparison", MACHINES, of_comparison, settings.say)
    with served(made, settings.folder) as reporter:
        rounds = range(1 if settings.quick else ROUNDS)
        found = [reporter.report("comparison", "pdf") for _ in rounds]
    count = pages(found[0][0])
    figures = [
        *cost_figures(
            "comparison of 40 machines, from command to PDF",
            [cost for _, cost in found],
            seconds=Goal("<= 15 s", 15.0),
        ),
        Figure("its pages", "pages", [float(count)], goal=Goal("<= 12 pages", 12.0)),
    ]
    return Outcome({"perfanalysis": __version__}, figures, made.facts, data_notes(made, FAMILIES))


CASE = Case(
    name="report_forty",
    what="The comparison of forty machines over a day at 15 s, from the command to the PDF, out of "
    "a Prometheus on the same machine.",
    peer="none",
    goal="<= 15 s, <= 12 pages",
    run=run,
)
