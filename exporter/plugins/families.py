"""What is shown of the plug-ins themselves."""

from __future__ import annotations

from perfanalysis.exposition.families import Family

SERIES = Family(
    "perf_plugin_series",
    "gauge",
    "Series that a Python collector has on this page.",
    ("collector",),
    source="the collectors of --collector.python",
)
REFUSED = Family(
    "perf_plugin_refused_families",
    "gauge",
    "Families of a Python collector that are left out, as others have their name (name) or as no "
    "page can hold them (invalid).",
    ("collector", "reason"),
    source="the collectors of --collector.python",
)
FAMILIES = (SERIES, REFUSED)
