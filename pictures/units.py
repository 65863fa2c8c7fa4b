"""Values as Grafana writes them, by its unit names, as far as the panels use them. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime

# Thousands, millions, billions.
_THOUSANDS = ("", "K", "M", "B", "T")
_BINARY = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")


def text(value: float | None, unit: str, decimals: int | None = None) -> str:
    """A value in a unit of Grafana's; nothing is a dash."""
    if value is None or not math.isfinite(value):
        return "-"
    if unit in _SCALED:
        size, names, suffix = _SCALED[unit]
        return _scaled(value, size, names, decimals) + suffix
    if unit in _WRITTEN:
        return _WRITTEN[unit](value, decimals)
    kind, _, name = unit.partition(":")
    if kind == "suffix":
        # Grafana writes all digits before a suffix, however many there are.
        return f"{value:.{_places(value, decimals)}f} {name}"
    counted = f" {name}" if kind == "count" else ""
    return _scaled(value, 1000, _THOUSANDS, decimals) + counted


def tick(value: float, unit: str, decimals: int | None = None) -> str:
    """A value at an axis: with no more places than it needs."""
    exact = text(value, unit, _MOST_PLACES)
    for places in range(decimals or 0, _MOST_PLACES):
        short = text(value, unit, places)
        if _number(short) == _number(exact):
            return short
    return text(value, unit, decimals)


_MOST_PLACES = 5


def _number(written: str) -> float:
    return float(re.sub(r"[^\d.-]", "", written))


_SCALED: dict[str, tuple[int, tuple[str, ...], str]] = {
    "bytes": (1024, _BINARY, ""),
    "Bps": (1000, ("B", "kB", "MB", "GB", "TB", "PB"), "/s"),
    "KiBs": (1024, ("KiB", "MiB", "GiB", "TiB", "PiB", "EiB"), "/s"),
    "bps": (1000, ("b", "kb", "Mb", "Gb", "Tb", "Pb"), "/s"),
    "ops": (1000, _THOUSANDS, " ops/s"),
    "reqps": (1000, _THOUSANDS, " req/s"),
    "pps": (1000, _THOUSANDS, " p/s"),
    "hertz": (1000, ("Hz", "kHz", "MHz", "GHz", "THz"), ""),
}


def _places(value: float, decimals: int | None) -> int:
    if decimals is not None:
        return decimals
    size = round(abs(value), 9)
    if size >= 100 or size == int(size):
        return 0
    return 1 if size >= 10 else 2 if size >= 0.1 else 3 if size >= 0.01 else 4


def _scaled(value: float, size: int, names: tuple[str, ...], decimals: int | None) -> str:
    step = 0
    while abs(value) >= size and step < len(names) - 1:
        value /= size
        step += 1
    gap = " " if len(names[step]) > 1 or names[0] in ("B", "b", "Hz") else ""
    return f"{value:.{_places(value, decimals)}f}{gap}{names[step]}"


def _seconds(value: float, decimals: int | None) -> str:
    size = abs(value)
    for limit, factor, suffix in _TIMES:
        if size < limit:
            return f"{value * factor:.{_places(value * factor, decimals)}f} {suffix}"
    return f"{value / 86400:.{_places(value / 86400, decimals)}f} d"


def _percent(value: float, decimals: int | None) -> str:
    return f"{value * 100:.{_places(value * 100, decimals)}f} %"


def _dollars(value: float, decimals: int | None) -> str:
    return f"${value:,.{_places(value, decimals)}f}"


def _celsius(value: float, decimals: int | None) -> str:
    return f"{value:.{_places(value, decimals)}f} °C"


def _moment(value: float, decimals: int | None) -> str:
    del decimals
    return datetime.fromtimestamp(value / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


_WRITTEN: dict[str, Callable[[float, int | None], str]] = {
    "percentunit": _percent,
    "currencyUSD": _dollars,
    "celsius": _celsius,
    "dateTimeAsIso": _moment,
    "s": _seconds,
}
_TIMES = (
    (1e-3, 1e6, "µs"),
    (1.0, 1e3, "ms"),
    (120.0, 1.0, "s"),
    (7200.0, 1 / 60, "min"),
    (172800.0, 1 / 3600, "h"),
)
