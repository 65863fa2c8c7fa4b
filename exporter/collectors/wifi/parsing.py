"""Messages of nl80211 (kernel: include/uapi/linux/nl80211.h) and of netlink's own controller."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import NamedTuple

from exporter.collecting import CollectorError
from exporter.sources.netlink import Message, attributes, unsigned_of

# struct genlmsghdr: command, version.
HEADER = struct.Struct("=BBxx")
# CTRL_CMD_GETFAMILY, and attributes of its answer.
GET_FAMILY, FAMILY_ID, FAMILY_NAME = 3, 1, 2
GET_INTERFACE, GET_STATION, GET_SCAN = 5, 17, 32
INDEX, _NAME, _ADDRESS, _STATION, _FREQUENCY, _BSS = 3, 4, 6, 21, 38, 47
_BSSID, _ELEMENTS, _STATUS = 1, 6, 9
_RATE16, _RATE32 = 1, 5
# Of IEEE 802.11: the element that holds the network's name.
_SSID = 0
_CLIENT, _AD_HOC = (0, 1), 2
# By attribute of a station: what it is. Those of 64 bits stand for those of 32.
_NUMBERS = {
    16: "connected",
    1: "inactive",
    2: "received_bytes",
    3: "transmitted_bytes",
    9: "received_packets",
    10: "transmitted_packets",
    11: "retries",
    12: "failed",
    18: "beacon_loss",
}
_LONG_NUMBERS = {23: "received_bytes", 24: "transmitted_bytes"}
_SIGNAL = 7
_RATES = {14: "receive_rate", 8: "transmit_rate"}


class Interface(NamedTuple):
    """A wireless interface: its number and name, and its frequency in MHz if it has one."""

    number: int
    name: str
    frequency: int | None


class Network(NamedTuple):
    """The network that an interface is part of: address, name, and how."""

    bssid: str
    ssid: str
    mode: str


class Station(NamedTuple):
    """A machine at the other end.

    ``numbers`` has those of ``_NUMBERS`` that the driver tells; ``inactive`` is in milliseconds,
    ``signal`` in dBm, and both rates in units of 100 kbit/s.
    """

    address: str
    numbers: Mapping[str, int]


def _attributes(message: Message) -> dict[int, bytes]:
    return dict(attributes(message.body[HEADER.size :]))


def parse_family(message: Message) -> int:
    """The number of a family of generic netlink.

    Raises:
        CollectorError: the message does not tell it.
    """
    found = _attributes(message).get(FAMILY_ID)
    if found is None:
        raise CollectorError("generic netlink: expected the number of a family, found none")
    return unsigned_of(found)


def parse_interface(message: Message) -> Interface:
    """A wireless interface; one without a name has an empty one."""
    found = _attributes(message)
    frequency = found.get(_FREQUENCY)
    return Interface(
        unsigned_of(found.get(INDEX, b"")),
        found.get(_NAME, b"").rstrip(b"\0").decode("utf-8", "replace"),
        None if frequency is None else unsigned_of(frequency),
    )


def _hardware_address(data: bytes) -> str:
    return data.hex(":")


def _ssid(elements: bytes) -> str:
    """The name in elements of a kind, a length and a value each."""
    offset = 0
    while offset + 2 <= len(elements):
        kind, length = elements[offset], elements[offset + 1]
        if kind == _SSID:
            return elements[offset + 2 : offset + 2 + length].decode("utf-8", "replace")
        offset += 2 + length
    return ""


def parse_network(message: Message) -> Network | None:
    """The network of one result of the last scan, if the interface is part of it."""
    found = dict(attributes(_attributes(message).get(_BSS, b"")))
    if _STATUS not in found:
        return None
    status = unsigned_of(found[_STATUS])
    mode = "client" if status in _CLIENT else "ad-hoc" if status == _AD_HOC else "unknown"
    return Network(
        _hardware_address(found.get(_BSSID, b"")), _ssid(found.get(_ELEMENTS, b"")), mode
    )


def _rate(data: bytes) -> int | None:
    found = dict(attributes(data))
    value = found.get(_RATE32, found.get(_RATE16))
    return None if value is None else unsigned_of(value)


def parse_station(message: Message) -> Station | None:
    """A station; None of a message without one."""
    outer = _attributes(message)
    if _STATION not in outer:
        return None
    found = dict(attributes(outer[_STATION]))
    numbers = {
        name: unsigned_of(found[kind])
        for names in (_NUMBERS, _LONG_NUMBERS)
        for kind, name in names.items()
        if kind in found
    }
    if found.get(_SIGNAL):
        (numbers["signal"],) = struct.unpack_from("=b", found[_SIGNAL])
    for kind, name in _RATES.items():
        rate = _rate(found.get(kind, b""))
        if rate is not None:
            numbers[name] = rate
    return Station(_hardware_address(outer.get(_ADDRESS, b"")), numbers)
