"""Every family that the exporter can expose, as the rooms and collectors declare them."""

from __future__ import annotations

from collections.abc import Iterator

from exporter.page import families as page
from exporter.plugins import families as plugins
from exporter.plugins.shipped import families as shipped
from exporter.pushing import families as pushing
from exporter.registrations import COLLECTORS
from exporter.serving import audit_families as serving
from perfanalysis.exposition.catalogue import Catalogue
from perfanalysis.exposition.families import Family


def _declared() -> Iterator[Family]:
    # Collectors that are off are loaded when somebody asks for a family, and not before.
    for collector in COLLECTORS:
        yield from collector.families
    yield from (*plugins.FAMILIES, *shipped.FAMILIES)
    yield from (*pushing.FAMILIES, *page.FAMILIES, *serving.FAMILIES)


CATALOGUE = Catalogue(_declared())
