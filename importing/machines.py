"""Whose recording a file is: the labels that all its series get, and who the machine was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Series
from perfanalysis.machines.cpuinfo import cpu_model
from perfanalysis.machines.families import series_of
from perfanalysis.machines.identity import Identity
from perfanalysis.machines.inventory import Inventory, InventoryMachine


@dataclass(frozen=True)
class SystemInfo:
    """A machine's CPUs: their model's name, how many there are, and ``node_cpu_info`` of each.

    ``pairs`` is empty where the file does not tell which CPUs share a core.
    """

    model: str
    cpus: int
    pairs: Sequence[tuple[Series, bytes]] = ()


@dataclass(frozen=True)
class ImportedMachine:
    """A machine of an import; what is unknown is empty.

    Attributes:
        identity: as flags and inventory have it.
        cpus: how many CPUs it has, where that is known.
        container_names: names of containers by their ids.
        system: what a file beside the recordings says of its CPUs.
    """

    identity: Identity
    cpus: int | None = None
    container_names: dict[str, str] = field(default_factory=dict)
    system: SystemInfo | None = None

    @property
    def name(self) -> str:
        """The label ``instance``."""
        return self.identity.name

    def series(self, cpu_model: str) -> list[tuple[Series, bytes]]:
        """``perf_machine_info`` and its prices, as the exporter shows them."""
        recorded = Identity(cpu_model=cpu_model)
        return series_of(self.identity.completed_by(recorded))


def cpu_model_in(texts: dict[str, bytes]) -> str:
    """The CPU's name that a snapshot's /proc/cpuinfo tells; "" when it has none."""
    return cpu_model(texts.get("/proc/cpuinfo", b"").decode("utf-8", "replace"))


# Of files that are named in one message.
_MOST_NAMED = 8


def check_named(paths: Sequence[Path], inventory: Inventory) -> None:
    """See that each file is named for a machine; all that are not are said at once.

    Raises:
        InputError: some are not.
    """
    lost = [str(path) for path in paths if not _machines_of(path, inventory)]
    if not lost:
        return
    more = f" and {len(lost) - _MOST_NAMED} more" if len(lost) > _MOST_NAMED else ""
    known = ", ".join(machine.name for machine in inventory.machines)
    raise InputError(
        f"{', '.join(lost[:_MOST_NAMED])}{more}",
        "",
        f"file names that begin with a machine's name of {inventory.path} ({known}): add the"
        " machines there, leave the files out, or give --machine",
    )


def machine_of(path: Path, inventory: Inventory) -> InventoryMachine:
    """The machine that a file is named for: the longest name that its own begins with.

    Raises:
        InputError: no machine has such a name.
    """
    check_named([path], inventory)
    return max(_machines_of(path, inventory), key=lambda machine: len(machine.name))


def _machines_of(path: Path, inventory: Inventory) -> list[InventoryMachine]:
    return [
        machine
        for machine in inventory.machines
        if path.name == machine.name
        or path.name.startswith((f"{machine.name}.", f"{machine.name}-"))
    ]
