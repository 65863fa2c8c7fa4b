"""Thresholds of alerts: one figure, as PromQL, texts and lists have it, and ``${name}``. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from perfanalysis.durations import parse_duration
from perfanalysis.errors import InputError

_UNITS = {
    "%": Decimal("0.01"),
    "ms": Decimal("0.001"),
    "s": Decimal(1),
    "minute": Decimal(60),
    "hour": Decimal(3600),
    "day": Decimal(86400),
}
_WRITTEN = re.compile(r"(\d+(?:\.\d+)?)(?: (%|ms|s|minute|hour|day)s?)?")
_ARITHMETIC = re.compile(r"\d+(?:\.\d+)?(?: [*/] \d+(?:\.\d+)?)*")
_DURATION_WORDS = {"s": "second", "m": "minute", "h": "hour", "d": "day", "w": "week"}
_REFERENCE = re.compile(r"\$\{([^}:]*)(?::([^}]*))?\}")
_FORMS = (
    "a figure (`10`, `90 %`, `50 ms`, `2 minutes`), or {value: arithmetic of PromQL, text: words}"
)


@dataclass(frozen=True, slots=True)
class AlertThreshold:
    """One figure of an alert.

    Attributes:
        promql: as it stands in an expression, in base units (``0.9``, ``4 / 24``, ``15m``).
        text: as it stands in a text (``90 %``, ``4 hours``, ``15 minutes``).
        listed: as it stands in a list of thresholds, where it has no sentence around it.
    """

    promql: str
    text: str
    listed: str

    @property
    def value(self) -> float:
        """The figure itself: a whole one is an int, as in what people write by hand."""
        if (seconds := parse_duration(self.promql, bare=False)) is not None:
            return seconds
        words = self.promql.split()
        value = Decimal(words[0])
        for sign, number in zip(words[1::2], words[2::2], strict=True):
            value = value * Decimal(number) if sign == "*" else value / Decimal(number)
        return int(value) if value == int(value) else float(value)


def threshold(written: object, where: str, field: str) -> AlertThreshold:
    """A threshold as the table has it.

    Args:
        written: ``10``, ``90 %``, ``50 ms``, ``5 s``, ``2 minutes``; or a mapping with the PromQL
            (``value``) and the words (``text``), for what reads otherwise in a text.
        where: the file, for messages.
        field: the place in it, for messages.

    Raises:
        InputError: it is neither.
    """
    if isinstance(written, dict):
        value, text = str(written.get("value", "")), written.get("text")
        if set(written) != {"value", "text"} or not isinstance(text, str):
            raise InputError(where, field, _FORMS, written)
        if not _ARITHMETIC.fullmatch(value):
            raise InputError(where, f"{field}.value", "numbers, with * and / between", value)
        return AlertThreshold(value, text, text if " " in value else f"{value} ({text})")
    text = str(written)
    found = _WRITTEN.fullmatch(text)
    if found is None or isinstance(written, bool):
        raise InputError(where, field, _FORMS, written)
    number, unit = found.groups()
    # normalize() alone may write 2000 as 2E+3.
    promql = f"{(Decimal(number) * _UNITS.get(unit, Decimal(1))).normalize():f}"
    return AlertThreshold(promql, text, text)


def duration(written: object, where: str, field: str) -> AlertThreshold:
    """A duration as Prometheus writes it (``15m``), or a mapping with it and its words.

    Raises:
        InputError: it is none of one unit.
    """
    text = None
    expected = "a duration of one unit (`15m`), or {value: such a one, text: its words}"
    if isinstance(written, dict):
        text = written.get("text")
        if set(written) != {"value", "text"} or not isinstance(text, str):
            raise InputError(where, field, expected, written)
        written = written["value"]
    found = re.fullmatch(r"([1-9]\d*)([smhdw])", str(written))
    if found is None:
        raise InputError(where, field, expected, written)
    number, word = found[1], _DURATION_WORDS[found[2]]
    words = text or f"{number} {word}{'' if number == '1' else 's'}"
    return AlertThreshold(found[0], words, found[0])


def in_seconds(time: AlertThreshold) -> AlertThreshold:
    """The number of seconds of a duration, for arithmetic."""
    seconds = f"{time.value:g}"
    return AlertThreshold(seconds, seconds, seconds)


def references(text: str) -> set[str]:
    """The names that a text refers to by ``${name}``."""
    return {name for name, _ in _REFERENCE.findall(text)}


def in_expression(
    expression: str, figures: Mapping[str, AlertThreshold], where: str, field: str
) -> str:
    """An expression with PromQL in place of each ``${name}``.

    Raises:
        InputError: a name is not among the figures, or is given a format.
    """

    def replaced(found: re.Match[str]) -> str:
        if found[2] is not None:
            raise InputError(where, field, "no format of a number in an expression", found[0])
        return _of(found, figures, where, field).promql

    return _REFERENCE.sub(replaced, expression)


def in_text(text: str, figures: Mapping[str, AlertThreshold], where: str, field: str) -> str:
    """A text with words in place of each ``${name}``, and a number in place of ``${name:.3f}``.

    Raises:
        InputError: a name is not among the figures, or the format is not one of a number.
    """

    def replaced(found: re.Match[str]) -> str:
        figure = _of(found, figures, where, field)
        if found[2] is None:
            return figure.text
        try:
            return format(float(figure.value), found[2])
        except ValueError as error:
            expected = "a format as Python's for a number (`.3f`)"
            raise InputError(where, field, expected, found[0]) from error

    return _REFERENCE.sub(replaced, text)


def _of(
    found: re.Match[str], figures: Mapping[str, AlertThreshold], where: str, field: str
) -> AlertThreshold:
    if found[1] not in figures:
        known = ", ".join(f"${{{name}}}" for name in figures) or "none: it declares no threshold"
        raise InputError(where, field, f"a figure of the alert ({known})", found[0])
    return figures[found[1]]
