"""The format OpenMetrics 1.0, as its specification has it (prometheus/OpenMetrics)."""

from __future__ import annotations

from perfanalysis.exposition.families import Family
from perfanalysis.exposition.rendering import escape_help

TOTAL = "_total"


class OpenMetricsExposition:
    """OpenMetrics 1.0: the same samples under the same names as in the text format.

    A counter's family is its name without ``_total``. A counter that has no ``_total`` in its name
    has the type ``unknown`` here, as node_exporter's own library writes it: the format would add
    the ``_total`` to the series, and dashboards would lose them.
    """

    name = "openmetrics"
    content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8"
    end = b"# EOF\n"

    def header(self, family: Family) -> bytes:
        """The HELP, TYPE and UNIT lines; a unit is only said where the name ends with it."""
        kind: str = family.type
        name = family.name
        if kind == "counter" and name.endswith(TOTAL):
            name = name.removesuffix(TOTAL)
        elif kind in ("counter", "untyped"):
            kind = "unknown"
        text = escape_help(family.help).replace('"', '\\"')
        lines = f"# HELP {name} {text}\n# TYPE {name} {kind}\n"
        if family.unit and name.endswith(f"_{family.unit}"):
            lines += f"# UNIT {name} {family.unit}\n"
        return lines.encode()

    def sample_name(self, family: Family) -> str:
        """The family's own name."""
        return family.name


OPENMETRICS = OpenMetricsExposition()
