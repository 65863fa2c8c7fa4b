"""Whether many scrapers at once get whole pages, and what memory that takes."""

from __future__ import annotations

from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from benchmarks.cases.exporter_scrape import PEER, notes
from benchmarks.crowd import CrowdResult, crowd
from benchmarks.exporters import RunningExporter, same_collectors

SCRAPERS = 32
ROUNDS = 4
ROUND_SECONDS = 15.0
QUICK_SECONDS = 2.0
MEGABYTE = 1_000_000
GROWTH = Goal("<= 5 MB", 5.0 * MEGABYTE, float("-inf"))


def run(settings: Settings) -> Outcome:
    """Send the crowd to both sides in turns, a minute in all to each."""
    seconds = QUICK_SECONDS if settings.quick else ROUND_SECONDS
    pair = same_collectors(settings.folder)
    ours: list[CrowdResult] = []
    peer: list[CrowdResult] = []
    with (
        RunningExporter(pair.ours, settings.folder / "ours.log") as one,
        RunningExporter(pair.peer, settings.folder / "peer.log") as other,
    ):
        for number in range(ROUNDS):
            settings.say(f"round {number + 1} of {ROUNDS}")
            turns = [(one, ours), (other, peer)]
            for side, results in turns if number % 2 == 0 else reversed(turns):
                results.append(crowd(side.url, side.pid, SCRAPERS, seconds))
    facts = pair.facts | {
        "scrapers": SCRAPERS,
        "seconds_per_round": seconds,
        "answers": {"ours": sum(r.answers for r in ours), "peer": sum(r.answers for r in peer)},
        "errors": {"ours": sum(r.errors for r in ours), "peer": sum(r.errors for r in peer)},
    }
    said = [
        *notes(pair),
        "The scrapers run on the same CPUs as the exporters, and take their share of them.",
    ]
    return Outcome(pair.versions, _figures(ours, peer), facts, said)


def _figures(ours: list[CrowdResult], peer: list[CrowdResult]) -> list[Figure]:
    # The first round fills buffers for 32 connections; memory that grows after it does not stop.
    growth = float(ours[-1].resident_bytes - ours[0].resident_bytes)
    return [
        Figure("errors a round", "", [float(r.errors) for r in ours], goal=Goal("0", 0.0)),
        Figure("resident memory, last round less first", "B", [growth], goal=GROWTH),
        Figure(
            "highest resident memory",
            "B",
            [float(r.resident_bytes) for r in ours],
            [float(r.resident_bytes) for r in peer],
            PEER,
        ),
        Figure(
            "pages a second",
            "",
            [r.answers_per_second for r in ours],
            [r.answers_per_second for r in peer],
            PEER,
        ),
        Figure(
            "CPU time per page",
            "s",
            [r.cpu_seconds / max(r.answers, 1) for r in ours],
            [r.cpu_seconds / max(r.answers, 1) for r in peer],
            PEER,
        ),
    ]


CASE = Case(
    name="exporter_concurrency",
    what="32 scrapers at once for a minute, each on its own connection and as fast as it is "
    "answered, in alternating rounds.",
    peer="node_exporter",
    goal="no error, bounded memory",
    run=run,
)
