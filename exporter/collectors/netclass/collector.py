"""State of network interfaces, from /sys/class/net (kernel: ABI/testing/sysfs-class-net).

Beside it, from the routing tables, which interface is that of the default route.
"""

from __future__ import annotations

import re
from time import monotonic

from exporter.collecting import CollectorError, CollectorSpecification, Flag, Flags, NothingToRead
from exporter.collecting.patterns import compile_flag
from exporter.collectors.netclass.default_routes import parse_ipv4, parse_ipv6
from exporter.collectors.netclass.links import LinkWatch
from exporter.collectors.netclass.physical import PHYSICAL, counted, place
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from exporter.sources.tokens import shown, signed
from perfanalysis.exposition.families import Family, FamilyType, Series
from perfanalysis.exposition.rendering import Block, FactSeries

FOLDER = "class/net"
IGNORED = Flag(
    "collector.netclass.ignored-devices", "^$", "Regular expression of interfaces to leave out."
)
INVALID_SPEED = Flag(
    "collector.netclass.ignore-invalid-speed",
    False,
    "Leave out the speed of interfaces that do not know it.",
)
# What the kernel does not announce (speed and duplex set by hand) is seen after this time.
REFRESH_SECONDS = 60.0


def _property(name: str, type_: FamilyType = "gauge") -> Family:
    text = f"Network device property: {name}"
    unit = "bytes" if name.endswith("_bytes") else ""
    return Family(f"node_network_{name}", type_, text, ("device",), unit, f"/sys/{FOLDER}")


UP = Family(
    "node_network_up",
    "gauge",
    "Value is 1 if operstate is 'up', 0 otherwise.",
    ("device",),
    source=f"/sys/{FOLDER}/<iface>/operstate",
)
TEXTS = ("address", "broadcast", "duplex", "operstate", "ifalias")
INFO = Family(
    "node_network_info",
    "gauge",
    "Non-numeric data from /sys/class/net/<iface>, value is always 1.",
    ("device", "address", "broadcast", "duplex", "operstate", "adminstate", "ifalias"),
    source=f"/sys/{FOLDER}",
)
DEFAULT_ROUTE = Family(
    "perf_network_default_route_info",
    "gauge",
    "Interface of the IPv4 or IPv6 default route, value is always 1.",
    ("device",),
    source="/proc/net/route, /proc/net/ipv6_route",
)
PROPERTIES = {
    "addr_assign_type": _property("address_assign_type"),
    "carrier": _property("carrier"),
    "carrier_changes": _property("carrier_changes_total", "counter"),
    "carrier_up_count": _property("carrier_up_changes_total", "counter"),
    "carrier_down_count": _property("carrier_down_changes_total", "counter"),
    "dev_id": _property("device_id"),
    "dormant": _property("dormant"),
    "flags": _property("flags"),
    "ifindex": _property("iface_id"),
    "iflink": _property("iface_link"),
    "link_mode": _property("iface_link_mode"),
    "mtu": _property("mtu_bytes"),
    "name_assign_type": _property("name_assign_type"),
    "netdev_group": _property("net_dev_group"),
    "speed": _property("speed_bytes"),
    "tx_queue_len": _property("transmit_queue_length"),
    "type": _property("protocol_type"),
}
# One of these changes when a link goes up or down, or another one has taken the name.
TELLING = ("ifindex", "operstate", "carrier", "carrier_changes", "flags")
_HEXADECIMAL = ("dev_id", "flags")
_HEX = re.compile(rb"(0x)?[0-9a-fA-F]{1,16}")
_UP_FLAG = 1
_MEGABIT_BYTES = 125_000

# Name, attributes as they stand there.
Interface = tuple[str, dict[str, bytes]]


def number(attribute: str, data: bytes, name: str) -> int:
    """An attribute as a number; flags and the device's id are hexadecimal.

    Raises:
        CollectorError: it is none.
    """
    source = f"/sys/{FOLDER}/{name}/{attribute}"
    if attribute not in _HEXADECIMAL:
        return signed(data, source)
    if _HEX.fullmatch(data) is None:
        raise CollectorError(f"{source}: expected a hexadecimal number, found {shown(data)}")
    return int(data, 16)


