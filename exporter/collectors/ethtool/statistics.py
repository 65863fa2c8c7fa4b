"""Drivers' names of their counters, which follow no rule, made into those of metrics. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from exporter.collectors.ethtool.requests import text_of
from perfanalysis.exposition.families import Family

SOURCE = "ioctl(2), SIOCETHTOOL"
STATISTIC = Family(
    "node_ethtool_{field}", "untyped", "Network interface {field}", ("device",), source=SOURCE
)


def _known(name: str, text: str, unit: str = "") -> Family:
    return Family(f"node_ethtool_{name}_total", "untyped", text, ("device",), unit, SOURCE)


KNOWN = {
    "rx_bytes": _known("received_bytes", "Network interface bytes received", "bytes"),
    "rx_dropped": _known("received_dropped", "Number of received frames dropped"),
    "rx_errors": _known("received_errors", "Number of received frames with errors"),
    "rx_packets": _known("received_packets", "Network interface packets received"),
    "tx_bytes": _known("transmitted_bytes", "Network interface bytes sent", "bytes"),
    "tx_errors": _known("transmitted_errors", "Number of sent frames with errors"),
    "tx_packets": _known("transmitted_packets", "Network interface packets sent"),
}
_NAME = 32
_FOREIGN = re.compile(r"_*[^0-9A-Za-z_]+_*")
_RECEIVED = re.compile(r"(^|_)rx(_|$)")
_TRANSMITTED = re.compile(r"(^|_)tx(_|$)")


class Counter(NamedTuple):
    """A counter that is shown: its family, and its place among those of its device."""

    family: Family
    place: int


def sanitised(name: str) -> str:
    """A driver's name of a counter with one ``_`` for each run of what no metric may hold."""
    return _FOREIGN.sub("_", name)


def field_of(name: str) -> str:
    """A sanitised name in a metric's: small letters, ``received`` for ``rx``."""
    field = name.lower().lstrip("_")
    return _TRANSMITTED.sub(r"\1transmitted\2", _RECEIVED.sub(r"\1received\2", field))


def counters(names: bytes, include: re.Pattern[str]) -> list[Counter]:
    """The counters of a device that are shown.

    Names that come to the same metric's are all left out: nobody could tell them apart.

    Args:
        names: 32 bytes each, in the order of the counters.
        include: what a sanitised name has to match anywhere.
    """
    places = {
        text_of(names[start : start + _NAME]): start // _NAME
        for start in range(0, len(names), _NAME)
    }
    found: dict[str, Counter | None] = {}
    for raw, place in places.items():
        name = sanitised(raw)
        field = field_of(name)
        if not field or include.search(name) is None:
            continue
        family = STATISTIC.named(field)._replace(help=f"Network interface {name}")
        found[field] = None if field in found else Counter(KNOWN.get(name, family), place)
    shown: dict[str, Counter] = {}
    for counter in found.values():
        if counter is not None:
            shown.setdefault(counter.family.name, counter)
    return list(shown.values())
