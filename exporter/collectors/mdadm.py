"""Software RAID, from /proc/mdstat and /sys/block/md*/md (kernel: admin-guide/md.rst)."""

from __future__ import annotations

import re
from typing import NamedTuple

from exporter.collecting import CollectorError, CollectorSpecification, Flags, NothingToRead
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from exporter.sources.tokens import shown
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries


def _family(name: str, text: str, labels: tuple[str, ...] = ("device",)) -> Family:
    source = "/sys/block/md*/md" if name in ("raid_disks", "degraded") else "/proc/mdstat"
    return Family(f"node_md_{name}", "gauge", text, labels, source=source)


STATE = _family("state", "Indicates the state of md-device.", ("device", "state"))
DISKS = _family("disks", "Number of active/failed/spare disks of device.", ("device", "state"))
REQUIRED = _family("disks_required", "Total number of disks of device.")
BLOCKS = _family("blocks", "Total number of blocks on device.")
SYNCED = _family("blocks_synced", "Number of blocks synced on device.")
RAID_DISKS = _family("raid_disks", "Number of raid disks on device.")
DEGRADED = _family("degraded", "Number of degraded disks on device.")
FAMILIES = (STATE, DISKS, REQUIRED, BLOCKS, SYNCED, RAID_DISKS, DEGRADED)

# The states that are shown, and the kernel's words for them while blocks are compared or copied.
STATES = ("active", "inactive", "recovering", "resync", "check")
_WORK = (
    ("recovery", "recovering"),
    ("reshape", "reshaping"),
    ("check", "check"),
    ("resync", "resync"),
)
_STATUS = re.compile(r"\[([0-9]+)/([0-9]+)\] \[([U_]+)\]")
_PROGRESS = re.compile(r"\(([0-9]+)/[0-9]+\)")
_NO_DEGRADED = ("", "container", "imsm", "ddf", "raid0", "linear")


class Array(NamedTuple):
    """One array of /proc/mdstat; blocks are of 1 KiB."""

    device: str
    state: str
    active: int
    required: int
    failed: int
    spare: int
    blocks: int
    synced: int


def parse(data: bytes) -> list[Array]:
    """Read /proc/mdstat.

    Raises:
        CollectorError: the lines of an array are not understood.
    """
    lines = data.decode("utf-8", "replace").split("\n")
    arrays = []
    for number, line in enumerate(lines):
        if not line.strip() or line[0] == " " or line.startswith(("Personalities", "unused")):
            continue
        end = number + 1
        while end < len(lines) and lines[end].startswith(" "):
            end += 1
        arrays.append(_array(line, lines[number + 1 : end]))
    return arrays


def _array(line: str, below: list[str]) -> Array:
    words = line.split()
    status = below[0].split() if below else []
    if len(words) < 3 or words[1] != ":" or not status or not _is_number(status[0]):
        raise CollectorError(f"/proc/mdstat: expected an array, found {shown(line.encode())}")
    blocks = int(status[0])
    state = words[2]
    active = required = 0
    if " raid0 " in line or " linear " in line:
        active = required = line.count("[")
    elif state != "inactive":
        match = _STATUS.search(below[0])
        if match is None:
            raise CollectorError(
                f"/proc/mdstat: expected [disks/active], found {shown(below[0].encode())}"
            )
        required, active = int(match[1]), int(match[2])
    synced = blocks
    for progress in below[1:]:
        work = next((name for word, name in _WORK if word in progress), None)
        if work is None:
            continue
        state = work
        match = _PROGRESS.search(progress)
        waits = "PENDING" in progress or "DELAYED" in progress
        if match is None and not waits:
            raise CollectorError(f"/proc/mdstat: expected progress, found {progress[:60]!r}")
        synced = 0 if waits or match is None else int(match[1])
        break
    return Array(
        words[0], state, active, required, line.count("(F)"), line.count("(S)"), blocks, synced
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 20


# Device, number of disks (unknown for containers), number of missing ones.
Raid = tuple[str, bytes | None, bytes]


def samples(facts: tuple[list[Array], list[Raid]]) -> list[tuple[Series, bytes]]:
    """The series of these arrays."""
    arrays, raids = facts
    pairs: list[tuple[Series, bytes]] = []
    for array in arrays:
        device = (array.device,)
        numbers = {"active": array.active, "failed": array.failed, "spare": array.spare}
        pairs += [
            (Series(DISKS, (array.device, state)), b"%d" % number)
            for state, number in numbers.items()
        ]
        pairs += [
            (Series(STATE, (array.device, state)), b"1" if state == array.state else b"0")
            for state in STATES
        ]
        pairs += [
            (Series(REQUIRED, device), b"%d" % array.required),
            (Series(BLOCKS, device), b"%d" % array.blocks),
            (Series(SYNCED, device), b"%d" % array.synced),
        ]
    for name, disks, degraded in raids:
        if disks is not None:
            pairs.append((Series(RAID_DISKS, (name,)), disks))
        pairs.append((Series(DEGRADED, (name,)), degraded))
    return pairs


class MdadmCollector:
    """``node_md_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._file = sources.proc("mdstat")
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder("block")
        self._series = FactSeries(samples)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        try:
            arrays = parse(self._file.read())
        except FileNotFoundError as error:
            raise NothingToRead from error
        names = self._attributes.if_present(self._folder, "md")
        raids = [raid for name in names if (raid := self._raid(name)) is not None]
        return [self._series.block((arrays, raids))]

    def _raid(self, name: str) -> Raid | None:
        folder = f"{self._folder}/{name}/md"
        level = self._attributes.read(f"{folder}/level")
        if level is None:
            return None
        disks = None
        if level not in (b"", b"container", b"imsm", b"ddf"):
            # "4 (3)" while the number of disks is changed.
            words = (self._attributes.read(f"{folder}/raid_disks") or b"").split()
            disks = words[0] if words and words[0].isdigit() else None
        degraded = None
        if level.decode("utf-8", "replace") not in _NO_DEGRADED:
            degraded = self._attributes.number(f"{folder}/degraded")
        return (name, disks, degraded or b"0")


SPECIFICATION = CollectorSpecification("mdadm", FAMILIES, MdadmCollector)
