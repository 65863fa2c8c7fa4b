"""How long a Prometheus with 1,000 machines takes for the queries of dashboards that draw many."""

from __future__ import annotations

import re
from contextlib import ExitStack

from benchmarks.case import Case, Outcome, Settings
from benchmarks.cases.dashboard_queries import all_queries, version_of
from benchmarks.query_times import (
    LONGEST_SECONDS,
    Asked,
    figures,
    measured,
    slowest,
    slowest_of,
)
from grafana.dashboards import containers, loadtest, machine
from grafana.dashboards import fleet as fleet_dashboard
from grafana.dashboards.words import Dashboard, Query
from perfanalysis import __version__
from pictures.variables import Span
from tests.grafana.hour import stores
from tests.grafana.hour.asking import ONE, values_of
from tests.grafana.hour.moving_tree import HOUR
from tests.grafana.hour.recording import record
from tests.grafana.hour.thousand import STEP_SECONDS, Fleet, fleet

MACHINES = 1000
HOURS = 6
# The hours that a dashboard is asked for: the fleet's shows six at first, the others one.
SHOWN = {
    "fleet": (fleet_dashboard.dashboard, HOURS),
    "machine": (machine.dashboard, 1),
    "loadtest": (loadtest.dashboard, 1),
    "containers": (containers.dashboard, 1),
}
ROUNDS = 3
QUICK_MACHINES = 40
# As many points as a chart of a third of a wide screen asks for.
POINTS = 600
_NAME = re.compile(r"[a-zA-Z_:][\w:]*")


def run(settings: Settings) -> Outcome:
    """Make the fleet's series from the hour of four machines, and ask for them."""
    made = _made(settings)
    count = QUICK_MACHINES if settings.quick else MACHINES
    settings.say(f"writing {HOURS} h of {count} machines")
    with ExitStack() as stack:
        url, samples, series = stack.enter_context(stores.fleet(settings.folder, made, count))
        asked = [
            one
            for name, (make, hours) in SHOWN.items()
            for one in _queries(url, name, make(), _span(made.end, hours))
        ]
        seconds = measured(url, asked, 1 if settings.quick else ROUNDS, settings.say)
        versions = {"perfanalysis": __version__, "Prometheus": version_of(url)}
        facts: dict[str, object] = {
            "machines": count,
            "queries": len(asked),
            "series": series,
            "samples": samples,
            "hours_shown": {name: hours for name, (_, hours) in SHOWN.items()},
            "seconds_between_samples": STEP_SECONDS,
            "slowest": slowest(asked, seconds),
        }
        found = figures("Prometheus", seconds)
        found += [slowest_of(name, asked, seconds) for name in SHOWN]
        return Outcome(versions, found, facts, NOTES)


def _span(end: float, hours: int) -> Span:
    """The last hours, in the steps of a chart, of machines that are scraped once a minute."""
    seconds = hours * HOUR
    return Span(end - seconds, end, max(15.0, seconds / POINTS), STEP_SECONDS)


def _queries(url: str, name: str, dashboard: Dashboard, span: Span) -> list[Asked]:
    """The queries of the panels, of the variable for what is shown, and of the marks."""
    panels = [(name, dashboard, panel) for panel in dashboard.panels if panel.queries]
    one = ONE | {"shown": "machine-0000"}
    values = values_of(url, dashboard, "all", span)
    others = [
        (f"{name}: ${variable.name}", Query(variable.query, at_end=True))
        for variable in dashboard.variables
        if variable.result_label
    ]
    others += [
        (f"{name}: mark {mark.name}", Query(mark.expression)) for mark in dashboard.annotations
    ]
    return all_queries(url, span, panels, ("all",), one) + [
        Asked(title, query, values, span) for title, query in others
    ]


def _made(settings: Settings) -> Fleet:
    """The fleet, of the series that the dashboards ask for."""
    settings.say("scraping four machines through an hour")
    sampled = record(settings.folder)
    text = " ".join(_expressions(make()) for make, _ in SHOWN.values())
    folder = settings.folder / "four"
    folder.mkdir()
    with stores.prometheus(folder, sampled) as (_, recorded):
        return fleet(sampled, recorded, set(_NAME.findall(text)), HOURS)


def _expressions(dashboard: Dashboard) -> str:
    return " ".join(
        [query.expression for panel in dashboard.panels for query in panel.queries]
        + [variable.query for variable in dashboard.variables]
        + [mark.expression for mark in dashboard.annotations]
    )


NOTES = [
    "Seen by the client: from the request until the whole answer is read and parsed.",
    "The series are those that our rules record of four machines' pages, and what the dashboards "
    "ask of the pages themselves, under 1,000 names and scaled; the hour is repeated, and what is "
    "not recorded is there for its last one. One machine in twenty has alerts. All machines are "
    "picked: the fleet's dashboard is asked for six hours, the others for one.",
]

CASE = Case(
    name="dashboard_fleet",
    what="Every query of the dashboards fleet, machine, loadtest and containers with 1,000 "
    "machines.",
    peer="nothing; Prometheus by itself",
    goal=f"each query <= {LONGEST_SECONDS:.0f} s",
    run=run,
)
