"""Routes of this network namespace, by rtnetlink(7)."""

from __future__ import annotations

import socket
import struct
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from exporter.collecting import CollectorError, CollectorSpecification, Flags
from exporter.sources.files import Sources
from exporter.sources.netlink import (
    HostNetwork,
    Message,
    Netlink,
    attributes,
    interface_names,
    unsigned_of,
)
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, VaryingSeries

_SOURCE = "rtnetlink(7), RTM_GETROUTE"
INFO = Family(
    "node_network_route_info",
    "gauge",
    "network routing table information",
    ("device", "src", "dest", "gw", "priority", "proto", "weight"),
    source=_SOURCE,
)
ROUTES = Family(
    "node_network_routes", "gauge", "network routes by interface", ("device",), source=_SOURCE
)

_NEWROUTE, _GETROUTE = 24, 26
# struct rtmsg: family, lengths of destination and source, tos, table, protocol, scope, type, flags.
_ROUTE = struct.Struct("=8BI")
# struct rtnexthop: length, flags, hops (the weight less one), number of the interface.
_HOP = struct.Struct("=HBBi")
_UNICAST = 1
_DESTINATION, _INTERFACE, _GATEWAY, _PRIORITY, _PREFERRED_SOURCE, _MULTIPATH = 1, 4, 5, 6, 7, 9
# include/uapi/linux/rtnetlink.h, RTPROT_*
_PROTOCOLS = (
    "0=unspec 1=redirect 2=kernel 3=boot 4=static 8=gated 9=ra 10=mrt 11=zebra 12=bird "
    "13=dnrouted 14=xorp 15=ntk 16=dhcp 17=mrouted 42=babel 186=bgp 187=isis 188=ospf 189=rip "
    "192=eigrp"
)
PROTOCOLS = {int(number): name for number, name in (p.split("=") for p in _PROTOCOLS.split())}


class Hop(NamedTuple):
    """Where a route leads: the interface's number, the gateway, and the weight among several."""

    interface: int
    gateway: str = ""
    weight: str = ""


class Route(NamedTuple):
    """A route; addresses as text, empty where it has none."""

    destination: str
    source: str
    priority: int
    protocol: str
    hops: tuple[Hop, ...]


def _address(value: bytes) -> str:
    family = socket.AF_INET if len(value) == 4 else socket.AF_INET6
    try:
        return socket.inet_ntop(family, value)
    except ValueError as error:
        raise CollectorError(f"{_SOURCE}: expected an address, found {value.hex()}") from error


def _hops(data: bytes) -> Iterator[Hop]:
    offset = 0
    while offset + _HOP.size <= len(data):
        length, _, hops, interface = _HOP.unpack_from(data, offset)
        if length < _HOP.size or offset + length > len(data):
            raise CollectorError(f"{_SOURCE}: a next hop that is cut off")
        found = dict(attributes(data[offset + _HOP.size : offset + length]))
        gateway = _address(found[_GATEWAY]) if _GATEWAY in found else ""
        yield Hop(interface, gateway, str(hops + 1))
        offset += (length + 3) & ~3


def parse(message: Message) -> Route | None:
    """A route; None of what is none, or leads to no other machine.

    Raises:
        CollectorError: it is malformed.
        OSError: an attribute is cut off.
    """
    if message.kind != _NEWROUTE:
        return None
    if len(message.body) < _ROUTE.size:
        raise CollectorError(f"{_SOURCE}: a route that is cut off")
    _, length, _, _, _, protocol, _, kind, _ = _ROUTE.unpack_from(message.body)
    if kind != _UNICAST:
        return None
    found = dict(attributes(message.body[_ROUTE.size :]))
    addresses = {
        kind: _address(found[kind])
        for kind in (_DESTINATION, _GATEWAY, _PREFERRED_SOURCE)
        if kind in found
    }
    if _MULTIPATH in found:
        hops = tuple(_hops(found[_MULTIPATH]))
    else:
        hops = (Hop(unsigned_of(found.get(_INTERFACE, b"")), addresses.get(_GATEWAY, "")),)
    return Route(
        f"{addresses.get(_DESTINATION, '')}/{length}" if length else "default",
        addresses.get(_PREFERRED_SOURCE, ""),
        unsigned_of(found.get(_PRIORITY, b"")),
        PROTOCOLS.get(protocol, "unknown"),
        hops,
    )


def samples(routes: Sequence[Route], names: Mapping[int, str]) -> list[tuple[Series, bytes]]:
    """The series of the routes; one that stands in several tables is shown once, and counted each
    time.

    Args:
        routes: of the namespace.
        names: of its interfaces, by their numbers.
    """
    info: dict[Series, bytes] = {}
    counts: Counter[str] = Counter()
    for route in routes:
        for hop in route.hops:
            device = names.get(hop.interface, "")
            counts[device] += 1
            labels = (
                *(device, route.source, route.destination, hop.gateway),
                *(str(route.priority), route.protocol, hop.weight),
            )
            info[Series(INFO, labels)] = b"1"
    return [
        *info.items(),
        *((Series(ROUTES, (device,)), b"%d" % n) for device, n in sorted(counts.items())),
    ]


class NetworkRouteCollector:
    """``node_network_route_info`` and ``node_network_routes``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._network = HostNetwork(sources, "network_route")
        self._series = VaryingSeries()

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        self._network.require()
        with Netlink(socket.NETLINK_ROUTE) as netlink:
            answer = netlink.dump(_GETROUTE, _ROUTE.pack(*(0,) * 9))
        routes = [route for message in answer if (route := parse(message)) is not None]
        return [self._series.block(samples(routes, interface_names()))]


SPECIFICATION = CollectorSpecification(
    "network_route", (INFO, ROUTES), NetworkRouteCollector, enabled=False
)
