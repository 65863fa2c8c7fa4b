"""Rows of a run in the old API server's names, which are sar's: of CPUs, memory, networks, disks.

What is not known is null, and empty in CSV. Rates are per second, shares in percent.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict, Field

# Of sar's "blocks".
SECTOR = 512


class RunRow(BaseModel):
    """What all rows have. ``Duration`` (how long the look took) is not known of any engine."""

    model_config = ConfigDict(populate_by_name=True)

    run: int = Field(serialization_alias="RunID")
    timestamp: int = Field(serialization_alias="Timestamp", description="Unix seconds.")
    start: int = Field(serialization_alias="Start", description="The same.")
    duration: int | None = Field(default=None, serialization_alias="Duration")


class StatRow(RunRow):
    """Shares of a CPU's time in percent."""

    cpu: int = Field(serialization_alias="CPU")
    user: float | None = Field(default=None, serialization_alias="UserT")
    nice: float | None = Field(default=None, serialization_alias="Nice")
    system: float | None = Field(default=None, serialization_alias="System")
    iowait: float | None = Field(default=None, serialization_alias="IOWait")
    steal: float | None = Field(default=None, serialization_alias="Steal")
    idle: float | None = Field(default=None, serialization_alias="Idle")


class MeminfoRow(RunRow):
    """Memory in kB. What is used is what is neither free nor buffers, cache or slab."""

    memfree: int | None = Field(default=None, serialization_alias="MemFree")
    memavailable: int | None = Field(default=None, serialization_alias="MemAvailable")
    memused: int | None = Field(default=None, serialization_alias="MemUsed")
    percentused: float | None = Field(default=None, serialization_alias="PercentUsed")
    buffers: int | None = Field(default=None, serialization_alias="Buffers")
    cached: int | None = Field(default=None, serialization_alias="Cached")
    commit: int | None = Field(default=None, serialization_alias="Commit")
    percentcommit: float | None = Field(default=None, serialization_alias="PercentCommit")
    active: int | None = Field(default=None, serialization_alias="Active")
    inactive: int | None = Field(default=None, serialization_alias="Inactive")
    dirty: int | None = Field(default=None, serialization_alias="Dirty")


class NetDevRow(RunRow):
    """An interface: packets, kB and so on each second; its utilisation where its speed is known."""

    name: str = Field(serialization_alias="Name")
    rxpackets: float | None = Field(default=None, serialization_alias="RxPackets")
    txpackets: float | None = Field(default=None, serialization_alias="TxPackets")
    rxkbytes: float | None = Field(default=None, serialization_alias="RxKBytes")
    txkbytes: float | None = Field(default=None, serialization_alias="TxKBytes")
    rxcompressed: float | None = Field(default=None, serialization_alias="RxCompressed")
    txcompressed: float | None = Field(default=None, serialization_alias="TxCompressed")
    rxmulticast: float | None = Field(default=None, serialization_alias="RxMulticast")
    ifutil: float | None = Field(default=None, serialization_alias="IfUtil")


class DiskstatRow(RunRow):
    """A disk: operations each second, and sectors of 512 bytes."""

    name: str = Field(serialization_alias="Name")
    tps: float | None = Field(default=None, serialization_alias="Tps")
    rtps: float | None = Field(default=None, serialization_alias="Rtps")
    wtps: float | None = Field(default=None, serialization_alias="Wtps")
    dtps: float | None = Field(default=None, serialization_alias="Dtps")
    bread: float | None = Field(default=None, serialization_alias="Bread")
    bwrtn: float | None = Field(default=None, serialization_alias="Bwrtn")
    bdscd: float | None = Field(default=None, serialization_alias="Bdscd")


def as_csv(rows: Iterable[RunRow], model: type[RunRow]) -> str:
    """Rows under a heading, with the old server's names of columns."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    names = list(model.model_fields)
    writer.writerow(["runid" if name == "run" else name for name in names])
    for row in rows:
        writer.writerow([_cell(getattr(row, name)) for name in names])
    return text.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def memory(kilobytes: Mapping[str, float]) -> dict[str, float | None]:
    """The columns of ``MeminfoRow`` from /proc/meminfo's fields, in kB; pure."""
    total = kilobytes.get("MemTotal")
    parts = [kilobytes.get(name) for name in ("MemFree", "Buffers", "Cached", "Slab")]
    known = [part for part in parts if part is not None]
    used = total - sum(known) if total is not None and len(known) == len(parts) else None
    swap, commit = kilobytes.get("SwapTotal"), kilobytes.get("Committed_AS")
    room = total + swap if total is not None and swap is not None else None
    return {
        "memfree": kilobytes.get("MemFree"),
        "memavailable": kilobytes.get("MemAvailable"),
        "memused": used,
        "percentused": _percent(used, total),
        "buffers": kilobytes.get("Buffers"),
        "cached": kilobytes.get("Cached"),
        "commit": commit,
        "percentcommit": _percent(commit, room),
        "active": kilobytes.get("Active"),
        "inactive": kilobytes.get("Inactive"),
        "dirty": kilobytes.get("Dirty"),
    }


def _percent(part: float | None, whole: float | None) -> float | None:
    return 100 * part / whole if part is not None and whole else None
