"""Panels of the portals' own metrics."""

from __future__ import annotations

from grafana.dashboards.panels.shapes import of_machines
from grafana.dashboards.thresholds import (
    PORTAL_CONNECTIONS_USED_UP_USED,
    PORTAL_KEYS_REFUSED_RATE,
    PORTAL_REQUESTS_FAIL_FAILED,
    PORTAL_SLOW_SECONDS,
)
from grafana.dashboards.variables import MOST, highest
from grafana.dashboards.words import Panel, Query, Step

_RATE = "[$__rate_interval]"
_PICKED = 'instance=~"$portal"'
_FAILED = 'status=~"5.."'


def _rate(counter: str, *matchers: str) -> str:
    return f"rate({counter}{{{','.join((_PICKED, *matchers))}}}{_RATE})"


def answers() -> Panel:
    """What was answered."""
    rate = _rate("perf_portal_requests_total")
    return of_machines(
        "Answers",
        "Answers a second, by HTTP status. Good: 200 and 201. Bad: 401 and 403 (keys), 429 (too "
        "often), 5xx (the portal or its database).",
        "reqps",
        [Query(highest(f"sum by (status) ({rate})", "status", MOST), "{{status}}")],
    )


def failing() -> Panel:
    """The share that the portal failed."""
    failed = f"sum({_rate('perf_portal_requests_total', _FAILED)})"
    every = f"sum({_rate('perf_portal_requests_total')})"
    limit = PORTAL_REQUESTS_FAIL_FAILED
    return of_machines(
        "Requests that fail",
        "Share of the requests that were answered 5xx, which is the portal's own doing. Good: 0. "
        f"Bad: above {limit}: its log says why, by request id.",
        "percentunit",
        [Query(f"({failed} or vector(0)) / ({every} > 0)", "failed")],
        steps=[Step(None, "green"), Step(limit.value, "red")],
    )


def slowest() -> Panel:
    """How long requests take."""
    rate = _rate("perf_portal_request_seconds_bucket")
    each = f"histogram_quantile(0.99, sum by (route, le) ({rate}))"
    limit = PORTAL_SLOW_SECONDS
    return of_machines(
        "Slowest requests",
        f"What 99 of 100 requests took at most, of the {MOST} slowest endpoints. Good: below "
        f"0.05 s for lists. Bad: above {limit}.",
        "s",
        [Query(highest(each, "route", MOST), "{{route}}")],
        steps=[Step(None, "green"), Step(limit.value, "red")],
    )


def documents() -> Panel:
    """Result documents that came in."""
    rate = _rate("perf_portal_documents_total")
    return of_machines(
        "Documents",
        "Result documents a second, by what became of them. Good: new, and known where a sender "
        "tried again. Bad: refused: senders put such aside, and their logs say which field.",
        "short",
        [Query(f"sum by (outcome) ({rate})", "{{outcome}}")],
    )


def waiting() -> Panel:
    """Result documents that wait."""
    each = f"sum by (instance) (perf_portal_documents_waiting{{{_PICKED}}})"
    return of_machines(
        "Documents waiting",
        "Result documents that wait until those before them are on the disk. Good: a few. Bad: "
        "more and more: the database is slow, or this portal has too little CPU.",
        "short",
        [Query(highest(each, "instance", MOST), "{{instance}}")],
        decimals=0,
    )


def in_progress() -> Panel:
    """Requests that are being answered."""
    each = f"sum by (instance) (perf_portal_requests_in_progress{{{_PICKED}}})"
    return of_machines(
        "Requests in progress",
        "Requests that are being answered. Good: a few. Bad: hundreds: beyond 5000 connections "
        "the answer is 503.",
        "short",
        [Query(highest(each, "instance", MOST), "{{instance}}")],
        decimals=0,
    )


def connections() -> Panel:
    """Connections to the database."""
    used = f"perf_portal_database_connections_used{{{_PICKED}}}"
    most = f"perf_portal_database_connections_most{{{_PICKED}}}"
    each = f"max by (instance) ({used} / ({most} > 0))"
    limit = PORTAL_CONNECTIONS_USED_UP_USED
    return of_machines(
        "Database connections used",
        "Share of the connections to the database that requests use. Good: below a half. Bad: "
        f"above {limit}: requests wait for one, and get 503 after 10 s.",
        "percentunit",
        [Query(highest(each, "instance", MOST), "{{instance}}")],
        width=12,
        steps=[Step(None, "green"), Step(limit.value, "red")],
    )


def database_faults() -> Panel:
    """What the database did not answer."""
    rate = _rate("perf_portal_database_faults_total")
    return of_machines(
        "Database not answering",
        "Requests a second that got 503, for the database did not answer. Good: 0. Bad: any: see "
        "whether it runs; `perfanalysis portal doctor` says more.",
        "reqps",
        [Query(highest(f"sum by (instance) ({rate})", "instance", MOST), "{{instance}}")],
        width=12,
    )


def refused_keys() -> Panel:
    """Keys that let nobody in."""
    rate = _rate("perf_portal_refused_keys_total")
    limit = PORTAL_KEYS_REFUSED_RATE
    return of_machines(
        "Keys refused",
        "Requests a second that a key did not let in, by reason. Good: 0. Bad: above "
        f"{limit}: agents with a key that is over (expired, revoked), or somebody who guesses "
        "(unknown, mistyped).",
        "reqps",
        [Query(f"sum by (reason) ({rate})", "{{reason}}")],
        width=12,
        steps=[Step(None, "green"), Step(limit.value, "red")],
    )


def limited() -> Panel:
    """Requests beyond the rate of their key."""
    rate = _rate("perf_portal_rate_limited_total")
    return of_machines(
        "Requests beyond their rate",
        "Requests a second that got 429, for their key asks too often. Good: 0. Bad: all the "
        "time: a client in a loop, or a limit that is too low.",
        "reqps",
        [Query(f"sum({rate})", "refused")],
        width=12,
    )


def regressions() -> Panel:
    """What second runs confirmed, of the tenants whose keys this Prometheus has."""
    each = "max by (instance, kernel) (perf_portal_regression_drop_ratio)"
    return of_machines(
        "Regressions confirmed",
        "How far a machine's runs are below its earlier ones, where a second run confirmed it: of "
        "tenants with whose key this Prometheus asks the portal. Good: none. Bad: any: the page "
        "History of the portal has the runs.",
        "percentunit",
        [Query(highest(each, "instance", MOST), "{{instance}} {{kernel}}")],
        width=24,
    )
