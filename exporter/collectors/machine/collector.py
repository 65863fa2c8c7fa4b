"""Who this machine is and what an hour of it costs; ``perfanalysis.machines.identity`` says how."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from exporter.collecting import CollectorSpecification, Flag, Flags
from exporter.collectors.machine.cloud import CLOUD, ENDPOINT, CloudInBackground
from exporter.sources.files import Sources
from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Series
from perfanalysis.exposition.rendering import Block, FactSeries
from perfanalysis.machines import given
from perfanalysis.machines.families import FAMILIES, series_of
from perfanalysis.machines.identity import PURCHASE_OPTIONS, Identity, resolve
from perfanalysis.machines.this_host import host_identity

INVENTORY = Flag("machine.inventory", None, "Inventory file that holds this machine.")
NAME = Flag("machine.name", None, "This machine's name in the inventory.")
PROVIDER = Flag("machine.provider", None, "Who runs the machine: aws, azure, gcp, oci, ...")
REGION = Flag("machine.region", None, "The provider's region.")
ZONE = Flag("machine.zone", None, "The provider's zone.")
INSTANCE_TYPE = Flag("machine.instance-type", None, "The provider's name of the machine's shape.")
PRICE = Flag(
    "machine.price",
    (),
    "OPTION=DOLLARS: what an hour costs, instead of the inventory's prices; can be given again for "
    f"each purchase option ({', '.join(PURCHASE_OPTIONS)}).",
)


def _spelled(field: str) -> str:
    return f"--machine.{field.replace('_', '-')}"


class GivenIdentity(NamedTuple):
    """What flags say of the machine, and what the inventory says."""

    flags: Identity
    inventory: Identity


def read_given(flags: Flags) -> GivenIdentity:
    """What flags and inventory say.

    Raises:
        InputError: a flag or the inventory is unusable, or it has no machine of that name.
    """
    texts = {field: flags[f"machine_{field}"] for field in given.TEXTS}
    said = given.from_flags(texts, _prices(flags[PRICE.variable]), _spelled)
    path = flags[INVENTORY.variable]
    return GivenIdentity(
        said, given.from_inventory(Path(path) if path else None, said.name, _spelled)
    )


def _prices(texts: Sequence[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for text in texts:
        option, _, dollars = text.partition("=")
        try:
            price = float(dollars)
        except ValueError:
            price = math.nan
        if option not in PURCHASE_OPTIONS or option in found or math.isnan(price):
            expected = f"OPTION=DOLLARS, each option once, of {', '.join(PURCHASE_OPTIONS)}"
            raise InputError(f"--{PRICE.name}", "", expected, text)
        found[option] = price
    return found


class MachineCollector:
    """``perf_machine_info``, ``_price_dollars_per_hour`` and ``_purchase_info``.

    Flags and inventory are read at start; what the cloud says fills what they leave open, as soon
    as it is known.
    """

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._given = read_given(flags)
        try:
            cpuinfo = sources.proc("cpuinfo").read().decode("utf-8", "replace")
        except OSError:
            cpuinfo = ""
        sources.forget(sources.proc("cpuinfo"))
        self._host = host_identity(cpuinfo)
        self._series = FactSeries(self._samples)
        self._cloud = CloudInBackground(sources.paths.sysfs, flags)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        return [self._series.block(self._cloud.identity())]

    def _samples(self, cloud: Identity) -> list[tuple[Series, bytes]]:
        flags, inventory = self._given
        return series_of(resolve(flags=flags, inventory=inventory, cloud=cloud, host=self._host))


class MachineOfInventory(MachineCollector):
    """The same, and the inventory can be read anew: prices change, and exporters stay."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        super().__init__(sources, flags)
        self._flags = flags

    def reload(self) -> None:
        """Read the inventory anew.

        Raises:
            InputError: it is unusable; everything stays as it was.
        """
        self._given = read_given(self._flags)
        self._series = FactSeries(self._samples)


def create(sources: Sources, flags: Flags) -> MachineCollector:
    """The collector, with what can be reloaded where there is an inventory."""
    made = MachineOfInventory if flags[INVENTORY.variable] else MachineCollector
    return made(sources, flags)


SPECIFICATION = CollectorSpecification(
    "machine",
    FAMILIES,
    create,
    flags=(INVENTORY, NAME, PROVIDER, REGION, ZONE, INSTANCE_TYPE, PRICE, CLOUD, ENDPOINT),
)
