"""The format OpenMetrics 1.0, as its specification has it (prometheus/OpenMetrics)."""

from __future__ import annotations

from perfanalysis.exposition.families import Family
from perfanalysis.exposition.rendering import escape_help

TOTAL = "_total"
CREATED = "_created"
# What the samples of a family of a type may have behind its name.
_SUFFIXES = {
    "counter": ("", TOTAL, CREATED),
    "summary": ("", "_sum", "_count", CREATED),
    "histogram": ("", "_bucket", "_sum", "_count", CREATED),
}


def stem_of(family: Family) -> str:
    """The name of a family in this format, which is that of a counter without ``_total``."""
    return family.name.removesuffix(TOTAL) if family.type == "counter" else family.name


def claimed_names(family: Family) -> frozenset[str]:
    """The names that no other family of the page may have: those that its type could have, too."""
    stem = stem_of(family)
    if family.type == "counter" and stem == family.name:
        return frozenset({stem})
    return frozenset(stem + suffix for suffix in _SUFFIXES.get(family.type, ("",)))


class OpenMetricsExposition:
    """OpenMetrics 1.0: the same samples under the same names as in the text format.

    A counter's family is its name without ``_total``. A counter that has no ``_total`` in its name
    has the type ``unknown`` here, as node_exporter's own library writes it: the format would add
    the ``_total`` to the series, and dashboards would lose them.

    There is no UNIT, as from node_exporter: Prometheus 3 (feature type-and-unit-labels) gives a
    unit to all families behind it, up to the next one that has one, and most of ours have none.
    """

    name = "openmetrics"
    content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8"
    end = b"# EOF\n"

    def header(self, family: Family) -> bytes:
        """The HELP and TYPE lines."""
        kind: str = family.type
        name = family.name
        if kind == "counter" and name.endswith(TOTAL):
            name = name.removesuffix(TOTAL)
        elif kind in ("counter", "untyped"):
            kind = "unknown"
        text = escape_help(family.help).replace('"', '\\"')
        return f"# HELP {name} {text}\n# TYPE {name} {kind}\n".encode()

    def sample_name(self, family: Family) -> str:
        """The family's own name."""
        return family.name


OPENMETRICS = OpenMetricsExposition()
