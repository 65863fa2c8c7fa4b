"""The report of fleets of ten, a hundred and a thousand machines over a day, and how it grows."""

from __future__ import annotations

from benchmarks import chromium
from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from benchmarks.made_history import history, of_fleet
from benchmarks.process_tree import Cost
from benchmarks.report_runs import cost_figures, data_notes, pages, served
from perfanalysis import __version__

SIZES = (10, 100, 1000)
QUICK_SIZES = (10, 20)
ROUNDS = 2
PEER = "headless Chromium"
FAMILIES = (
    "machine, price, CPU times by CPU and mode, and of all CPUs, CPU topology, memory, clock, boot"
    " time, a load test at 100 %, and the recorded units per dollar"
)


def run(settings: Settings) -> Outcome:
    """Report each fleet, from a Prometheus that holds no other; the largest also with Chromium."""
    browser = chromium.find()
    sizes, rounds = (QUICK_SIZES, 1) if settings.quick else (SIZES, ROUNDS)
    costs: dict[int, list[Cost]] = {}
    printed: list[Cost] = []
    facts: dict[str, object] = {}
    for size in sizes:
        made = history("fleet", size, of_fleet, settings.say)
        folder = settings.folder / str(size)
        folder.mkdir()
        with served(made, folder) as reporter:
            settings.say(f"{size} machines")
            found = [reporter.report("fleet", "pdf") for _ in range(rounds)]
            costs[size] = [cost for _, cost in found]
            facts[f"pages_of_{size}_machines"] = pages(found[0][0])
            if size == sizes[-1]:
                html, _ = reporter.report("fleet", "html")
        facts[f"data_of_{size}_machines"] = made.facts
    for _ in range(rounds):
        target = settings.folder / "chromium.pdf"
        printed.append(chromium.print_to_pdf(browser, html, target, settings.folder))
    figures = _figures(costs, printed)
    notes = data_notes(made, FAMILIES)
    versions = {"perfanalysis": __version__, PEER: browser.version()}
    return Outcome(versions, figures, facts, notes)


def _figures(costs: dict[int, list[Cost]], printed: list[Cost]) -> list[Figure]:
    *_, before, last = costs
    limits = {1000: (Goal("<= 12 s", 12.0), Goal("<= 400 MB", 4e8))}
    figures: list[Figure] = []
    for size in reversed(costs):
        seconds, peak = limits.get(size, (None, None))
        figures += cost_figures(f"{size:,} machines", costs[size], seconds=seconds, peak=peak)
    factor = last / before
    for name, unit, read in (
        ("time", "s", _seconds),
        ("CPU time", "s", _cpu),
        ("peak memory", "B", _peak),
    ):
        figures.append(
            Figure(
                f"growth to {last:,} machines: {name}",
                unit,
                [read(cost) for cost in costs[last]],
                [read(cost) * factor for cost in costs[before]],
                f"{factor:g} times {before:,} machines",
                Goal("<= 1", 1.0),
            )
        )
    figures += cost_figures(f"{PEER}, printing the HTML of {last:,} machines only", printed)
    return figures


def _seconds(cost: Cost) -> float:
    return cost.seconds


def _cpu(cost: Cost) -> float:
    return cost.cpu_seconds


def _peak(cost: Cost) -> float:
    return cost.peak_bytes


CASE = Case(
    name="report_fleet",
    what="The fleet report of 10, 100 and 1,000 machines over a day at 15 s, from the command to "
    "the PDF, out of a Prometheus on the same machine that holds that fleet alone.",
    peer="headless Chromium, which prints the HTML only",
    goal="1,000 machines <= 12 s, <= 400 MB; growth near linear",
    run=run,
)
