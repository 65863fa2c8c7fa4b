"""Exchange rates of a file that a person has: the ECB's reference rates, or one's own.

The European Central Bank publishes its rates as XML and CSV (the day's, or all since 1999), against
the euro. One's own are CSV with the columns date, from, to and rate: 1 of ``from`` is ``rate`` of
``to``. Nothing is fetched. A rate counts from its day on until there is a newer one, for at most
``MOST_DAYS``: weekends and holidays have none.
"""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Context, Decimal
from pathlib import Path
from typing import NamedTuple

from perfanalysis.errors import InputError, PerfAnalysisError

EURO = "EUR"
MOST_DAYS = 10
_DIGITS = Context(prec=50)
# Of a converted amount as many are kept: rates have six digits.
DECIMALS = 10
_CURRENCY = re.compile(r"[A-Z]{3}")
_RATE = re.compile(r"\d{1,15}(\.\d{1,15})?", re.ASCII)
_MOST_BYTES = 64 << 20


class ConvertedAmount(NamedTuple):
    """An amount in another currency, and the days of the rates that it is from, the older first."""

    amount: Decimal
    days: tuple[date, ...]


@dataclass
class ExchangeRates:
    """ExchangeRates by pair of currencies: sorted days, and the rate of each.

    ``path`` is the file, for messages.
    """

    path: Path
    _days: dict[tuple[str, str], dict[date, Decimal]] = field(default_factory=dict)
    _sorted: dict[tuple[str, str], list[date]] = field(default_factory=dict)

    def add(self, place: str, day: date, base: str, other: str, rate: str) -> None:
        """Add what 1 of ``base`` is in ``other``.

        Raises:
            InputError: one of them cannot be, or the day has another rate already.
        """
        where = str(self.path)
        for currency in (base, other):
            if not _CURRENCY.fullmatch(currency):
                raise InputError(where, place, "a currency such as USD", currency)
        if not _RATE.fullmatch(rate) or not Decimal(rate):
            raise InputError(where, place, "a rate above 0, such as 1.1061", rate)
        known = self._days.setdefault((base, other), {})
        if known.setdefault(day, Decimal(rate)) != Decimal(rate):
            expected = f"one rate a day from {base} to {other} ({known[day]} on {day})"
            raise InputError(where, place, expected, rate)
        self._sorted.pop((base, other), None)

    def converted(self, amount: Decimal, base: str, other: str, day: date) -> ConvertedAmount:
        """An amount at the rates of a day, or the last before it.

        Directly, or the other way round, or by way of the euro.

        Raises:
            PerfAnalysisError: the file has no such rate, or only one that is too old.
        """
        if base == other:
            return ConvertedAmount(amount, ())
        direct = self._at(base, other, day)
        if direct is None and EURO not in {base, other}:
            first, second = self._at(base, EURO, day), self._at(EURO, other, day)
            if first and second:
                factor = _DIGITS.multiply(first[0], second[0])
                days = tuple(sorted({first[1], second[1]}))
                return ConvertedAmount(_product(amount, factor), days)
        if direct is None:
            raise PerfAnalysisError(
                f"{self.path}: has no rate from {base} to {other} of {day} or the {MOST_DAYS} days "
                "before it; give a file that has"
            )
        return ConvertedAmount(_product(amount, direct[0]), (direct[1],))

    def _at(self, base: str, other: str, day: date) -> tuple[Decimal, date] | None:
        if found := self._newest(base, other, day):
            return found
        if found := self._newest(other, base, day):
            return _DIGITS.divide(Decimal(1), found[0]), found[1]
        return None

    def _newest(self, base: str, other: str, day: date) -> tuple[Decimal, date] | None:
        rates = self._days.get((base, other))
        if not rates:
            return None
        days = self._sorted.setdefault((base, other), sorted(rates))
        index = bisect_right(days, day)
        if not index or (day - days[index - 1]).days > MOST_DAYS:
            return None
        return rates[days[index - 1]], days[index - 1]


