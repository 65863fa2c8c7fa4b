"""A Prometheus that really scrapes 1,000 machines; rules, dashboards, a report, a store on top."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from benchmarks import scraped_figures
from benchmarks.case import Case, Figure, Outcome, Settings
from benchmarks.cases.dashboard_fleet import SHOWN
from benchmarks.cases.dashboard_queries import version_of
from benchmarks.made_fleet.running import FleetScraper, running_fleet, scraping
from benchmarks.made_fleet.storing import storing
from benchmarks.made_fleet.watching import watch
from benchmarks.query_times import Asked, measured, slowest, slowest_of
from benchmarks.report_runs import Reporter, cost_figures
from demo.servers import DemoServer
from perfanalysis import __version__
from pictures.variables import Span
from tests.grafana.hour.asking import ONE, repeated, values_of

MACHINES = 1000
SMALLER = 250
QUICK_MACHINES = 30
ASKED_ROUNDS = 2


@dataclass(frozen=True)
class _Scraped:
    """A fleet that is scraped: its Prometheus, both processes, and since when (Unix seconds)."""

    scraper: FleetScraper
    both: dict[str, DemoServer]
    began: float


def run(settings: Settings) -> Outcome:
    """A smaller fleet first; then the whole one, with ever more on top of it."""
    small, whole = (QUICK_MACHINES // 3, QUICK_MACHINES) if settings.quick else (SMALLER, MACHINES)
    with _scraped(settings, small) as one:
        seen = watch(settings, one.both, f"{small} machines")
        smaller = scraped_figures.scraped(one.scraper, small, seen)
    with _scraped(settings, whole) as one:
        outcome = _whole(settings, one, whole)
    outcome.figures.extend(smaller)
    return outcome


@contextmanager
def _scraped(settings: Settings, count: int) -> Iterator[_Scraped]:
    folder = settings.folder / str(count)
    folder.mkdir()
    with running_fleet(folder, count) as fleet, scraping(folder) as scraper:
        both = {"made fleet": fleet, "Prometheus": scraper.server}
        yield _Scraped(scraper, both, time.time())


def _whole(settings: Settings, one: _Scraped, count: int) -> Outcome:
    """Scraping alone; rules; dashboards and the report; a store that all is sent on to."""
    scraper = one.scraper
    plain = watch(settings, one.both, f"{count} machines")
    figures = scraped_figures.scraped(scraper, count, plain)
    scraper.configure(rules=True)
    ruled = watch(settings, one.both, "with rules")
    figures += scraped_figures.ruled(scraper, plain, ruled)
    asked, seconds = _asked(settings, scraper.url, one.began)
    figures += [slowest_of(name, asked, seconds) for name in SHOWN]
    settings.say("fleet report")
    reporter = Reporter(scraper.url, settings.folder, int(one.began), int(time.time()))
    figures += cost_figures("fleet report", [reporter.report("fleet", "pdf")[1]])
    figures += scraped_figures.on_disk(scraper.snapshot())
    with storing(settings.folder) as store:
        began = time.time()
        scraper.configure(rules=True, remote_write=f"{store.url}/api/v1/write")
        sent = watch(settings, one.both | {"VictoriaMetrics": store.server}, "with remote write")
        figures += scraped_figures.sent(store, ruled, sent)
        there, took = _asked(settings, store.url, began)
        name = "slowest query of these, VictoriaMetrics"
        figures.append(Figure(name, "s", took.max(axis=1).tolist()))
        versions = {"perfanalysis": __version__, "Prometheus": version_of(scraper.url)}
        versions["VictoriaMetrics"] = store.version
    facts: dict[str, object] = {
        "queries": len(asked),
        "slowest": slowest(asked, seconds),
        "slowest_in_victoriametrics": slowest(there, took),
    }
    return Outcome(versions, figures, facts, NOTES)


def _asked(settings: Settings, url: str, began: float) -> tuple[list[Asked], np.ndarray]:
    """Each query of the dashboards that show many machines, with All, over all that is held."""
    end = time.time()
    span = Span(began, end, 15.0, 15.0)
    one = ONE | {"shown": "machine-00000"}
    asked = []
    for name, (make, _) in SHOWN.items():
        dashboard = make()
        values = values_of(url, dashboard, "all", span)
        asked += [
            Asked(f"{name}: {panel.title} (all)", query, repeated(panel, values, one), span)
            for panel in dashboard.panels
            for query in panel.queries
        ]
    return asked, measured(url, asked, 1 if settings.quick else ASKED_ROUNDS, settings.say)


NOTES = [
    "Each machine is a target with an address of its own, scraped every 15 s. The pages are the "
    "exporter's of the machine that this ran on, with gzip; identity, load test, price, CPU time "
    "and memory are each made machine's own, what else moves is shared by every twentieth.",
    "CPU of Prometheus is its whole process, in rounds of 30 s after a minute of settling. What "
    "rules add is what it used more than in the rounds without them before.",
    "Dashboards are asked for all that was held by then, some minutes, while scrapes and rules go "
    "on; dashboard_fleet asks for hours. The report is made of the same.",
    "Chunks are cut by the snapshot: with fewer samples in each than the 120 of a full one, a "
    "sample takes more than it does later.",
]
CASE = Case(
    name="scraped_fleet",
    what="1,000 made machines that a real Prometheus scrapes, with all rules, the queries of "
    "dashboards, the fleet report and remote write to VictoriaMetrics on top.",
    peer="the made fleet beside Prometheus; otherwise nothing",
    goal="CPU of the made fleet <= 0.25 of Prometheus'; all rules <= 2 s of CPU a minute",
    run=run,
)
