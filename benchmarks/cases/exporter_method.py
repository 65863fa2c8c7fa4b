"""Whether the method is fair: node_exporter compared with itself must come out as 1."""

from __future__ import annotations

from benchmarks import peers
from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from benchmarks.exporter_rounds import RoundsPlan, measure
from benchmarks.exporters import ExporterSide, described

FULL = RoundsPlan(repetitions=4, rounds=3, scrapes=300, warm_up=100)
QUICK = RoundsPlan(repetitions=2, rounds=2, scrapes=30, warm_up=10)


def run(settings: Settings) -> Outcome:
    """Scrape two processes of the same program in turns."""
    program = peers.node_exporter()
    version = peers.node_exporter_version(program)
    side = ExporterSide("node_exporter", version, ("--web.disable-exporter-metrics",), program)
    pair = described(settings.folder, side, side, {})
    one, other = measure(pair, QUICK if settings.quick else FULL, settings)
    goal = Goal("0.9 to 1.1", 1.1, 0.9)
    itself = "node_exporter again"
    figures = [
        Figure("CPU time per scrape", "s", one.cpu_per_scrape, other.cpu_per_scrape, itself, goal),
        Figure("resident memory", "B", one.resident, other.resident, itself),
    ]
    return Outcome(pair.versions, figures, pair.facts)


CASE = Case(
    name="exporter_method",
    what="A check of the method: two processes of node_exporter as the two sides. A ratio away "
    "from 1 would mean that the order or the place of a side matters.",
    peer="node_exporter",
    goal="0.9 to 1.1",
    run=run,
)
