"""What a scrape of this machine costs, beside node_exporter."""

from __future__ import annotations

from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from benchmarks.exporter_rounds import RoundsPlan, SideSamples, measure
from benchmarks.exporters import Pair, RunningExporter, all_collectors, same_collectors
from benchmarks.process import cpu_seconds
from benchmarks.read_floor import held_open, read_seconds
from benchmarks.scraping import PageScraper

FULL = RoundsPlan(repetitions=4, rounds=3, scrapes=300, warm_up=100)
DEFAULTS = RoundsPlan(repetitions=2, rounds=3, scrapes=150, warm_up=50)
QUICK = RoundsPlan(repetitions=2, rounds=2, scrapes=30, warm_up=10)
PEER = "node_exporter"
EMPTY = "/metrics?collect[]=uname"


def run(settings: Settings) -> Outcome:
    """Scrape both in turns, then compare ours with the kernel's own reading time."""
    plan = QUICK if settings.quick else FULL
    pair = same_collectors(settings.folder)
    ours, peer = measure(pair, plan, settings)
    defaults = all_collectors(settings.folder)
    settings.say("all collectors of both")
    all_ours, all_peer = measure(defaults, DEFAULTS if not settings.quick else QUICK, settings)
    settings.say("reading alone")
    floors, files = _floor(pair, settings)
    figures = [
        *figures_of(pair, ours, peer, Goal("<= 1/8", 1 / 8)),
        Figure(
            f"resident memory after {plan.per_process:,} scrapes",
            "B",
            ours.resident,
            peer.resident,
            PEER,
            Goal("<= 1", 1.0),
        ),
        *floors,
        Figure(
            "CPU time per scrape, all default collectors of both",
            "s",
            all_ours.cpu_per_scrape,
            all_peer.cpu_per_scrape,
            PEER,
        ),
        Figure(
            "resident memory, all default collectors of both",
            "B",
            all_ours.resident,
            all_peer.resident,
            PEER,
        ),
    ]
    facts = pair.facts | {"files_read": files, "all_collectors": defaults.facts}
    samples = defaults.facts["samples"]
    assert isinstance(samples, dict)
    said = f"With all default collectors: {samples['ours']:,} samples ours, {samples['peer']:,} "
    return Outcome(pair.versions, figures, facts, [*notes(pair), f"{said}the peer's."])


def figures_of(pair: Pair, ours: SideSamples, peer: SideSamples, goal: Goal) -> list[Figure]:
    """CPU time and latency of a scrape; the goal is about CPU time."""
    samples = pair.facts["samples"]
    assert isinstance(samples, dict)
    each = [
        [seconds / samples[side] for seconds in kept.cpu_per_scrape]
        for side, kept in (("ours", ours), ("peer", peer))
    ]
    return [
        Figure("CPU time per scrape", "s", ours.cpu_per_scrape, peer.cpu_per_scrape, PEER, goal),
        Figure("CPU time per sample of the page", "s", each[0], each[1], PEER),
        Figure("latency, median", "s", ours.latency_median, peer.latency_median, PEER),
        Figure("latency, 99th percentile", "s", ours.latency_p99, peer.latency_p99, PEER),
    ]


def notes(pair: Pair) -> list[str]:
    """What the pages of both hold, in words."""
    samples = pair.facts["samples"]
    missing = pair.facts["families_missing_in_ours"]
    sent = pair.facts["sent_bytes"]
    assert isinstance(samples, dict)
    assert isinstance(sent, dict)
    assert isinstance(missing, list)
    said = [
        f"Samples of a page: {samples['ours']:,} ours, {samples['peer']:,} the peer's, "
        f"{samples['in_both']:,} of them the same series.",
        f"Bytes of an answer where gzip is accepted: {sent['ours']:,} ours, "
        f"{sent['peer']:,} the peer's.",
    ]
    if missing:
        said.append(f"Families that only the peer shows: {', '.join(missing)}.")
    return said


def _floor(pair: Pair, settings: Settings) -> tuple[list[Figure], list[str]]:
    """A scrape of ours without gzip, over reading alone: whole, and without reading and HTTP.

    Goals: 1 of reading and 2 of all the rest, HTTP's share in it, which is stricter than asked; and
    2 of parsing and rendering. An answer with one collector that reads nothing tells HTTP's share.
    """
    scrapes = 30 if settings.quick else 300
    work, reading, parsing = [], [], []
    with (
        RunningExporter(pair.ours, settings.folder / "floor.log") as side,
        PageScraper(side.url, compressed=False) as whole,
        PageScraper(side.url, compressed=False) as empty,
    ):
        for _ in range(20):
            whole.get()
            empty.get(EMPTY)
        files = held_open(side.pid)
        for _ in range(3 if settings.quick else 8):
            work.append(_cost(side.pid, whole, "/metrics", scrapes))
            reading.append(read_seconds(files, scrapes))
            parsing.append(work[-1] - reading[-1] - _cost(side.pid, empty, EMPTY, scrapes))
    named = f"the kernel's time to read the same {len(files)} files"
    figures = [
        Figure(
            "read, parse, render and answer, without gzip",
            "s",
            work,
            reading,
            named,
            Goal("<= 3", 3.0),
        ),
        Figure(
            "parse and render: that, less reading and an answer of a collector without files",
            "s",
            parsing,
            reading,
            named,
            Goal("<= 2", 2.0),
        ),
    ]
    return figures, [str(path) for path in files]


def _cost(pid: int, scraper: PageScraper, path: str, scrapes: int) -> float:
    """CPU time of the exporter for an answer, in seconds."""
    before = cpu_seconds(pid)
    for _ in range(scrapes):
        scraper.get(path)
    return (cpu_seconds(pid) - before) / scrapes


CASE = Case(
    name="exporter_scrape",
    what="One scrape of this machine over HTTP as Prometheus makes it (kept connection, gzip), "
    "both exporters with the same collectors, in alternating rounds; CPU time of the process, seen "
    "from outside.",
    peer="node_exporter",
    goal="CPU time <= 1/8, memory <= 1",
    run=run,
)
