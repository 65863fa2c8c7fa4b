"""The words in which the exporter speaks of metrics: family, template, series, sample.

A series is one set of label values of a family; with its value of a moment it is a sample.
A family is declared once, in the file of its collector; ``exporter/catalogue.py`` gathers all.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

FamilyType = Literal["counter", "gauge", "histogram", "summary", "untyped"]

FIELD = "{field}"
_METRIC_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_NOT_IN_NAMES = re.compile(r"[^a-zA-Z0-9_:]")

# What Prometheus writes by itself: of each scrape, under the target's labels, and of alerts. A
# target that has such a name on its page is believed, and its own ``up`` is lost without a word.
OF_THE_SERVER = frozenset(
    {
        *("up", "ALERTS", "ALERTS_FOR_STATE", "scrape_body_size_bytes", "scrape_duration_seconds"),
        *("scrape_sample_limit", "scrape_samples_post_metric_relabeling", "scrape_samples_scraped"),
        *("scrape_series_added", "scrape_timeout_seconds"),
    }
)


class Family(NamedTuple):
    """What is known of a metric family before any value is read.

    ``name`` may hold ``{field}`` once: then it is a template for families that are named after
    a field of the kernel's file, and ``help`` may hold ``{field}`` too. ``unit`` is the base unit
    ("" when there is none), ``source`` the file, system call or document the values come from.
    """

    name: str
    type: FamilyType
    help: str
    labels: tuple[str, ...] = ()
    unit: str = ""
    source: str = ""

    @property
    def is_template(self) -> bool:
        """Whether the name depends on a field of the kernel's file."""
        return FIELD in self.name

    def named(self, field: str) -> Family:
        """The family of one field of a template; a character that no name may hold becomes ``_``.
        HELP has the field as it is, as node_exporter's.

        Raises:
            ValueError: this is no template.
        """
        if not self.is_template:
            raise ValueError(f"{self.name} is no template")
        return self._replace(
            name=self.name.replace(FIELD, _NOT_IN_NAMES.sub("_", field)),
            help=self.help.replace(FIELD, field),
        )

    def matches(self, name: str) -> bool:
        """Whether a metric of that name can be of this family."""
        if not self.is_template:
            return name == self.name
        head, tail = self.name.split(FIELD)
        field = name[len(head) : len(name) - len(tail)]
        fits = name.startswith(head) and name.endswith(tail)
        return fits and bool(_METRIC_NAME.fullmatch("_" + field))


class SeriesIdentity(NamedTuple):
    """What identifies a series in any store: its name, and its labels as they are shown."""

    name: str
    labels: tuple[tuple[str, str], ...]


class Series(NamedTuple):
    """One series of a family: its label values, in the order of ``family.labels``.

    ``suffix`` is put behind the value as it is. ``b"e-2"`` makes hundredths of a second, as the
    kernel writes them, into seconds without any arithmetic: the exposition formats take numbers
    with exponents.
    """

    family: Family
    labels: tuple[str, ...] = ()
    suffix: bytes = b""
