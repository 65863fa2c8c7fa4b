"""Figures of a made fleet that a real Prometheus scrapes."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.case import Figure, Goal
from benchmarks.made_fleet.running import INTERVAL, FleetScraper
from benchmarks.made_fleet.storing import FleetStore
from benchmarks.made_fleet.watching import Watched

_SCRAPES = 8
_NONE = Goal("0", 0.0)


def scraped(scraper: FleetScraper, count: int, seen: Watched) -> list[Figure]:
    """What scraping a fleet costs, and whether none of it was missed."""
    name, theirs = f"{count:,} machines", seen.cpu["Prometheus"]
    # One more than fits between the ends, so that the one that is just being made does not count.
    window = f"[{(_SCRAPES + 1) * INTERVAL}s]"
    least = scraper.value(f"min(count_over_time(up{window}))")
    appended = scraper.value("sum(scrape_samples_post_metric_relabeling)") / INTERVAL
    goal = Goal("<= 0.25", 0.25)
    return [
        Figure(f"{name}: CPU of the made fleet, of each second", "s", seen.cpu["made fleet"],
               theirs, "Prometheus, which scrapes it", goal),
        Figure(f"{name}: CPU of Prometheus, of each second", "s", theirs),
        Figure(f"{name}: machines that are up", "", [scraper.value("sum(up)")],
               goal=Goal(f"{count:,}", count, count)),
        Figure(f"{name}: scrapes of a machine in {_SCRAPES} intervals, the least", "", [least],
               goal=Goal(f">= {_SCRAPES}", _SCRAPES + 2, _SCRAPES)),
        Figure(f"{name}: samples a second", "1/s", [appended]),
        Figure(f"{name}: series in memory", "", [scraper.said("prometheus_tsdb_head_series")]),
        Figure(f"{name}: resident memory of Prometheus", "B", [seen.memory["Prometheus"]]),
    ]  # fmt: skip


def ruled(scraper: FleetScraper, plain: Watched, seen: Watched) -> list[Figure]:
    """What our rules add to that."""
    base = plain.cores("Prometheus")
    minute = [60 * (cores - base) for cores in seen.cpu["Prometheus"]]
    failed = scraper.said("prometheus_rule_evaluation_failures_total")
    missed = scraper.said("prometheus_rule_group_iterations_missed_total")
    head = scraper.said("prometheus_tsdb_head_series")
    return [
        Figure("all rules: CPU of Prometheus a minute", "s", minute, goal=Goal("<= 2 s", 2.0)),
        Figure("all rules: evaluations that failed", "", [failed], goal=_NONE),
        Figure("all rules: evaluations that were missed", "", [missed], goal=_NONE),
        Figure("with rules: CPU of Prometheus, of each second", "s", seen.cpu["Prometheus"]),
        Figure("with rules: series in memory", "", [head]),
        Figure("with rules: resident memory of Prometheus", "B", [seen.memory["Prometheus"]]),
    ]


def on_disk(folder: Path) -> list[Figure]:
    """What a snapshot's samples and its index take."""
    metas = [json.loads(path.read_bytes())["stats"] for path in folder.glob("*/meta.json")]
    samples = sum(one["numSamples"] for one in metas)
    series = sum(one["numSeries"] for one in metas)
    chunks = sum(one["numChunks"] for one in metas)
    bytes_of = {
        what: sum(path.stat().st_size for path in folder.glob(pattern))
        for what, pattern in (("chunks", "*/chunks/*"), ("index", "*/index"))
    }
    return [
        Figure("disk space of a sample in Prometheus' chunks", "B", [bytes_of["chunks"] / samples]),
        Figure("samples of a chunk", "", [samples / chunks]),
        Figure("index of a block, a series", "B", [bytes_of["index"] / series]),
    ]


def sent(store: FleetStore, before: Watched, seen: Watched) -> list[Figure]:
    """What it costs to send all on to VictoriaMetrics, and what that takes."""
    store.flush()
    rows, size = (store.said(name, 'type="storage/') for name in ("vm_rows", "vm_data_size_bytes"))
    base = before.cores("Prometheus")
    more = [cores - base for cores in seen.cpu["Prometheus"]]
    own = seen.cpu["VictoriaMetrics"]
    return [
        Figure("remote write: CPU of Prometheus besides, of each second", "s", more),
        Figure("VictoriaMetrics: CPU, of each second", "s", own),
        Figure("VictoriaMetrics: resident memory", "B", [seen.memory["VictoriaMetrics"]]),
        Figure("VictoriaMetrics: disk space of a sample, its index left out", "B", [size / rows]),
    ]
