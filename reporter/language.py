"""What a report says in which language: texts by a catalogue, numbers and times as readers write.

The texts in the code are English. ``locale/LANGUAGE.po`` (gettext's format, read by Babel) has the
same in another language; a text that is missing there is shown in English.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import pairwise
from pathlib import Path

from babel import Locale
from babel.messages.pofile import read_po

LANGUAGES = ("en", "de")
UNKNOWN = "\N{EN DASH}"
_NOT_A_NAME = re.compile(r"\{[^{}]*[.\[]")
LOCALES = Path(__file__).parent / "locale"
_MINUTE = 60.0
_UNITS = (("d", 86_400.0), ("h", 3600.0), ("min", _MINUTE), ("s", 1.0))
_DATES = {"en": "%Y-%m-%d", "de": "%d.%m.%Y"}


@dataclass(frozen=True)
class Currency:
    """In what amounts of money are shown. Engines have dollars; nothing is fetched for the others.

    Attributes:
        code: of ISO 4217.
        rate: how many of it a dollar is, as the settings say; 1 for dollars.
        date: of the rate, as the settings say it (ISO 8601); "" for dollars.
    """

    code: str = "USD"
    rate: float = 1.0
    date: str = ""


DOLLARS = Currency()


class Language:
    """One language, and the currency and the time zone of its readers.

    Args:
        name: one of ``LANGUAGES``.
        currency: of all amounts that are shown.
        zone: of all times that are shown.
        zone_name: of the zone, as its readers know it.
    """

    def __init__(
        self,
        name: str = "en",
        currency: Currency = DOLLARS,
        zone: tzinfo = UTC,
        zone_name: str = "UTC",
    ) -> None:
        self.name, self.currency, self.zone, self.zone_name = name, currency, zone, zone_name
        locale = Locale(name)
        symbols = locale.number_symbols["latn"]
        self._money = str(locale.currency_symbols.get(currency.code, currency.code))
        self._signs = str.maketrans(",.", f"{symbols['group']}{symbols['decimal']}")
        self._texts: dict[str, str] = {}
        if name != "en":
            with (LOCALES / f"{name}.po").open("rb") as file:
                entries = read_po(file, locale=name)
            self._texts = {str(e.id): str(e.string) for e in entries if e.id and e.string}

    def say(self, text: str, /, **values: object) -> str:
        """A text of the code in this language, with ``{name}`` replaced by values.

        Raises:
            ValueError: a placeholder asks for more than a name. Templates have texts of their own,
                and ``{page.__init__.__globals__}`` would lead them out of their sandbox.
        """
        if _NOT_A_NAME.search(text):
            raise ValueError(f"expected names alone in braces, found {text[:80]!r}")
        found = self._texts.get(text, text)
        return found.format(**values) if values else found

    def number(self, value: float | None, digits: int = 0) -> str:
        """A number with thousands separated; a dash when unknown."""
        if value is None or math.isnan(value):
            return UNKNOWN
        return f"{value:,.{digits}f}".translate(self._signs)

    def signed(self, value: float | None, digits: int = 1) -> str:
        """A number with its sign; a dash when unknown."""
        if value is None:
            return UNKNOWN
        # Rounded first: what is next to nothing is +0.0, and never -0.0.
        return f"{round(value, digits) + 0.0:+,.{digits}f}".translate(self._signs)

    def figures(self, value: float | None) -> str:
        """A rate: more decimals when it is small."""
        if value is None:
            return UNKNOWN
        size = abs(value)
        return self.number(value, 0 if size >= 1000 else 1 if size >= 10 else 3)

    def ratio(self, value: float | None, digits: int = 1) -> str:
        """A ratio 0..1 in percent; a dash when unknown."""
        return UNKNOWN if value is None else f"{self.number(value * 100, digits)} %"

    def dollars(self, value: float | None, digits: int = 4) -> str:
        """Dollars, in the currency of the readers; a dash when unknown."""
        if value is None:
            return UNKNOWN
        number = self.number(value * self.currency.rate, digits)
        if self.name == "de":
            return f"{number} {self._money}"
        # ``US$`` and ``CHF`` read as words, which stand apart.
        return f"{self._money}{' ' if self._money[-1].isalpha() else ''}{number}"

    def gibibytes(self, value: float | None) -> str:
        """Bytes in GiB; a dash when unknown."""
        return UNKNOWN if value is None else f"{self.number(value / 2**30, 1)} GiB"

    def mebibytes(self, value: float | None, digits: int = 2) -> str:
        """Bytes a second in MiB/s; a dash when unknown."""
        return UNKNOWN if value is None else f"{self.number(value / 2**20, digits)} MiB/s"

    def seconds(self, value: float | None) -> str:
        """A duration in its two largest units, such as ``3 d 12 h``; a dash when unknown."""
        if value is None or math.isnan(value):
            return UNKNOWN
        if value < _MINUTE:
            return f"{self.number(value, 0 if abs(value - round(value)) < 0.05 else 1)} s"
        for (large, most), (small, least) in pairwise(_UNITS):
            # Rounded first: what is next to a day is a day, and not 24 h.
            count = round(value / least)
            if count * least >= most:
                whole, rest = divmod(count, round(most / least))
                return f"{self.number(whole)} {large}" + (f" {rest} {small}" if rest else "")
        return f"{round(value)} s"

    def moment(self, value: float | None) -> str:
        """Unix seconds as a date and time with its zone; a dash when unknown."""
        if value is None:
            return UNKNOWN
        return datetime.fromtimestamp(value, self.zone).strftime(f"{_DATES[self.name]} %H:%M:%S %Z")

    def minute(self, value: float | None) -> str:
        """Unix seconds as a date and time, to the minute; a dash when unknown."""
        if value is None:
            return UNKNOWN
        return datetime.fromtimestamp(value, self.zone).strftime(f"{_DATES[self.name]} %H:%M")

    def day(self, value: float | None) -> str:
        """Unix seconds as a date; a dash when unknown."""
        if value is None:
            return UNKNOWN
        return datetime.fromtimestamp(value, self.zone).strftime(_DATES[self.name])


ENGLISH = Language()
