"""Where clicks lead: from a fleet to a machine, from a machine to its load tests, and back."""

from __future__ import annotations

from grafana.dashboards.words import Link, Style

# The data source and the time range go along.
_ALONG = "var-datasource=${datasource}&${__url_time_range}"


def _of(uid: str, field: str) -> str:
    return f"/d/perfanalysis-{uid}?var-instance=${{{field}}}&{_ALONG}"


SERIES_TO_MACHINE = Link("The machine", _of("machine", "__field.labels.instance"))
SERIES_TO_LOADTEST = Link("Its load test", _of("loadtest", "__field.labels.instance"))
SERIES_TO_CONTAINERS = Link("Its containers", _of("containers", "__field.labels.instance"))


def machine_column(field: str = "Machine") -> Style:
    """The column of machines' names leads to the machine, and to its load test."""
    links = [
        {"title": "The machine", "url": _of("machine", "__value.raw")},
        {"title": "Its load test", "url": _of("loadtest", "__value.raw")},
    ]
    # A row without a machine has nothing to click, not a word that leads to a machine of that name.
    return Style(field, (("links", links), ("noValue", "")))
