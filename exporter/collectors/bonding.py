"""Bonded interfaces, from /sys/class/net/bonding_masters (kernel: networking/bonding.rst)."""

from __future__ import annotations

from exporter.collecting import CollectorError, CollectorSpecification, Flags, NothingToRead
from exporter.sources.attributes import Attributes
from exporter.sources.files import Sources
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, FactSeries

FOLDER = "class/net"
SLAVES = Family(
    "node_bonding_slaves",
    "gauge",
    "Number of configured slaves per bonding interface.",
    ("master",),
    source=f"/sys/{FOLDER}/*/bonding/slaves",
)
ACTIVE = Family(
    "node_bonding_active",
    "gauge",
    "Number of active slaves per bonding interface.",
    ("master",),
    source=f"/sys/{FOLDER}/*/lower_*/bonding_slave/mii_status",
)

# Name of the bond, number of its slaves, number of those that are up.
Bond = tuple[str, int, int]


def samples(bonds: list[Bond]) -> list[tuple[Series, bytes]]:
    """The series of these bonds."""
    pairs = []
    for master, slaves, active in bonds:
        pairs.append((Series(SLAVES, (master,)), b"%d" % slaves))
        pairs.append((Series(ACTIVE, (master,)), b"%d" % active))
    return pairs


class BondingCollector:
    """``node_bonding_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._attributes = Attributes(sources)
        self._folder = self._attributes.folder(FOLDER)
        self._series = FactSeries(samples)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        masters = self._attributes.read(f"{self._folder}/bonding_masters")
        if masters is None:
            raise NothingToRead
        return [
            self._series.block(
                [self._bond(name.decode("utf-8", "replace")) for name in masters.split()]
            )
        ]

    def _bond(self, master: str) -> Bond:
        folder = f"{self._folder}/{master}"
        slaves = self._attributes.read(f"{folder}/bonding/slaves")
        if slaves is None:
            raise CollectorError(f"{folder}/bonding/slaves: expected the names of interfaces")
        states = [self._state(folder, name.decode("utf-8", "replace")) for name in slaves.split()]
        return (master, len(states), states.count(b"up"))

    def _state(self, folder: str, slave: str) -> bytes:
        # Kernels before 3.9 say slave_.
        for prefix in ("lower", "slave"):
            state = self._attributes.read(f"{folder}/{prefix}_{slave}/bonding_slave/mii_status")
            if state is not None:
                return state
        raise CollectorError(f"{folder}/lower_{slave}/bonding_slave/mii_status: expected a state")


SPECIFICATION = CollectorSpecification("bonding", (SLAVES, ACTIVE), BondingCollector)
