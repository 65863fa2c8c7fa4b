"""What the drivers of network cards tell: ``node_ethtool_*``, ``node_network_*``; off by default.

Counters of a driver's own are there and nowhere else, such as those of a cloud's allowances
(``bw_in_allowance_exceeded`` of AWS ENA).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from exporter.collecting import (
    CollectorSpecification,
    Flag,
    Flags,
)
from exporter.collecting.patterns import DeviceFilter, compile_flag
from exporter.collectors.ethtool import link_modes
from exporter.collectors.ethtool.requests import DeviceAnswers, Driver, PortLink, Requests
from exporter.collectors.ethtool.statistics import KNOWN, SOURCE, STATISTIC, counters
from exporter.sources import network_namespace
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries, Layout

FOLDER = "class/net"
INFO = Family(
    "node_ethtool_info",
    "gauge",
    "A metric with a constant '1' value labeled by bus_info, device, driver, "
    "expansion_rom_version, firmware_version, version.",
    ("bus_info", "device", "driver", "expansion_rom_version", "firmware_version", "version"),
    source=SOURCE,
)


def _network(name: str, text: str, labels: tuple[str, ...] = (), unit: str = "") -> Family:
    return Family(f"node_network_{name}", "gauge", text, ("device", *labels), unit, SOURCE)


PORT = _network(
    "supported_port_info", "Type of ports or PHYs supported by network device", ("type",)
)
SUPPORTED_SPEED = _network(
    "supported_speed_bytes",
    "Combination of speeds and features supported by network device",
    ("duplex", "mode"),
    "bytes",
)
ADVERTISED_SPEED = _network(
    "advertised_speed_bytes",
    "Combination of speeds and features offered by network device",
    ("duplex", "mode"),
    "bytes",
)
# By the bit of the link modes: whether a port can do it, and whether it offers it.
CAPABILITIES = {
    link_modes.AUTONEGOTIATE: (
        _network("autonegotiate_supported", "If this port device supports autonegotiate"),
        _network("autonegotiate_advertised", "If this port device offers autonegotiate"),
    ),
    link_modes.PAUSE: (
        _network("pause_supported", "If this port device supports pause frames"),
        _network("pause_advertised", "If this port device offers pause capability"),
    ),
    link_modes.ASYMMETRIC_PAUSE: (
        _network(
            "asymmetricpause_supported", "If this port device supports asymmetric pause frames"
        ),
        _network(
            "asymmetricpause_advertised", "If this port device offers asymmetric pause capability"
        ),
    ),
}
NEGOTIATES = _network("autonegotiate", "If this port is using autonegotiate")
FAMILIES = (
    INFO,
    PORT,
    SUPPORTED_SPEED,
    ADVERTISED_SPEED,
    *(family for pair in CAPABILITIES.values() for family in pair),
    NEGOTIATES,
    *KNOWN.values(),
    STATISTIC,
)
INCLUDE = Flag("collector.ethtool.device-include", None, "Regular expression of devices to show.")
EXCLUDE = Flag(
    "collector.ethtool.device-exclude", None, "Regular expression of devices to leave out."
)
METRICS = Flag(
    "collector.ethtool.metrics-include", ".*", "Regular expression of drivers' counters to show."
)


class Facts(NamedTuple):
    """What seldom changes of a device."""

    device: str
    link: PortLink | None
    driver: Driver | None
    names: bytes


def settings(devices: Sequence[Facts]) -> Iterator[tuple[Series, bytes]]:
    """The series of drivers and link settings."""
    for device, link, driver, _ in devices:
        if driver is not None:
            labels = (driver.bus, device, driver.driver, driver.rom, driver.firmware)
            yield Series(INFO, (*labels, driver.version)), b"1"
        if link is None:
            continue
        for family, modes in (
            (SUPPORTED_SPEED, link.supported),
            (ADVERTISED_SPEED, link.advertised),
        ):
            for duplex, mode, speed in link_modes.speeds(modes):
                yield Series(family, (device, duplex, mode)), b"%d" % speed
        for port in link_modes.ports(link.supported):
            yield Series(PORT, (device, port)), b"1"
        for bit, (supported, advertised) in CAPABILITIES.items():
            yield Series(supported, (device,)), link_modes.has(link.supported, bit)
            yield Series(advertised, (device,)), link_modes.has(link.advertised, bit)
        yield Series(NEGOTIATES, (device,)), b"%d" % link.negotiates


class EthtoolCollector:
    """``node_ethtool_*`` and what ``node_network_*`` tells of links.

    Raises:
        InputError: a flag's value is unusable.
    """

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._filter = DeviceFilter(EXCLUDE, INCLUDE, flags, together=True)
        self._include = compile_flag(METRICS, flags)
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder(FOLDER)
        self._is_ours = network_namespace.is_ours(sources)
        self._requests = Requests()
        sources.at_close(self._requests.close)
        self._settings = FactSeries(settings)
        self._facts: tuple[Facts, ...] = ()
        self._layout = Layout(())
        self._order: list[int] = []

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        if not self._is_ours:
            raise OSError(
                "ethtool: expected the network that --path.procfs describes (in a container: the "
                "host's network), found another one"
            )
        facts = []
        counts: list[int] = []
        for device in self._attributes.present(self._folder):
            if self._filter(device):
                told: DeviceAnswers = self._requests.device(device)
                facts.append(Facts(device, told.link, told.driver, told.names))
                counts += told.counts
        devices = tuple(facts)
        if devices != self._facts:
            self._lay_out(devices)
            self._facts = devices
        values = [b"%d" % counts[place] for place in self._order]
        return [self._settings.block(devices), Block(self._layout, values)]

    def _lay_out(self, devices: Sequence[Facts]) -> None:
        """Find the places of the counters that are shown, those of a family together."""
        found: dict[str, list[tuple[Series, int]]] = {}
        first = 0
        for device, _, _, names in devices:
            for family, place in counters(names, self._include):
                pair = (Series(family, (device,)), first + place)
                found.setdefault(family.name, []).append(pair)
            first += len(names) // 32
        pairs = [pair for name in sorted(found) for pair in found[name]]
        self._layout = Layout(series for series, _ in pairs)
        self._order = [place for _, place in pairs]


SPECIFICATION = CollectorSpecification(
    "ethtool", FAMILIES, EthtoolCollector, flags=(INCLUDE, EXCLUDE, METRICS), enabled=False
)
