"""How long a Prometheus and a VictoriaMetrics take for each query of each dashboard."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import requests

from benchmarks.case import Case, Figure, Outcome, Settings
from benchmarks.query_times import LONGEST_SECONDS, Asked, figures, measured, slowest
from grafana.dashboards.words import Dashboard, Panel
from perfanalysis import __version__
from pictures.variables import Span
from tests.grafana.hour import asking, stores
from tests.grafana.hour.recording import SCRAPE_SECONDS, Sampled, record

ROUNDS = 5
PICKS = ("all", "one")


def run(settings: Settings) -> Outcome:
    """Make the hour, put it into both, and ask all queries of the one and then of the other."""
    settings.say("scraping four machines through an hour")
    sampled = record(settings.folder)
    folders = [settings.folder / name for name in ("prometheus", "victoria")]
    for folder in folders:
        folder.mkdir()
    with (
        stores.prometheus(folders[0], sampled) as (prometheus, recorded),
        stores.victoria_metrics(folders[1], sampled, recorded) as victoria,
    ):
        return _compare(settings, sampled, prometheus, victoria)


def _compare(settings: Settings, sampled: Sampled, prometheus: str, victoria: str) -> Outcome:
    span = Span(sampled.begin, sampled.end, SCRAPE_SECONDS, SCRAPE_SECONDS)
    asked = all_queries(prometheus, span, asking.panels(), PICKS)
    rounds = 1 if settings.quick else ROUNDS
    found: list[Figure] = []
    facts: dict[str, object] = {
        "queries": len(asked),
        "machines": 4,
        "samples_scraped": len(sampled.lines),
        "range_seconds": span.end - span.start,
        "step_seconds": span.step,
    }
    for engine, url in (("Prometheus", prometheus), ("VictoriaMetrics", victoria)):
        seconds = measured(url, asked, rounds, settings.say)
        found += figures(engine, seconds)
        facts[f"slowest_on_{engine.lower()}"] = slowest(asked, seconds)
        facts[f"all_on_{engine.lower()}_seconds"] = float(np.median(seconds.sum(axis=1)))
    versions = {"perfanalysis": __version__, "Prometheus": version_of(prometheus)}
    versions["VictoriaMetrics"] = _victoria_version()
    return Outcome(versions, found, facts, NOTES)


def all_queries(
    url: str,
    span: Span,
    panels: list[tuple[str, Dashboard, Panel]],
    picks: tuple[str, ...],
    one: Mapping[str, str] = asking.ONE,
) -> list[Asked]:
    """Each query of the panels, with all machines picked, and with one.

    ``one`` is what a panel is drawn for that is drawn once for each value of a variable.
    """
    asked = []
    for pick in picks:
        for name, dashboard, panel in panels:
            values = asking.repeated(panel, asking.values_of(url, dashboard, pick, span), one)
            title = f"{name}: {panel.title} ({pick})"
            asked += [Asked(title, query, values, _of(panel, span)) for query in panel.queries]
    return asked


def _of(panel: Panel, span: Span) -> Span:
    """The range in the steps in which a panel asks for it."""
    if not panel.points:
        return span
    return replace(span, step=max(span.step, (span.end - span.start) / panel.points))


def version_of(url: str) -> str:
    """The version that a Prometheus says it is."""
    answer = requests.get(f"{url}/api/v1/status/buildinfo", timeout=10).json()
    return str(answer["data"]["version"])


def _victoria_version() -> str:
    """The version that VictoriaMetrics' program says it is; Debian's says none."""
    command = [str(stores.victoria_program()), "-version"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    said = (done.stdout + done.stderr).strip()
    return said.removeprefix("victoria-metrics-") or "of Debian's package"


NOTES = [
    "Seen by the client: from the request until the whole answer is read and parsed.",
    "Each query is asked with all machines picked and with one, over the whole hour, a point for "
    "each scrape; the caches of both engines are as they come, but VictoriaMetrics' for whole "
    "answers, which is switched off.",
]

CASE = Case(
    name="dashboard_queries",
    what="Every query of every dashboard over an hour of four machines, variables filled in as "
    "Grafana does.",
    peer="nothing; two engines, each by itself",
    goal=f"each query <= {LONGEST_SECONDS:.0f} s",
    run=run,
)
