"""The report of four machines over a day, from the command to the PDF, and Chromium beside it."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import chromium
from benchmarks.case import Case, Goal, Outcome, Settings
from benchmarks.load_generators import Program
from benchmarks.made_history import history, of_comparison
from benchmarks.process_tree import Cost, run_to_end
from benchmarks.report_runs import Reporter, cost_figures, data_notes, pages, served
from perfanalysis import __version__

MACHINES = 4
ROUNDS = 5
QUICK_ROUNDS = 1
PEER = "headless Chromium"
FAMILIES = (
    "machine, price, CPU times by CPU and mode, memory, disks, network, file systems, boot time,"
    " and load tests of four kernels with ten levels"
)


@dataclass
class _Costs:
    """A cost a round of each thing that was done."""

    comparison: list[Cost] = field(default_factory=list)
    executive: list[Cost] = field(default_factory=list)
    printing: list[Cost] = field(default_factory=list)
    chromium: list[Cost] = field(default_factory=list)


def run(settings: Settings) -> Outcome:
    """Make the reports, and print the HTML of one with both, in turns."""
    browser = chromium.find()
    made = history("comparison", MACHINES, of_comparison, settings.say)
    costs = _Costs()
    with served(made, settings.folder) as reporter:
        html, _ = reporter.report("comparison", "html")
        for number in range(QUICK_ROUNDS if settings.quick else ROUNDS):
            settings.say(f"round {number + 1}")
            _round(reporter, browser, html, costs)
    ours, theirs = html.with_suffix(".pdf"), html.with_suffix(".chromium.pdf")
    figures = [
        *cost_figures(
            "comparison, from command to PDF",
            costs.comparison,
            seconds=Goal("<= 2.5 s", 2.5),
            peak=Goal("<= 200 MB", 2e8),
        ),
        *cost_figures("executive, from command to PDF", costs.executive),
        *cost_figures("printing the comparison's HTML", costs.printing, costs.chromium, PEER),
    ]
    facts = {**made.facts, "pages": pages(ours), "pages_of_chromium": pages(theirs)}
    notes = [
        *data_notes(made, FAMILIES),
        f"Pages of the comparison: {pages(ours)}; Chromium makes {pages(theirs)} of its HTML,"
        " without running headers, page numbers in the contents and the attached data.",
    ]
    versions = {"perfanalysis": __version__, PEER: browser.version()}
    return Outcome(versions, figures, facts, notes)


def _round(reporter: Reporter, browser: Program, html: Path, costs: _Costs) -> None:
    costs.comparison.append(reporter.report("comparison", "pdf")[1])
    costs.executive.append(reporter.report("executive", "pdf")[1])
    printer = [sys.executable, "-m", "benchmarks.html_printing", str(html)]
    target = str(html.with_suffix(".printed.pdf"))
    costs.printing.append(run_to_end([*printer, target], reporter.folder / "printing.log"))
    printed = html.with_suffix(".chromium.pdf")
    costs.chromium.append(chromium.print_to_pdf(browser, html, printed, reporter.folder))


CASE = Case(
    name="report_comparison",
    what="The reports of four machines over a day at 15 s, from the command to the PDF, out of a "
    "Prometheus on the same machine; and printing the comparison's HTML alone.",
    peer="headless Chromium",
    goal="comparison <= 2.5 s, <= 200 MB",
    run=run,
)
