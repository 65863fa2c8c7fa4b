"""The flags that say whose recordings files are, and the machine of each file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from importing.machines import ImportedMachine, SystemInfo, machine_of
from importing.old import system_info
from perfanalysis import json_faults
from perfanalysis.errors import InputError
from perfanalysis.flag_groups import grouped
from perfanalysis.machines import given
from perfanalysis.machines.identity import Identity, resolve
from perfanalysis.machines.inventory import read_inventory


@dataclass(frozen=True)
class Owners:
    """What was given on the command line; see the help of each flag."""

    machine: str = ""
    provider: str = ""
    region: str = ""
    zone: str = ""
    instance_type: str = ""
    machines: Path | None = None
    cpus: int | None = None
    container_names: Path | None = None
    system_info: Path | None = None

    def of(self, files: Sequence[Path]) -> list[ImportedMachine]:
        """The machine of each file.

        Raises:
            InputError: a file that flags name is unusable, or does not hold the machine.
        """
        names = _container_names(self.container_names)
        owners = self._identities(files)
        systems = self._systems(files, owners)
        found = []
        for identity in owners:
            system = systems.get(identity.name)
            cpus = self.cpus or (system.cpus if system else None)
            found.append(ImportedMachine(identity, cpus, names, system))
        return found

    def _identities(self, files: Sequence[Path]) -> list[Identity]:
        texts = {field: getattr(self, _FIELDS.get(field, field)) for field in given.TEXTS}
        flags = given.from_flags(texts, {}, _spelled)
        if self.machines is None:
            if not flags.name:
                expected = "the machine's name (or --machines, a file that holds the machines)"
                raise InputError("--machine", "", expected)
            return [flags] * len(files)
        inventory = read_inventory(self.machines)
        found = [
            inventory.machine(flags.name) if flags.name else machine_of(path, inventory)
            for path in files
        ]
        return [resolve(flags=flags, inventory=one.identity()) for one in found]

    def _systems(self, files: Sequence[Path], owners: Sequence[Identity]) -> dict[str, SystemInfo]:
        """What is known of CPUs, by the machines' names."""
        if self.system_info:
            known = system_info.read(self.system_info)
            return dict.fromkeys((owner.name for owner in owners), known)
        paths = {
            owner.name: path
            for recording, owner in zip(files, owners, strict=True)
            if (path := system_info.beside(recording))
        }
        return {name: system_info.read(path) for name, path in paths.items()}


# Of the identity's fields: the flags' own word.
_FIELDS = {"name": "machine"}


def _spelled(field: str) -> str:
    return f"--{_FIELDS.get(field, field).replace('_', '-')}"


def _container_names(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    expected = "a JSON object of ids and names"
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(str(path), "", f"{expected} ({error.strerror})") from error
    found = json_faults.parse(data, str(path), expected)
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in found.values()):
        raise InputError(str(path), "", expected)
    return found


_FILE = click.Path(dir_okay=False, path_type=Path)


def _option(name: str, text: str, kind: click.ParamType[Any] | None = None) -> Callable[..., Any]:
    flag = f"--{name.replace('_', '-')}"
    default = None if kind else ""
    return click.option(flag, f"owner_{name}", type=kind, default=default, help=text)


OPTIONS = (
    _option("machine", "Name of the machine: the label instance of all files."),
    _option("provider", "Who ran the machine: aws, azure, gcp, oci, ..."),
    _option("region", "The provider's region."),
    _option("zone", "The provider's zone."),
    _option("instance_type", "The provider's name of the machine's shape."),
    _option(
        "machines",
        "Inventory file with the machines' labels and prices. Without --machine, each file is of "
        "the machine that its own name begins with.",
        _FILE,
    ),
    _option(
        "cpus",
        "How many CPUs the machine had, for portal CSVs, which do not say it.",
        click.IntRange(min=1),
    ),
    _option(
        "container_names",
        "JSON object of container ids and names, where the recording has none.",
        _FILE,
    ),
    _option(
        "system_info",
        "JSON object of the machine's CPUs (model_name, total_cpus, ...), for all files of the "
        "command; default: NAME.system_info.json beside each recording.",
        _FILE,
    ),
)

# A command gets them together as ``owner``.
options = grouped("owner", Owners, OPTIONS, prefix="owner_")
