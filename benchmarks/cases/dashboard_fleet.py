"""How long a Prometheus with 1,000 machines takes for the queries of the fleet's dashboard."""

from __future__ import annotations

import re
from contextlib import ExitStack

from benchmarks.case import Case, Outcome, Settings
from benchmarks.cases.dashboard_queries import all_queries, version_of
from benchmarks.query_times import LONGEST_SECONDS, Asked, figures, measured, slowest
from grafana.dashboards import fleet as fleet_dashboard
from grafana.dashboards.words import Dashboard, Query
from grafana.preview.variables import Span
from perfanalysis import __version__
from tests.grafana.hour import stores
from tests.grafana.hour.recording import record
from tests.grafana.hour.thousand import STEP_SECONDS, Fleet, fleet

MACHINES = 1000
HOURS = 6  # what the dashboard shows at first
ROUNDS = 3
QUICK_MACHINES = 40
# As many points as a chart of a third of a wide screen asks for.
POINTS = 600
_NAME = re.compile(r"[a-zA-Z_:][\w:]*")


def run(settings: Settings) -> Outcome:
    """Make the fleet's series from the hour of four machines, and ask for them."""
    dashboard = fleet_dashboard.dashboard()
    made = _made(settings, dashboard)
    count = QUICK_MACHINES if settings.quick else MACHINES
    settings.say(f"writing {HOURS} h of {count} machines")
    with ExitStack() as stack:
        url, samples, series = stack.enter_context(stores.fleet(settings.folder, made, count))
        step = max(15.0, (made.end - made.begin) / POINTS)
        span = Span(made.begin, made.end, step)
        panels = [("fleet", dashboard, panel) for panel in dashboard.panels]
        asked = all_queries(url, span, panels, ("all",))
        asked += [
            Asked(f"fleet: mark {mark.name}", Query(mark.expression), asked[0].values, span)
            for mark in dashboard.annotations
        ]
        seconds = measured(url, asked, 1 if settings.quick else ROUNDS, settings.say)
        versions = {"perfanalysis": __version__, "Prometheus": version_of(url)}
        facts: dict[str, object] = {
            "machines": count,
            "queries": len(asked),
            "series": series,
            "samples": samples,
            "range_seconds": span.end - span.start,
            "step_seconds": span.step,
            "seconds_between_samples": STEP_SECONDS,
            "slowest": slowest(asked, seconds),
        }
        return Outcome(versions, figures("Prometheus", seconds), facts, NOTES)


def _made(settings: Settings, dashboard: Dashboard) -> Fleet:
    """The fleet, of the series that the dashboard asks for."""
    settings.say("scraping four machines through an hour")
    sampled = record(settings.folder)
    text = " ".join(
        [query.expression for panel in dashboard.panels for query in panel.queries]
        + [variable.query for variable in dashboard.variables]
        + [mark.expression for mark in dashboard.annotations]
    )
    folder = settings.folder / "four"
    folder.mkdir()
    with stores.prometheus(folder, sampled) as (_, recorded):
        return fleet(sampled, recorded, set(_NAME.findall(text)), HOURS)


NOTES = [
    "Seen by the client: from the request until the whole answer is read and parsed.",
    "The series are those that our rules record of four machines' pages, and what the dashboard "
    "asks of the pages themselves, under 1,000 names and scaled; the hour is repeated. One machine "
    "in twenty has alerts. All machines are picked.",
]

CASE = Case(
    name="dashboard_fleet",
    what=f"Every query of the fleet's dashboard over {HOURS} hours of 1,000 machines.",
    peer="nothing; Prometheus by itself",
    goal=f"each query <= {LONGEST_SECONDS:.0f} s",
    run=run,
)
