"""Which formats there are, and which of them a file is in."""

from __future__ import annotations

from pathlib import Path

from perfanalysis.errors import InputError
from prices.importers import (
    aws_offer,
    aws_offer_csv,
    aws_savings_plan,
    aws_spot,
    azure_price_sheet,
    azure_retail,
    gcp_catalogue,
    oci_list,
    service_capacity,
    spare_cores,
)
from prices.importers.focus.importer import FOCUS_CSV, FOCUS_PARQUET
from prices.importers.importer import PriceImporter
from prices.importers.own_csv import OWN_CSV
from prices.importers.own_yaml import OWN_YAML
from prices.reading.opened import beginning

IMPORTERS: tuple[PriceImporter, ...] = (
    OWN_CSV,
    OWN_YAML,
    FOCUS_CSV,
    FOCUS_PARQUET,
    aws_offer.IMPORTER,
    aws_offer_csv.IMPORTER,
    aws_savings_plan.IMPORTER,
    aws_spot.IMPORTER,
    azure_price_sheet.IMPORTER,
    azure_retail.IMPORTER,
    gcp_catalogue.IMPORTER,
    oci_list.IMPORTER,
    service_capacity.IMPORTER,
    spare_cores.IMPORTER,
)


def names() -> list[str]:
    """Of all formats, as ``--format`` has them."""
    return [one.name for one in IMPORTERS]


def importer_of(path: Path, name: str | None) -> PriceImporter:
    """The importer of that name, or the one whose format the file begins in.

    Raises:
        InputError: the file cannot be read, or begins in no format, or in several.
    """
    if name is not None:
        return next(one for one in IMPORTERS if one.name == name)
    head = beginning(path)
    found = [one for one in IMPORTERS if one.detects(head)]
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(one.name for one in found)
        raise InputError(str(path), "", f"one format, and not several ({several}); say --format")
    known = ", ".join(names())
    raise InputError(str(path), "", f"the begin of a known format ({known}); --format insists")
