"""The currency of a report, by a rate that a person gives."""

from __future__ import annotations

from datetime import date

from babel import Locale

from perfanalysis.errors import InputError
from reporter.language import DOLLARS, Currency
from reporter.settings.sources import Layer


def currency_of(layer: Layer, where: str) -> Currency:
    """The currency of the setting ``currency``.

    Args:
        layer: checked settings below it; none: dollars.
        where: the file or command line that holds them, for messages.

    Raises:
        InputError: a part is missing, the day is none, or there is no such currency.
    """
    if not layer or layer == {"code": DOLLARS.code}:
        return DOLLARS
    missing = [key for key in ("code", "rate", "date") if key not in layer]
    if missing:
        expected = "code, rate and date together, such as {code: EUR, rate: 0.92, date: 2026-11-02}"
        raise InputError(where, f"currency.{missing[0]}", expected)
    code, day = layer["code"], layer["date"]
    if code not in Locale("en").currencies:
        raise InputError(where, "currency.code", "a currency of ISO 4217 such as EUR", code)
    if code == DOLLARS.code and layer["rate"] != 1:
        raise InputError(where, "currency.rate", "1: a dollar is a dollar", layer["rate"])
    try:
        date.fromisoformat(day)
    except ValueError:
        raise InputError(where, "currency.date", "a day such as 2026-11-02", day) from None
    return Currency(code, float(layer["rate"]), day)
