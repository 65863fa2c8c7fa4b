"""Who this machine is and what an hour of it costs: flags, else the inventory, else the cloud."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from exporter.collecting import CollectorSpecification, Flag, Flags
from exporter.collectors.machine.cloud import CLOUD, ENDPOINT, CloudInBackground
from exporter.sources.files import Sources
from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Series
from perfanalysis.exposition.rendering import Block, FactSeries, format_value
from perfanalysis.machines.cloud.identity import CloudIdentity
from perfanalysis.machines.cpuinfo import cpu_model
from perfanalysis.machines.families import INFO, PRICE, PURCHASE

if TYPE_CHECKING:
    from perfanalysis.machines.inventory import InventoryMachine

INVENTORY = Flag("machine.inventory", None, "Inventory file that holds this machine.")
NAME = Flag("machine.name", None, "This machine's name in the inventory.")
PROVIDER = Flag("machine.provider", None, "Who runs the machine: aws, azure, gcp, oci, ...")
REGION = Flag("machine.region", None, "The provider's region.")
ZONE = Flag("machine.zone", None, "The provider's zone.")
INSTANCE_TYPE = Flag("machine.instance-type", None, "The provider's name of the machine's shape.")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the machine is; what is unknown is an empty string, an unknown price is absent."""

    name: str
    provider: str
    region: str
    zone: str
    instance_type: str
    prices: Mapping[str, float]


def identify(flags: Flags) -> Identity:
    """The machine as the inventory has it, with what flags say instead.

    Raises:
        InputError: the inventory is unusable, or has no machine of that name.
    """
    name = flags[NAME.variable] or ""
    machine: InventoryMachine | None = None
    if path := flags[INVENTORY.variable]:
        if not name:
            raise InputError(f"--{NAME.name}", "", "a machine's name beside --machine.inventory")
        # The YAML parser is 1.2 MB of resident memory, so only those who need it load it.
        from perfanalysis.machines import inventory

        machine = inventory.read_inventory(Path(path)).machine(name)

    def text(flag: Flag, otherwise: str) -> str:
        return flags[flag.variable] or otherwise

    return Identity(
        name,
        text(PROVIDER, machine.provider if machine else ""),
        text(REGION, machine.region if machine else ""),
        text(ZONE, machine.zone if machine else ""),
        text(INSTANCE_TYPE, machine.instance_type if machine else ""),
        machine.prices if machine else {},
    )


class MachineCollector:
    """``perf_machine_info``, ``_price_dollars_per_hour`` and ``_purchase_info``.

    Flags and inventory are read at start; what the cloud says fills what they leave open, as soon
    as it is known.
    """

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._machine = identify(flags)
        try:
            self._model = cpu_model(sources.proc("cpuinfo").read().decode("utf-8", "replace"))
        except OSError:
            self._model = ""
        sources.forget(sources.proc("cpuinfo"))
        self._kernel = os.uname()
        self._series = FactSeries(self._samples)
        self._cloud = CloudInBackground(sources.paths.sysfs, flags)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        return [self._series.block(self._cloud.identity())]

    def _samples(self, cloud: CloudIdentity) -> list[tuple[Series, bytes]]:
        machine = self._machine
        said = CloudIdentity(machine.provider, machine.region, machine.zone, machine.instance_type)
        where = said.completed_by(cloud)
        labels = (
            machine.name or self._kernel.nodename,
            where.provider,
            where.region,
            where.zone,
            where.instance_type,
            self._model,
            self._kernel.machine,
        )
        samples = [(Series(INFO, labels), b"1")]
        samples += [
            (Series(PRICE, (purchase,)), format_value(price))
            for purchase, price in machine.prices.items()
        ]
        if where.purchase:
            samples.append((Series(PURCHASE, (where.purchase,)), b"1"))
        return samples


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
        self._machine = identify(self._flags)
        self._series = FactSeries(self._samples)


def create(sources: Sources, flags: Flags) -> MachineCollector:
    """The collector, with what can be reloaded where there is an inventory."""
    made = MachineOfInventory if flags[INVENTORY.variable] else MachineCollector
    return made(sources, flags)


SPECIFICATION = CollectorSpecification(
    "machine",
    (INFO, PRICE, PURCHASE),
    create,
    flags=(INVENTORY, NAME, PROVIDER, REGION, ZONE, INSTANCE_TYPE, CLOUD, ENDPOINT),
)
