"""Replicated block devices, from /proc/drbd (DRBD 8's user guide, "Performance indicators").

DRBD 9 has no such file.
"""

from __future__ import annotations

from exporter.collecting import CollectorError, CollectorSpecification, Flags, NothingToRead
from exporter.sources.files import Sources
from exporter.sources.tokens import shown, unsigned
from perfanalysis.exposition.families import Family, FamilyType, Series
from perfanalysis.exposition.rendering import Block, VaryingSeries

_SOURCE = "/proc/drbd"
_KIBIBYTE = 1024


def _family(
    name: str, text: str, type_: FamilyType = "gauge", labels: tuple[str, ...] = ("device",)
) -> Family:
    unit = "bytes" if "_bytes" in name else ""
    return Family(f"node_drbd_{name}", type_, text, labels, unit, _SOURCE)


# By field of the file: the family, and what its numbers are multiplied with.
NUMBERS = {
    b"ns": (
        _family(
            "network_sent_bytes_total", "Total number of bytes sent via the network.", "counter"
        ),
        _KIBIBYTE,
    ),
    b"nr": (
        _family(
            "network_received_bytes_total",
            "Total number of bytes received via the network.",
            "counter",
        ),
        _KIBIBYTE,
    ),
    b"dw": (
        _family(
            "disk_written_bytes_total", "Net data written on local hard disk; in bytes.", "counter"
        ),
        _KIBIBYTE,
    ),
    b"dr": (
        _family(
            "disk_read_bytes_total", "Net data read from local hard disk; in bytes.", "counter"
        ),
        _KIBIBYTE,
    ),
    b"al": (
        _family(
            "activitylog_writes_total",
            "Number of updates of the activity log area of the meta data.",
            "counter",
        ),
        1,
    ),
    b"bm": (
        _family(
            "bitmap_writes_total",
            "Number of updates of the bitmap area of the meta data.",
            "counter",
        ),
        1,
    ),
    b"lo": (
        _family("local_pending", "Number of open requests to the local I/O sub-system."),
        1,
    ),
    b"pe": (
        _family(
            "remote_pending",
            "Number of requests sent to the peer, but that have not yet been answered by the "
            "latter.",
        ),
        1,
    ),
    b"ua": (
        _family(
            "remote_unacknowledged",
            "Number of requests received by the peer via the network connection, but that have "
            "not yet been answered.",
        ),
        1,
    ),
    b"ap": (
        _family(
            "application_pending",
            "Number of block I/O requests forwarded to DRBD, but not yet answered by DRBD.",
        ),
        1,
    ),
    b"ep": (_family("epochs", "Number of Epochs currently on the fly."), 1),
    b"oos": (
        _family("out_of_sync_bytes", "Amount of data known to be out of sync; in bytes."),
        _KIBIBYTE,
    ),
}
# By field: the family, and the word of both nodes' words that counts as 1.
PAIRS = {
    b"ro": (
        _family(
            "node_role_is_primary",
            "Whether the role of the node is in the primary state.",
            labels=("device", "node"),
        ),
        b"Primary",
    ),
    b"ds": (
        _family(
            "disk_state_is_up_to_date",
            "Whether the disk of the node is up to date.",
            labels=("device", "node"),
        ),
        b"UpToDate",
    ),
}
CONNECTED = _family("connected", "Whether DRBD is connected to the peer.")
FAMILIES = (
    *(family for family, _ in NUMBERS.values()),
    *(family for family, _ in PAIRS.values()),
    CONNECTED,
)


def samples(data: bytes) -> list[tuple[Series, bytes]]:
    """The series of the devices; fields that are not known are passed over.

    Raises:
        CollectorError: a known field has no number, or not the words of two nodes.
    """
    pairs = []
    device = ""
    for word in data.split():
        key, colon, value = word.partition(b":")
        if not colon or b":" in value:
            continue
        if key.isdigit() and not value:
            device = f"drbd{int(key)}"
        elif device:
            pairs += _of_field(device, key, value)
    return pairs


def _of_field(device: str, key: bytes, value: bytes) -> list[tuple[Series, bytes]]:
    if key in NUMBERS:
        family, factor = NUMBERS[key]
        number = unsigned(value, f"{_SOURCE}: {device}: {key.decode()}") * factor
        return [(Series(family, (device,)), b"%d" % number)]
    if key in PAIRS:
        family, good = PAIRS[key]
        local, slash, remote = value.partition(b"/")
        if not slash:
            raise CollectorError(f"{_SOURCE}: {device}: expected two words, found {shown(value)}")
        return [
            (Series(family, (device, "local")), b"%d" % (local == good)),
            (Series(family, (device, "remote")), b"%d" % (remote == good)),
        ]
    if key == b"cs":
        return [(Series(CONNECTED, (device,)), b"%d" % (value == b"Connected"))]
    return []


class DrbdCollector:
    """``node_drbd_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._file = sources.proc("drbd")
        self._series = VaryingSeries()

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        try:
            data = self._file.read()
        except FileNotFoundError as error:
            raise NothingToRead from error
        return [self._series.block(samples(data))]


SPECIFICATION = CollectorSpecification("drbd", FAMILIES, DrbdCollector, enabled=False)