def _product(amount: Decimal, factor: Decimal) -> Decimal:
    exact = _DIGITS.multiply(amount, factor)
    return exact.quantize(Decimal(1).scaleb(-DECIMALS), context=_DIGITS)


def read_rates(path: Path) -> ExchangeRates:
    """Read a file of rates.

    Raises:
        InputError: it cannot be read, or is in none of the three formats.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise InputError(str(path), "", f"a readable file ({error.strerror})") from error
    if len(data) > _MOST_BYTES:
        raise InputError(str(path), "", f"a file of rates, of at most {_MOST_BYTES >> 20} MiB")
    rates = ExchangeRates(path)
    if data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        _read_xml(data, rates)
        return rates
    try:
        rows = _rows(data.decode("utf-8-sig"), path)
        header = next(rows, (1, []))[1]
    except UnicodeDecodeError as error:
        raise InputError(str(path), "", "text in UTF-8") from error
    if header[:1] == ["Date"]:
        _read_wide(header, rows, rates)
    elif header == ["date", "from", "to", "rate"]:
        _read_own(rows, rates)
    else:
        expected = "the ECB's reference rates (XML or CSV), or CSV with date,from,to,rate"
        raise InputError(str(path), "header", expected, ",".join(header))
    return rates


def _rows(text: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text), strict=True), 1):
            yield number, [field.strip() for field in row]
    except csv.Error as error:
        raise InputError(str(path), "", f"CSV ({error})") from error


def _read_wide(
    header: list[str], rows: Iterator[tuple[int, list[str]]], rates: ExchangeRates
) -> None:
    """The ECB's CSV: a column a currency; the last has no name, and a rate may be N/A."""
    for number, row in rows:
        place = f"row {number}"
        if not any(row):
            continue
        if len(row) != len(header):
            raise InputError(str(rates.path), place, f"{len(header)} fields, as in the header")
        day = _day(row[0], rates.path, place)
        for currency, rate in zip(header[1:], row[1:], strict=True):
            if currency and rate not in {"", "N/A"}:
                rates.add(f"{place}, {currency}", day, EURO, currency, rate)


def _read_own(rows: Iterator[tuple[int, list[str]]], rates: ExchangeRates) -> None:
    for number, row in rows:
        if not any(row):
            continue
        if len(row) != 4:
            raise InputError(str(rates.path), f"row {number}", "date, from, to and rate")
        day = _day(row[0], rates.path, f"row {number}")
        rates.add(f"row {number}", day, *row[1:])


def _read_xml(data: bytes, rates: ExchangeRates) -> None:
    """The ECB's XML: a Cube a day, in it a Cube a currency."""
    where = str(rates.path)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise InputError(where, "", "the ECB's XML, which has no DOCTYPE")
    try:
        root = ET.fromstring(data)  # noqa: S314 - without DOCTYPE there are no entities
    except ET.ParseError as error:
        raise InputError(where, "", f"whole XML ({error})") from error
    found = False
    for day_cube in root.iter():
        if not day_cube.tag.endswith("Cube") or "time" not in day_cube.attrib:
            continue
        day = _day(day_cube.attrib["time"], rates.path, "Cube")
        for cube in day_cube:
            found = True
            place = f"Cube of {day}"
            rates.add(place, day, EURO, cube.get("currency", ""), cube.get("rate", ""))
    if not found:
        raise InputError(where, "", "the ECB's reference rates (Cube elements)")


def _day(text: str, path: Path, place: str) -> date:
    """As 2026-01-31, or as the ECB's CSV of one day has it: 31 January 2026."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        return datetime.strptime(text, "%d %B %Y").date()  # noqa: DTZ007 - a day has no zone
    except ValueError as error:
        raise InputError(str(path), place, "a day such as 2026-01-31", text) from error
