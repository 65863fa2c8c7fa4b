"""Which formats there are, and which of them a file is in."""

from __future__ import annotations

from pathlib import Path

from perfanalysis.errors import InputError
from prices.importers.focus.importer import FOCUS_CSV, FOCUS_PARQUET
from prices.importers.importer import PriceImporter
from prices.importers.opening import beginning
from prices.importers.own_csv import OWN_CSV
from prices.importers.own_yaml import OWN_YAML

IMPORTERS: tuple[PriceImporter, ...] = (OWN_CSV, OWN_YAML, FOCUS_CSV, FOCUS_PARQUET)


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
