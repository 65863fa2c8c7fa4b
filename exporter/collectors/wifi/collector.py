"""``node_wifi_*``: wireless interfaces, their network, and the stations that they talk to."""

from __future__ import annotations

import errno
import struct
from collections.abc import Sequence
from typing import NamedTuple

from exporter.collecting import CollectorSpecification, Flags, NothingToRead
from exporter.collectors.wifi.parsing import (
    FAMILY_NAME,
    GET_FAMILY,
    GET_INTERFACE,
    GET_SCAN,
    GET_STATION,
    HEADER,
    INDEX,
    Interface,
    Network,
    Station,
    parse_family,
    parse_interface,
    parse_network,
    parse_station,
)
from exporter.sources.files import Sources
from exporter.sources.netlink import GENERIC, HostNetwork, Message, Netlink, attribute
from perfanalysis.exposition.families import Family, FamilyType, Series
from perfanalysis.exposition.rendering import Block, VaryingSeries

_SOURCE = "generic netlink, nl80211"
_STATION_LABELS = ("device", "mac_address")


def _station(
    name: str, text: str, type_: FamilyType = "counter", unit: str = "", suffix: bytes = b""
) -> tuple[Family, bytes]:
    return Family(f"node_wifi_station_{name}", type_, text, _STATION_LABELS, unit, _SOURCE), suffix


FREQUENCY = Family(
    "node_wifi_interface_frequency_hertz",
    "gauge",
    "The current frequency a WiFi interface is operating at, in hertz.",
    ("device",),
    "hertz",
    _SOURCE,
)
INFO = Family(
    "node_wifi_station_info",
    "gauge",
    "Labeled WiFi interface station information as provided by the operating system.",
    ("device", "bssid", "ssid", "mode"),
    source=_SOURCE,
)
# By number of ``Station``: the family, and what stands behind its values.
NUMBERS = {
    "connected": _station(
        "connected_seconds_total",
        "The total number of seconds a station has been connected to an access point.",
        unit="seconds",
    ),
    "inactive": _station(
        "inactive_seconds",
        "The number of seconds since any wireless activity has occurred on a station.",
        "gauge",
        "seconds",
        b"e-3",
    ),
    "receive_rate": _station(
        "receive_bits_per_second",
        "The current WiFi receive bitrate of a station, in bits per second.",
        "gauge",
        suffix=b"e5",
    ),
    "transmit_rate": _station(
        "transmit_bits_per_second",
        "The current WiFi transmit bitrate of a station, in bits per second.",
        "gauge",
        suffix=b"e5",
    ),
    "received_bytes": _station(
        "receive_bytes_total", "The total number of bytes received by a WiFi station.", unit="bytes"
    ),
    "transmitted_bytes": _station(
        "transmit_bytes_total",
        "The total number of bytes transmitted by a WiFi station.",
        unit="bytes",
    ),
    "signal": _station(
        "signal_dbm", "The current WiFi signal strength, in decibel-milliwatts (dBm).", "gauge"
    ),
    "retries": _station(
        "transmit_retries_total",
        "The total number of times a station has had to retry while sending a packet.",
    ),
    "failed": _station(
        "transmit_failed_total",
        "The total number of times a station has failed to send a packet.",
    ),
    "beacon_loss": _station(
        "beacon_loss_total",
        "The total number of times a station has detected a beacon loss.",
    ),
    "transmitted_packets": _station(
        "transmitted_packets_total", "The total number of packets transmitted by a station."
    ),
    "received_packets": _station(
        "received_packets_total", "The total number of packets received by a station."
    ),
}
FAMILIES = (FREQUENCY, INFO, *(family for family, _ in NUMBERS.values()))
_CONTROLLER = 16
# How the kernel says that an interface has no such list.
_NONE = frozenset({errno.ENOENT, errno.ENODEV, errno.EOPNOTSUPP, errno.ENOTCONN, errno.EINVAL})


class Wireless(NamedTuple):
    """An interface with what was told of it."""

    interface: Interface
    network: Network | None
    stations: Sequence[Station]


def samples(found: Sequence[Wireless]) -> list[tuple[Series, bytes]]:
    """The series of these interfaces; what a driver does not tell is absent."""
    pairs = []
    for interface, network, stations in found:
        name = interface.name
        if interface.frequency is not None:
            pairs.append((Series(FREQUENCY, (name,), b"e6"), b"%d" % interface.frequency))
        if network is not None:
            pairs.append((Series(INFO, (name, *network)), b"1"))
        for station in stations:
            pairs += [
                (Series(family, (name, station.address), suffix), b"%d" % station.numbers[key])
                for key, (family, suffix) in NUMBERS.items()
                if key in station.numbers
            ]
    return pairs


def family_number(netlink: Netlink, name: str) -> int:
    """The number of a family of generic netlink.

    Raises:
        NothingToRead: the kernel has no such family.
        OSError: it does not answer.
    """
    question = HEADER.pack(GET_FAMILY, 1) + attribute(FAMILY_NAME, f"{name}\0".encode())
    try:
        return parse_family(netlink.get(_CONTROLLER, question)[0])
    except FileNotFoundError as error:
        raise NothingToRead from error


class WifiCollector:
    """``node_wifi_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._network = HostNetwork(sources, "wifi")
        self._series = VaryingSeries()

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        self._network.require()
        with Netlink(GENERIC) as netlink:
            family = family_number(netlink, "nl80211")
            listed = netlink.dump(family, HEADER.pack(GET_INTERFACE, 0))
            interfaces = [one for one in map(parse_interface, listed) if one.name]
            found = [self._wireless(netlink, family, one) for one in interfaces]
        return [self._series.block(samples(found))]

    def _wireless(self, netlink: Netlink, family: int, interface: Interface) -> Wireless:
        networks = map(parse_network, self._list(netlink, family, GET_SCAN, interface))
        stations = map(parse_station, self._list(netlink, family, GET_STATION, interface))
        return Wireless(
            interface,
            next((one for one in networks if one is not None), None),
            [one for one in stations if one is not None],
        )

    @staticmethod
    def _list(netlink: Netlink, family: int, command: int, interface: Interface) -> list[Message]:
        index = attribute(INDEX, struct.pack("=I", interface.number))
        try:
            return netlink.dump(family, HEADER.pack(command, 0) + index)
        except OSError as error:
            if error.errno in _NONE:
                return []
            raise


SPECIFICATION = CollectorSpecification("wifi", FAMILIES, WifiCollector, enabled=False)
