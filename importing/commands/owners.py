"""The flags that say whose recordings files are, and the machine of each file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from importing.machines import ImportedMachine, SystemInfo, check_named, machine_of
from importing.old import system_info
from importing.results import ToldOwner
from perfanalysis import json_faults
from perfanalysis.errors import InputError
from perfanalysis.flag_groups import grouped
from perfanalysis.machines import given
from perfanalysis.machines.identity import UNKNOWN, Identity
from perfanalysis.machines.inventory import Inventory, read_inventory
from perfanalysis.renamed_option import RenamedOption


@dataclass(frozen=True)
class Owners:
    """What was given on the command line; see the help of each flag."""

    machine: str = ""
    provider: str = ""
    region: str = ""
    zone: str = ""
    instance_type: str = ""
    inventory: Path | None = None
    cpus: int | None = None
    container_names: Path | None = None
    system_info: Path | None = None

    def of(self, files: Sequence[Path], told: Mapping[Path, ToldOwner]) -> list[ImportedMachine]:
        """The machine of each file.

        Args:
            files: their paths.
            told: of each load-test result among them, whose it says that it is.

        Raises:
            InputError: a file that flags name is unusable, or does not hold the machine; or flags
                contradict what a result says.
        """
        names = _container_names(self.container_names)
        owners = self._identities(files, told)
        systems = self._systems(files, owners)
        found = []
        for identity in owners:
            system = systems.get(identity.name)
            cpus = self.cpus or (system.cpus if system else None)
            found.append(ImportedMachine(identity, cpus, names, system))
        return found

    def _identities(self, files: Sequence[Path], told: Mapping[Path, ToldOwner]) -> list[Identity]:
        texts = {field: getattr(self, _FIELDS.get(field, field)) for field in given.TEXTS}
        flags = given.from_flags(texts, {}, _spelled)
        inventory = read_inventory(self.inventory) if self.inventory else None
        if inventory is not None and not flags.name:
            check_named([path for path in files if _by_its_name(path, told, inventory)], inventory)
        found = []
        for path in files:
            result = told.get(path, NOTHING_TOLD)
            _check_agreement(path, flags, result.identity)
            held = _held(path, flags.name or result.identity.name, result, inventory)
            named = flags.completed_by(held)
            if inventory is None:
                named = named.completed_by(Identity(name=result.identity.name or result.hostname))
            if not named.name:
                expected = "the machine's name (or --inventory, a file that holds the machines)"
                raise InputError("--machine", "", f"{expected}, whose {path} is")
            found.append(named)
        return _completed(found, files, told)

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


NOTHING_TOLD = ToldOwner(UNKNOWN, "")


def _by_its_name(path: Path, told: Mapping[Path, ToldOwner], inventory: Inventory) -> bool:
    """Whether nothing but its own name says whose a file is."""
    result = told.get(path, NOTHING_TOLD)
    return not result.identity.name and not inventory.has(result.hostname)


def _check_agreement(path: Path, flags: Identity, told: Identity) -> None:
    """See that a result is of the machine that flags say.

    Raises:
        InputError: it names another one.
    """
    for field in given.TEXTS:
        said, found = getattr(flags, field), getattr(told, field)
        if said and found and said != found:
            expected = f"{found!r}, which {path} says that it is of (leave the flag out)"
            raise InputError(_spelled(field), "", expected, said)


def _held(path: Path, name: str, result: ToldOwner, inventory: Inventory | None) -> Identity:
    """What the inventory has of a file's machine, by its name, else by the file's own.

    Raises:
        InputError: it has none of it.
    """
    if inventory is None:
        return UNKNOWN
    if name and name == result.identity.name and not inventory.has(name):
        expected = f"a machine of {inventory.path} ({', '.join(inventory.names)})"
        raise InputError(str(path), "machine.name", expected, name)
    if not name and inventory.has(result.hostname):
        name = result.hostname
    machine = inventory.machine(name) if name else machine_of(path, inventory)
    return machine.identity()


def _completed(
    owners: Sequence[Identity], files: Sequence[Path], told: Mapping[Path, ToldOwner]
) -> list[Identity]:
    """The same, with what the results of each machine tell where nobody else does."""
    known: dict[str, Identity] = {}
    for owner, path in zip(owners, files, strict=True):
        if path in told:
            known[owner.name] = known.get(owner.name, owner).completed_by(told[path].identity)
    return [owner.completed_by(known.get(owner.name, owner)) for owner in owners]


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
_OLD = {"inventory": ("--machines",)}


def _option(name: str, text: str, kind: click.ParamType[Any] | None = None) -> Callable[..., Any]:
    flag = f"--{name.replace('_', '-')}"
    default = None if kind else ""
    old = _OLD.get(name, ())
    return click.option(
        flag,
        f"owner_{name}",
        cls=RenamedOption,
        old_names=old,
        type=kind,
        default=default,
        help=text,
    )


OPTIONS = (
    _option(
        "machine",
        "Name of the machine: the label instance of all files. Load-test results that name theirs "
        "do not need it, and are refused where it is another one.",
    ),
    _option("provider", "Who ran the machine: aws, azure, gcp, oci, ..."),
    _option("region", "The provider's region."),
    _option("zone", "The provider's zone."),
    _option("instance_type", "The provider's name of the machine's shape."),
    _option(
        "inventory",
        "Inventory: a file with the machines' labels and prices. Without --machine, a load-test "
        "result is of the machine that it names, and each other file of the one that its own name "
        "begins with.",
        _FILE,
    ),
    _option(
        "cpus",
        "How many CPUs the machine had, for portal CSVs, vmstat, dstat and clouds, which do not "
        "say it.",
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
