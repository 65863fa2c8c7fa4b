"""Prices of one's own in YAML: ``prices`` is a list; what stands beside it is said of all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from perfanalysis.errors import InputError
from perfanalysis.strict_yaml import load_yaml
from prices.importers import own_fields
from prices.importers.importer import ImportAccount, PriceImporter
from prices.price import Price
from prices.reading.opened import opened

NAME = "yaml"
# YAML is held as a whole; who has more prices writes CSV.
MOST_BYTES = 16 << 20
_PRICES = re.compile(rb"^prices:[ \t\r]*(#.*)?$", re.MULTILINE)


def detects(beginning: bytes) -> bool:
    """Whether a line begins a list of prices, and an amount follows."""
    found = _PRICES.search(beginning)
    return found is not None and b"amount:" in beginning[found.end() :]


def read(path: Path, said: Mapping[str, str], account: ImportAccount) -> Iterator[Price]:
    """The prices of a file; see ``importer.ReadPrices``."""
    where = str(path)
    zone = own_fields.zone_of(said)
    with opened(path) as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise InputError(where, "", f"at most {MOST_BYTES >> 20} MiB of YAML; write it as CSV")
    root = load_yaml(data, where, texts=True)
    if not isinstance(root, dict) or not isinstance(root.get("prices"), list):
        raise InputError(where, "prices", "a list of prices")
    of_all = _texts(where, "", {key: value for key, value in root.items() if key != "prices"})
    source = said.get("source") or f"{NAME}: {path.name}"
    for number, entry in enumerate(root["prices"]):
        place = f"prices[{number}]"
        if not isinstance(entry, dict):
            raise InputError(where, place, "a mapping", entry)
        account.read += 1
        texts = {**of_all, **_texts(where, f"{place}.", entry)}
        yield own_fields.price_of(texts, where, place, source, zone)


def _texts(where: str, place: str, entry: Mapping[object, object]) -> dict[str, str]:
    found = {}
    for key, value in entry.items():
        if not isinstance(key, str) or key not in own_fields.FIELDS:
            raise InputError(where, f"{place}{key}", f"one of {', '.join(own_fields.FIELDS)}", key)
        if not isinstance(value, str):
            raise InputError(where, f"{place}{key}", "a value", value)
        found[key] = value.strip()
    return found


OWN_YAML = PriceImporter(
    NAME,
    "prices of one's own, YAML",
    "docs/prices.md",
    detects,
    read,
    own_fields.OPTIONS,
    lines=True,
)
