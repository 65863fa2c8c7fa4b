"""The comparison of forty machines over a day, from the command to the PDF."""

from __future__ import annotations

from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from benchmarks.made_history import history, of_comparison
from benchmarks.process_tree import Cost
from benchmarks.report_runs import cost_figures, data_notes, pages, served
from perfanalysis import __version__

MACHINES = 40
QUICK_MACHINES = 10
ROUNDS = 3


def run(settings: Settings) -> Outcome:
    """Make the report several times, out of a Prometheus that holds these machines alone."""
    machines = QUICK_MACHINES if settings.quick else MACHINES
    made = history("comparison", machines, of_comparison, settings.say)
    costs: list[Cost] = []
    with served(made, settings.folder) as reporter:
        for number in range(1 if settings.quick else ROUNDS):
            settings.say(f"round {number + 1}")
            pdf, cost = reporter.report("comparison", "pdf")
            costs.append(cost)
        count = pages(pdf)
    figures = [
        *cost_figures(
            f"comparison of {machines} machines, from command to PDF",
            costs,
            seconds=Goal("<= 15 s", 15.0),
        ),
        Figure("its pages", "1", [float(count)], goal=Goal("<= 12", 12.0)),
    ]
    notes = data_notes(made, "those of report_comparison")
    return Outcome({"perfanalysis": __version__}, figures, {"data": made.facts}, notes)


CASE = Case(
    name="report_crowd",
    what="The comparison of forty machines over a day at 15 s, from the command to the PDF, out of"
    " a Prometheus on the same machine.",
    peer="nothing; the reporter by itself",
    goal="<= 15 s, <= 12 pages",
    run=run,
)
