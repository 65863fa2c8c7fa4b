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
_STATUS = re.compile(r"\[([0-9]{1,19})/([0-9]{1,19})\] \[([U_]+)\]")
_PROGRESS = re.compile(r"\(([0-9]{1,19})/[0-9]+\)")
_NO_DEGRADED = ("", "container", "imsm", "ddf", "raid0", "linear")


class Array(NamedTuple):
    """One array of /proc/mdstat; blocks are of 1 KiB.

    What the kernel does not say of it is None: sizes of an array that has lost all its disks, disks
    of the personality ``faulty``, progress of another machine's resync (``resync=REMOTE``).
    """

    device: str
    state: str
    active: int | None
    required: int | None
    failed: int
    spare: int
    blocks: int | None
    synced: int | None


def parse(data: bytes) -> list[Array]:
    """Read /proc/mdstat.

    Raises:
        CollectorError: a line is of no array. What is odd about an array costs that alone.
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
    if len(words) < 3 or words[1] != ":":
        raise CollectorError(f"/proc/mdstat: expected an array, found {shown(line.encode())}")
    status = below[0].split() if below else []
    blocks = int(status[0]) if status and _is_number(status[0]) else None
    state = words[2]
    active: int | None = None
    required: int | None = None
    # Without any disk the array's status stands in its first line.
    match = _STATUS.search(below[0] if blocks is not None else line)
    if " raid0 " in line or " linear " in line:
        active = required = line.count("[")
    elif state == "inactive":
        active = required = 0
    elif match is not None:
        required, active = int(match[1]), int(match[2])
    synced = blocks
    for progress in below[1:]:
        work = next((name for word, name in _WORK if word in progress), None)
        if work is None:
            continue
        state = work
        match = _PROGRESS.search(progress)
        synced = int(match[1]) if match is not None else None
        if "PENDING" in progress or "DELAYED" in progress:
            synced = 0
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
            if number is not None
        ]
        pairs += [
            (Series(STATE, (array.device, state)), b"1" if state == array.state else b"0")
            for state in STATES
        ]
        told = ((REQUIRED, array.required), (BLOCKS, array.blocks), (SYNCED, array.synced))
        pairs += [
            (Series(family, device), b"%d" % value) for family, value in told if value is not None
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
