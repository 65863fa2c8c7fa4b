"""Every family that the exporter can expose, as the rooms and collectors declare them."""

from __future__ import annotations

from exporter.page import families as page
from exporter.plugins import families as plugins
from exporter.plugins.shipped import families as shipped
from exporter.pushing import families as pushing
from exporter.registrations import COLLECTORS
from exporter.serving import audit_families as serving
from perfanalysis.exposition.catalogue import Catalogue

CATALOGUE = Catalogue(
    (
        *(family for collector in COLLECTORS for family in collector.families),
        *plugins.FAMILIES,
        *shipped.FAMILIES,
        *pushing.FAMILIES,
        *page.FAMILIES,
        *serving.FAMILIES,
    )
)
