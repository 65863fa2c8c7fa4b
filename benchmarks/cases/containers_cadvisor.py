"""What 750 real containers cost at a scrape every 15 s, beside cAdvisor as a kubelet runs it."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, field

from benchmarks import peers
from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from benchmarks.exporters import ExporterSide, RunningExporter
from benchmarks.made_pods import groups_of
from benchmarks.process import cpu_seconds, resident_bytes
from benchmarks.real_pods import real_pods
from benchmarks.scraping import family, series
from perfanalysis import __version__

PODS, CONTAINERS = 250, 3
QUICK_PODS = 10
INTERVAL_SECONDS, QUICK_INTERVAL_SECONDS = 15.0, 2.0
# cAdvisor looks at a container every 10 s, and at one that does nothing every 15 s.
WARM_UP, ROUNDS, QUICK_ROUNDS = 4, 10, 2
HOT_TIMES = 5
PEER = "cAdvisor"


@dataclass
class ContainersMeasured:
    """One side's values: a round each, but for ``resident``."""

    interval: list[float] = field(default_factory=list)
    hot: list[float] = field(default_factory=list)
    resident: list[float] = field(default_factory=list)


def run(settings: Settings) -> Outcome:
    """Make the groups, and scrape both every 15 s."""
    program = peers.cadvisor()
    pods, containers = groups_of(QUICK_PODS if settings.quick else PODS, CONTAINERS)
    limit = f"--collector.cgroup.limit={len(containers)}"
    ours = ExporterSide(
        "perfanalysis",
        __version__,
        ("--collector.disable-defaults", "--collector.cgroup", limit),
    )
    peer = ExporterSide(PEER, peers.CADVISOR_VERSION, (), program)
    settings.say(f"making {len(pods)} pods of {CONTAINERS} containers")
    with ExitStack() as stack:
        stack.enter_context(real_pods(pods, containers))
        sides = [
            stack.enter_context(RunningExporter(side, settings.folder / f"{side.name}.log"))
            for side in (ours, peer)
        ]
        measured = (ContainersMeasured(), ContainersMeasured())
        _every_interval(sides, measured, settings)
        for turn in range(QUICK_ROUNDS if settings.quick else ROUNDS):
            for side, kept in list(zip(sides, measured, strict=True))[:: 1 if turn % 2 else -1]:
                before = cpu_seconds(side.pid)
                for _ in range(HOT_TIMES):
                    side.scraper.get()
                kept.hot.append((cpu_seconds(side.pid) - before) / HOT_TIMES)
        for side, kept in zip(sides, measured, strict=True):
            kept.resident.append(float(resident_bytes(side.pid)))
        pages = [series(side.scraper.page()) for side in sides]
    return _outcome(settings, len(pods), len(containers), measured, pages)


def _every_interval(
    sides: list[RunningExporter], measured: tuple[ContainersMeasured, ...], settings: Settings
) -> None:
    """Scrape both once an interval; what a side did within it counts, whenever it did so."""
    interval = QUICK_INTERVAL_SECONDS if settings.quick else INTERVAL_SECONDS
    rounds = QUICK_ROUNDS if settings.quick else ROUNDS
    for turn in range(WARM_UP + rounds):
        settings.say(f"interval {turn + 1} of {WARM_UP + rounds}")
        begin = time.monotonic()
        before = [cpu_seconds(side.pid) for side in sides]
        for side in sides if turn % 2 else reversed(sides):
            side.scraper.get()
        time.sleep(max(0.0, begin + interval - time.monotonic()))
        if turn >= WARM_UP:
            for side, kept, spent in zip(sides, measured, before, strict=True):
                kept.interval.append(cpu_seconds(side.pid) - spent)


def _outcome(
    settings: Settings,
    pods: int,
    containers: int,
    measured: tuple[ContainersMeasured, ...],
    pages: list[set[str]],
) -> Outcome:
    ours, peer = measured
    interval = QUICK_INTERVAL_SECONDS if settings.quick else INTERVAL_SECONDS
    figures = [
        Figure(
            f"CPU time per scrape every {interval:g} s, what is done between scrapes included",
            "s",
            ours.interval,
            peer.interval,
            PEER,
            Goal("<= 0.10", 0.1),
        ),
        Figure("CPU time per scrape, hot loop", "s", ours.hot, peer.hot, PEER),
        Figure("resident memory", "B", ours.resident, peer.resident, PEER),
    ]
    names = [{family(name) for name in page if name.startswith("container_")} for page in pages]
    facts: dict[str, object] = {
        "pods": pods,
        "containers": containers,
        "samples": {"ours": len(pages[0]), "peer": len(pages[1])},
        "families_missing_in_ours": sorted(names[1] - names[0]),
        "families_missing_in_peer": sorted(names[0] - names[1]),
    }
    versions = {"perfanalysis": __version__, PEER: peers.CADVISOR_VERSION}
    return Outcome(versions, figures, facts, NOTES)


NOTES = [
    "Real control groups of version 1, each container's with one process that sleeps; none has a "
    "network of its own. cAdvisor has the kinds of metrics and the times that a kubelet gives it, "
    "and asks no runtime; ours has the collector cgroup alone.",
]

CASE = Case(
    name="containers_cadvisor",
    what="250 pods of 3 real containers, scraped every 15 s; all that is done in 15 s counts.",
    peer="cAdvisor, with a kubelet's kinds of metrics",
    goal="CPU time <= 0.10",
    run=run,
)
