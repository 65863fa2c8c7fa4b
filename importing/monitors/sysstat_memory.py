"""Memory as sar tells it: kB, and a total that must be reckoned."""

from __future__ import annotations

from typing import Any

from importing.monitors import names
from importing.monitors.file import number
from perfanalysis.exposition.families import Series

_FIELDS = {
    "memfree": "MemFree",
    "avail": "MemAvailable",
    "buffers": "Buffers",
    "cached": "Cached",
    "active": "Active",
    "inactive": "Inactive",
    "dirty": "Dirty",
    "anonpg": "AnonPages",
    "slab": "Slab",
    "kstack": "KernelStack",
    "pgtbl": "PageTables",
    "vmused": "VmallocUsed",
    "commit": "Committed_AS",
    "swpfree": "SwapFree",
    "swpcad": "SwapCached",
}
# Percent have two decimals.
_HALF_DIGIT = 0.005001


def memory(row: dict[str, Any], where: str) -> dict[Series, float]:
    """The values of one record's ``memory``, in bytes.

    Raises:
        InputError: one is no number.
    """
    told = {
        name: number(row[word], where, f"memory.{word}")
        for word, name in _FIELDS.items()
        if word in row
    }
    if "swpused" in row and "SwapFree" in told:
        told["SwapTotal"] = told["SwapFree"] + number(row["swpused"], where, "memory.swpused")
    if "memused" in row and "memused-percent" in row and "MemFree" in told:
        used = number(row["memused"], where, "memory.memused")
        percent = number(row["memused-percent"], where, "memory.memused-percent")
        if total := _total(used, percent, told):
            told["MemTotal"] = total
    return {names.memory(name): value * names.KIB for name, value in told.items()}


def _total(used: float, percent: float, told: dict[str, float]) -> float | None:
    """All memory, in kB; None where it cannot be told.

    Up to 11.7.3 (and 11.6.3, 11.4.9) used is all that is not free. Since then buffers, page cache
    and slab do not count either, and slab is told with ``-r ALL`` or ``-A`` alone. Which of both
    it is, the percentage shows.
    """
    old = used + told["MemFree"]
    fitting = [old] if _fits(used, percent, old) else []
    if {"Buffers", "Cached", "Slab"} <= told.keys():
        new = old + told["Buffers"] + told["Cached"] + told["Slab"]
        if _fits(used, percent, new):
            fitting.append(new)
    return fitting[0] if len(fitting) == 1 else None


def _fits(used: float, percent: float, total: float) -> bool:
    return total > 0 and abs(100 * used / total - percent) <= _HALF_DIGIT
