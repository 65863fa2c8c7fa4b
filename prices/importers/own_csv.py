"""Prices of one's own in CSV: a header with some of ``own_fields.FIELDS``, a price a row."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from perfanalysis.errors import InputError
from prices.importers import own_fields
from prices.importers.importer import ImportAccount, PriceImporter
from prices.price import Price
from prices.reading.opened import opened_text

NAME = "csv"


def detects(beginning: bytes) -> bool:
    """Whether the first row names what every price needs."""
    text = beginning.decode("utf-8-sig", "replace").partition("\n")[0]
    names = [name.strip().strip('"') for name in text.split(",")]
    return set(own_fields.NEEDED) <= set(names) <= set(own_fields.FIELDS)


def read(path: Path, said: Mapping[str, str], account: ImportAccount) -> Iterator[Price]:
    """The prices of a file; see ``importer.ReadPrices``."""
    source = said.get("source") or f"{NAME}: {path.name}"
    zone = own_fields.zone_of(said)
    with opened_text(path) as text:
        rows = csv.reader(text, strict=True)
        number = 0
        try:
            header = _header(next(rows, []), str(path))
            for number, row in enumerate(rows, 2):
                if not row:
                    continue
                if len(row) != len(header):
                    expected = f"{len(header)} fields, as in the header"
                    raise InputError(str(path), f"row {number}", expected, len(row))
                account.read += 1
                texts = dict(zip(header, (field.strip() for field in row), strict=True))
                yield own_fields.price_of(texts, str(path), f"row {number}", source, zone)
        except csv.Error as error:
            raise InputError(str(path), f"row {number + 1}", f"a row of CSV ({error})") from error


def _header(row: list[str], where: str) -> list[str]:
    names = [name.strip() for name in row]
    for name in names:
        if name not in own_fields.FIELDS or names.count(name) > 1:
            expected = f"each once, some of {', '.join(own_fields.FIELDS)}"
            raise InputError(where, "header", expected, name)
    for name in own_fields.NEEDED:
        if name not in names:
            raise InputError(where, "header", f"a column {name}")
    return names


OWN_CSV = PriceImporter(
    NAME,
    "prices of one's own, CSV",
    "docs/prices.md",
    detects,
    read,
    own_fields.OPTIONS,
    lines=True,
)
