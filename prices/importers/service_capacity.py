"""Prices of AWS's types inside the Python package service-capacity-modeling (Apache-2.0).

Each is a third of what three years cost that are paid at their begin, rounded to cents: an hour may
be wrong by some millionths of a dollar. The package's own models hold floats and but the types that
it has shapes of; the numbers are read out of its files, which are not imported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from perfanalysis.errors import InputError, MalformedError
from prices.importers.empty_files import refuse_empty
from prices.importers.importer import ImportAccount, PriceImporter
from prices.price import Payment, Price, Purchase, Term
from prices.reading.amounts import HOURS_PER_YEAR, decimal_of, moment, per_hour, refused
from prices.reading.installed import INSTALLED, package_folder, version_of
from prices.reading.json_stream import members

NAME = "service-capacity-modeling"
PACKAGE = "service_capacity_modeling"
_FOLDER = "hardware/profiles/pricing/aws"
# Types of other services stand beside those of EC2.
_OTHER_SERVICES = ("db.", "cache.")
_DETECTED = re.compile(rb'"instances"\s*:\s*\{\s*"[^"]+"\s*:\s*\{\s*"annual_cost"')
_TERM = Term(36, Payment.ALL)


@dataclass(frozen=True)
class _Stated:
    """What a file says of a type, and where."""

    value: Any
    path: Path


def read(path: Path, options: Mapping[str, str], account: ImportAccount) -> Iterator[Price]:
    """The prices of a file of the package, of a folder of them, or of the package installed here.

    Later files of a folder take the place of what earlier ones say, as the package has it.
    """
    files, version = _files(path)
    before = account.read
    begin = _begin(files, options)
    stated: dict[tuple[str, str], _Stated] = {}
    for file in files:
        for place, key, value in members(file, [("*", "instances")]):
            if len(place) == 2 and place[1] == "instances":
                account.read += 1
                region, name = str(place[0]), str(key)
                if (region, name) in stated:
                    account.leave_out("stated again by a later file", f"{region}.{name}")
                stated[region, name] = _Stated(value, file)
    refuse_empty(path, "instances", account.read - before)
    for (region, name), entry in stated.items():
        if name.startswith(_OTHER_SERVICES):
            account.leave_out("of another service", f"{region}.{name}")
            continue
        if name.endswith(".deprecated"):
            account.leave_out("said to be deprecated", f"{region}.{name}")
            continue
        try:
            yearly = decimal_of(entry.value["annual_cost"])
            yield Price(
                "aws",
                region,
                name,
                per_hour(yearly, HOURS_PER_YEAR),
                "USD",
                begin,
                f"{NAME} {version or entry.path.name}",
                purchase=Purchase.RESERVED,
                term=_TERM,
            )
        except (KeyError, TypeError, MalformedError) as error:
            where = f"{region}.instances.{name}"
            fault = error if isinstance(error, MalformedError) else MalformedError("annual_cost")
            raise refused(str(entry.path), where, fault) from error


def _files(path: Path) -> tuple[list[Path], str]:
    """The files to read, in the package's order, and its version."""
    version = ""
    if str(path) == INSTALLED:
        path = package_folder(PACKAGE, NAME) / _FOLDER
        version = version_of(NAME)
    if not path.is_dir():
        return [path], version
    files = sorted(path.glob("*.json"))
    if not files:
        raise InputError(str(path), "", "files of prices (*.json)")
    return files, version


def _begin(files: list[Path], options: Mapping[str, str]) -> datetime:
    """From when the prices are: as said, else the day that the newest file is of."""
    if "valid_from" in options:
        try:
            return moment(options["valid_from"])
        except MalformedError as error:
            raise refused("--set", "valid_from", error) from error
    try:
        newest = max(file.stat().st_mtime_ns for file in files)
    except OSError as error:
        raise InputError(str(files[0]), "", f"a readable file ({error.strerror})") from error
    day = datetime.fromtimestamp(newest // 10**9, UTC)
    return day.replace(hour=0, minute=0, second=0, microsecond=0)


IMPORTER = PriceImporter(
    NAME,
    "AWS types reserved for three years, of the Python package service-capacity-modeling",
    "https://github.com/Netflix-Skunkworks/service-capacity-modeling",
    lambda head: _DETECTED.search(head) is not None,
    read,
    {
        "valid_from": "from when the prices are: the files do not say it; without it the day that "
        "they were written",
    },
)