def samples(
    interfaces: list[Interface], *, ignore_invalid_speed: bool
) -> list[tuple[Series, bytes]]:
    """The series of these interfaces.

    Raises:
        CollectorError: an attribute is no number.
    """
    pairs = []
    for name, attributes in interfaces:
        labels = (name,)
        texts = {key: attributes.get(key, b"").decode("utf-8", "replace") for key in TEXTS}
        admin = "unknown"
        if "flags" in attributes:
            is_up = number("flags", attributes["flags"], name) & _UP_FLAG
            admin = "up" if is_up else "down"
        words = (*(texts[key] for key in TEXTS[:-1]), admin, texts["ifalias"])
        pairs.append((Series(UP, labels), b"1" if texts["operstate"] == "up" else b"0"))
        pairs.append((Series(INFO, (name, *words)), b"1"))
        for attribute, family in PROPERTIES.items():
            if data := attributes.get(attribute):
                value = number(attribute, data, name)
                if attribute == "speed":
                    if value < 0 and ignore_invalid_speed:
                        continue
                    value *= _MEGABIT_BYTES
                pairs.append((Series(family, labels), b"%d" % value))
    return pairs


class NetclassCollector:
    """``node_network_*`` of interfaces' state, and the default route's interface.

    About twenty files for each interface are much to read at each scrape, and seldom differ from
    what they were. So the files are read when the kernel has news of its links, and once a minute.
    Where the kernel's links are not the interfaces in sysfs (a recorded tree, another network
    namespace), a few files tell at each scrape whether the others are to be read.
    """

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder(FOLDER)
        self._ignored = compile_flag(IGNORED, flags)
        ignore = bool(flags[INVALID_SPEED.variable])
        self._series = FactSeries[list[Interface]](
            lambda interfaces: samples(interfaces, ignore_invalid_speed=ignore)
        )
        self._routing = [
            (sources.proc("net/route"), parse_ipv4),
            (sources.proc("net/ipv6_route"), parse_ipv6),
        ]
        self._routes = FactSeries[tuple[str, ...]](
            lambda devices: [(Series(DEFAULT_ROUTE, (device,)), b"1") for device in devices]
        )
        self._physical = FactSeries[list[str]](
            lambda devices: [(Series(PHYSICAL, (device,)), b"1") for device in devices]
        )
        self._links = LinkWatch() if self._folder == "/sys/class/net" else None
        self._blocks: list[Block] = []
        self._told: list[tuple[str, list[bytes | None]]] = []
        self._read_at = -REFRESH_SECONDS

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        changed = self._links is None or self._links.changed()
        now = monotonic()
        recent = bool(self._blocks) and now - self._read_at < REFRESH_SECONDS
        if not changed and recent:
            return self._blocks
        try:
            names = self._attributes.names(self._folder)
        except (FileNotFoundError, PermissionError) as error:
            self._blocks = []
            raise NothingToRead from error
        told = self._tell(names) if self._links is None else []
        if recent and self._links is None and told == self._told:
            return self._blocks
        self._blocks = []
        self._look_again(names)
        self._told, self._read_at = told, now
        return self._blocks

    def _tell(self, names: list[str]) -> list[tuple[str, list[bytes | None]]]:
        read = self._attributes.read
        return [
            (name, [read(f"{self._folder}/{name}/{attribute}") for attribute in TELLING])
            for name in names
        ]

    def _look_again(self, names: list[str]) -> None:
        interfaces = [
            (name, self._interface(f"{self._folder}/{name}"))
            for name in names
            if name != "bonding_masters" and not self._ignored.search(name)
        ]
        if self._links is not None and not self._links.shows(
            {number("ifindex", a["ifindex"], n) for n, a in interfaces if "ifindex" in a}
        ):
            self._links.close()
            self._links = None
        self._blocks = [self._series.block(interfaces)]
        places = {name: place(f"{self._folder}/{name}") for name in names}
        if physical := counted({name: at for name, at in places.items() if at is not None}):
            self._blocks.append(self._physical.block(physical))
        if devices := self._default_routes():
            self._blocks.append(self._routes.block(devices))
        if self._links is not None:
            # What is read once a minute need not stay open.
            self._attributes.close()

    def _default_routes(self) -> tuple[str, ...]:
        found = []
        for file, parse in self._routing:
            try:
                found.append(parse(file.read()))
            except OSError:
                # Without IPv6, for one, the kernel has no such table.
                continue
            finally:
                file.close()
        return tuple(dict.fromkeys(device for device in found if device))

    def _interface(self, folder: str) -> dict[str, bytes]:
        # An address, a name or a type that is set changes others of these, too.
        read = self._attributes.read
        found = {name: read(f"{folder}/{name}") for name in (*PROPERTIES, *TEXTS)}
        return {name: data for name, data in found.items() if data is not None}


SPECIFICATION = CollectorSpecification(
    "netclass",
    (UP, INFO, *PROPERTIES.values(), DEFAULT_ROUTE, PHYSICAL),
    NetclassCollector,
    flags=(IGNORED, INVALID_SPEED),
)
