"""What each interface's queue has sent, dropped and holds, by rtnetlink(7); see tc(8).

Kernel: include/uapi/linux/rtnetlink.h (struct tcmsg, TCA_*) and gen_stats.h (TCA_STATS_*).
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from exporter.collecting import CollectorError, CollectorSpecification, Flag, Flags
from exporter.collecting.patterns import DeviceFilter
from exporter.sources.files import Sources
from exporter.sources.netlink import (
    HostNetwork,
    Message,
    Netlink,
    attributes,
    interface_names,
    unsigned_of,
)
from perfanalysis.exposition.families import Family, FamilyType, Series
from perfanalysis.exposition.rendering import Block, VaryingSeries

_SOURCE = "rtnetlink(7), RTM_GETQDISC"


def _family(name: str, text: str, type_: FamilyType = "counter") -> Family:
    unit = "bytes" if name.startswith("bytes") else ""
    return Family(f"node_qdisc_{name}", type_, text, ("device", "kind"), unit, _SOURCE)


# By field of ``Queue``.
FAMILIES = {
    "bytes": _family("bytes_total", "Number of bytes sent."),
    "packets": _family("packets_total", "Number of packets sent."),
    "drops": _family("drops_total", "Number of packets dropped."),
    "requeues": _family(
        "requeues_total", "Number of packets dequeued, not transmitted, and requeued."
    ),
    "overlimits": _family("overlimits_total", "Number of overlimit packets."),
    "length": _family(
        "current_queue_length", "Number of packets currently in queue to be sent.", "gauge"
    ),
    "backlog": _family("backlog", "Number of bytes currently in queue to be sent.", "gauge"),
}
INCLUDE = Flag(
    "collector.qdisc.device-include", "", "Regular expression of the only interfaces to show."
)
EXCLUDE = Flag(
    "collector.qdisc.device-exclude", "", "Regular expression of interfaces not to show."
)

_NEWQDISC, _GETQDISC = 36, 38
# struct tcmsg: family, padding, number of the interface, handle, parent, info.
_QUEUE = struct.Struct("=B3xiIII")
_KIND, _STATISTICS = 1, 7
_BASIC, _QUEUED, _PACKETS = 1, 3, 8
_BYTES_AND_PACKETS = struct.Struct("=QI")
# Length, backlog, drops, requeues, overlimits.
_FIVE = struct.Struct("=5I")
# The queue at the root of an interface; those below have another one for a parent.
_ROOTS = (0, 0xFFFFFFFF)


class Queue(NamedTuple):
    """The queue at the root of an interface; without what the kernel does not count of it."""

    interface: int
    kind: str
    numbers: Mapping[str, int]


def _statistics(data: bytes) -> dict[str, int]:
    found = dict(attributes(data))
    numbers: dict[str, int] = {}
    try:
        if _BASIC in found:
            numbers["bytes"], numbers["packets"] = _BYTES_AND_PACKETS.unpack_from(found[_BASIC])
        if _PACKETS in found:
            # All 64 bits, where 32 are not enough.
            numbers["packets"] = unsigned_of(found[_PACKETS])
        if _QUEUED in found:
            names = ("length", "backlog", "drops", "requeues", "overlimits")
            numbers |= zip(names, _FIVE.unpack_from(found[_QUEUED]), strict=True)
    except struct.error as error:
        raise CollectorError(f"{_SOURCE}: statistics that are cut off") from error
    return numbers


def parse(message: Message) -> Queue | None:
    """A queue; None of what is none, or not at the root.

    Raises:
        CollectorError: it is malformed.
        OSError: an attribute is cut off.
    """
    if message.kind != _NEWQDISC:
        return None
    if len(message.body) < _QUEUE.size:
        raise CollectorError(f"{_SOURCE}: a queue that is cut off")
    _, interface, _, parent, _ = _QUEUE.unpack_from(message.body)
    if parent not in _ROOTS:
        return None
    found = dict(attributes(message.body[_QUEUE.size :]))
    kind = found.get(_KIND, b"").rstrip(b"\0").decode("utf-8", "replace")
    return Queue(interface, kind, _statistics(found.get(_STATISTICS, b"")))


def samples(
    queues: Sequence[Queue], names: Mapping[int, str], wanted: Callable[[str], bool]
) -> list[tuple[Series, bytes]]:
    """The series of the queues.

    Args:
        queues: at the roots.
        names: of the interfaces, by their numbers.
        wanted: whether an interface is to be shown.
    """
    return [
        (Series(FAMILIES[field], (names.get(queue.interface, ""), queue.kind)), b"%d" % number)
        for queue in queues
        if wanted(names.get(queue.interface, ""))
        for field, number in queue.numbers.items()
    ]


class QdiscCollector:
    """``node_qdisc_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._network = HostNetwork(sources, "qdisc")
        self._wanted = DeviceFilter(EXCLUDE, INCLUDE, flags)
        self._series = VaryingSeries()

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        self._network.require()
        with Netlink(socket.NETLINK_ROUTE) as netlink:
            answer = netlink.dump(_GETQDISC, _QUEUE.pack(0, 0, 0, 0, 0))
        queues = [queue for message in answer if (queue := parse(message)) is not None]
        return [self._series.block(samples(queues, interface_names(), self._wanted))]


SPECIFICATION = CollectorSpecification(
    "qdisc", tuple(FAMILIES.values()), QdiscCollector, flags=(INCLUDE, EXCLUDE), enabled=False
)
