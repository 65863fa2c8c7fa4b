"""Every family that the exporter can expose, for the reference in docs/ and for PromQL checks."""

from __future__ import annotations

from dataclasses import replace

from exporter.page import scraping
from exporter.pushing import families as pushing
from exporter.registrations import COLLECTORS
from perfanalysis.exposition.families import Family

FAMILIES: tuple[Family, ...] = (
    *(family for collector in COLLECTORS for family in collector.families),
    *pushing.FAMILIES,
    *scraping.FAMILIES,
)
_BY_NAME = {family.name: family for family in FAMILIES}
_TEMPLATES = tuple(family for family in FAMILIES if family.is_template)


def find(name: str) -> Family | None:
    """The family of that metric name, or None when the exporter exposes no such metric.

    A name of a kernel's field (``node_vmstat_pgmajfault``) gives the family it is made from
    (``node_vmstat_{field}``) under that name. The names of a histogram's series give a family of
    that name, with the label ``le`` where it has it.
    """
    if family := _BY_NAME.get(name):
        return family
    for suffix, labels in (("_bucket", ("le",)), ("_sum", ()), ("_count", ())):
        family = _BY_NAME.get(name.removesuffix(suffix)) if name.endswith(suffix) else None
        if family is not None and family.type == "histogram":
            return replace(family, name=name, labels=(*family.labels, *labels))
    for template in _TEMPLATES:
        if template.matches(name):
            head, tail = template.name.split("{field}")
            return template.named(name[len(head) : len(name) - len(tail)])
    return None
