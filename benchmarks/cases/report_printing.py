"""The HTML of each template as PDF, by what the reporter does with it and by Chromium in turns."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks import chromium
from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from benchmarks.load_generators import Program
from benchmarks.made_history import history, of_comparison
from benchmarks.process_tree import Cost, run_to_end
from benchmarks.report_runs import Reporter, cost_figures, data_notes, pages, served
from perfanalysis import __version__
from reporter.pages.template_queries import TEMPLATES

MACHINES = 4
ROUNDS = 5
QUICK_ROUNDS = 1
PEER = "headless Chromium"
TIME, MEMORY = Goal("<= 2.5", 2.5), Goal("<= 0.25", 0.25)


def run(settings: Settings) -> Outcome:
    """Make the HTML of each template once, and print it with both, in turns."""
    browser = chromium.find()
    made = history("comparison", MACHINES, of_comparison, settings.say)
    figures: list[Figure] = []
    facts: dict[str, object] = {"data": made.facts}
    with served(made, settings.folder) as reporter:
        for template in TEMPLATES:
            settings.say(template)
            html, _ = reporter.report(template, "html")
            ours, theirs = [], []
            for _ in range(QUICK_ROUNDS if settings.quick else ROUNDS):
                ours.append(_print(reporter, html))
                theirs.append(_print_by(browser, reporter, html))
            figures += cost_figures(template, ours, theirs, PEER, seconds=TIME, peak=MEMORY)
            facts[f"pages_of_{template}"] = pages(html.with_suffix(".printed.pdf"))
    notes = [
        *data_notes(made, "those of report_comparison"),
        "Each program is started for each file: the time has its start and its reading of fonts.",
    ]
    return Outcome({"perfanalysis": __version__, PEER: browser.version()}, figures, facts, notes)


def _print(reporter: Reporter, html: Path) -> Cost:
    printer = [sys.executable, "-m", "benchmarks.html_printing", str(html)]
    target = str(html.with_suffix(".printed.pdf"))
    return run_to_end([*printer, target], reporter.folder / "printing.log")


def _print_by(browser: Program, reporter: Reporter, html: Path) -> Cost:
    target = html.with_suffix(".chromium.pdf")
    return chromium.print_to_pdf(browser, html, target, reporter.folder)


CASE = Case(
    name="report_printing",
    what="Printing the HTML of each template of a report of four machines over a day, alone.",
    peer="headless Chromium, which prints the same HTML",
    goal="<= 2.5 of its time, <= 0.25 of its memory",
    run=run,
)
