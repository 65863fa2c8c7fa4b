"""Machines: register, list, look at, change, retire, merge."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from perfanalysis.portal_client.calls import Moment, PortalCall
from perfanalysis.portal_client.connection import PortalConnection

_PATH = "/api/v1/machines"
_PAGE = ("limit", "cursor")


class PortalMachine(Struct, frozen=True, kw_only=True):
    """A machine; None is unknown. ``memory_bytes`` are bytes; times are UTC."""

    id: uuid.UUID
    name: str
    provider: str | None
    region: str | None
    zone: str | None
    instance_type: str | None
    logical_cpus: int | None
    memory_bytes: int | None
    architecture: str | None
    address: str | None
    owner: str | None
    labels: dict[str, str] | None
    state: str
    merged_into: uuid.UUID | None
    created_at: Moment
    updated_at: Moment
    revision: int


class PortalMachinesPage(Struct, frozen=True, kw_only=True):
    """Machines by name."""

    machines: list[PortalMachine]
    next_cursor: str | None


class MachineToRegister(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a machine tells of itself; what is None changes nothing."""

    name: str
    provider: str | None = None
    region: str | None = None
    zone: str | None = None
    instance_type: str | None = None
    logical_cpus: int | None = None
    memory_bytes: int | None = None
    architecture: str | None = None
    address: str | None = None
    owner: str | None = None
    labels: dict[str, str] | None = None


class MachineEdit(Struct, frozen=True, kw_only=True):
    """Fields to set: what is UNSET stays, None makes unknown.

    ``revision`` is the one that was seen: with another one now, nothing is changed.
    """

    provider: str | UnsetType | None = UNSET
    region: str | UnsetType | None = UNSET
    zone: str | UnsetType | None = UNSET
    instance_type: str | UnsetType | None = UNSET
    logical_cpus: int | UnsetType | None = UNSET
    memory_bytes: int | UnsetType | None = UNSET
    architecture: str | UnsetType | None = UNSET
    address: str | UnsetType | None = UNSET
    owner: str | UnsetType | None = UNSET
    labels: dict[str, str] | UnsetType | None = UNSET
    revision: int | UnsetType | None = UNSET


class MachineMerge(Struct, frozen=True):
    """Which entry takes tests and name of another one."""

    into: uuid.UUID


class RegisteredMachine(Struct, frozen=True):
    """The machine; ``outcome`` is created, updated or unchanged."""

    outcome: str
    machine: PortalMachine


class PortalMachineChange(Struct, frozen=True):
    """A change: by field, what was and what is."""

    changed_at: Moment
    changed_by: str
    action: str
    fields: dict[str, Any] | None


class PortalMachineChanges(Struct, frozen=True):
    """Changes, the newest first."""

    changes: list[PortalMachineChange]
    next_cursor: str | None


@dataclass(frozen=True)
class MachineChoice:
    """Which machines; those that fulfil all that is said."""

    name: str | None = None
    provider: str | None = None
    region: str | None = None
    zone: str | None = None
    instance_type: str | None = None
    owner: str | None = None
    state: str | None = None


_FILTERS = ("name", "provider", "region", "zone", "instance_type", "owner", "state")
REGISTER = PortalCall("POST", _PATH, RegisteredMachine, body=MachineToRegister)
LIST = PortalCall("GET", _PATH, PortalMachinesPage, (*_FILTERS, *_PAGE))
SEE = PortalCall("GET", f"{_PATH}/{{machine}}", PortalMachine)
CHANGE = PortalCall("PATCH", f"{_PATH}/{{machine}}", PortalMachine, body=MachineEdit)
HISTORY = PortalCall("GET", f"{_PATH}/{{machine}}/history", PortalMachineChanges, _PAGE)
RETIRE = PortalCall("POST", f"{_PATH}/{{machine}}/retire", PortalMachine)
RESTORE = PortalCall("POST", f"{_PATH}/{{machine}}/restore", PortalMachine)
MERGE = PortalCall("POST", f"{_PATH}/{{machine}}/merge", PortalMachine, body=MachineMerge)


def machines(
    portal: PortalConnection, choice: MachineChoice | None = None
) -> Iterator[PortalMachine]:
    """All machines of a choice, by name."""
    query = asdict(choice or MachineChoice())
    return portal.rows(LIST, lambda page: page.machines, query=query)


def machine(portal: PortalConnection, of: uuid.UUID) -> PortalMachine:
    """One machine."""
    return portal.ask(SEE, _one(of))


def register(portal: PortalConnection, told: MachineToRegister) -> RegisteredMachine:
    """Have an entry for a machine; said again, nothing changes."""
    return portal.ask(REGISTER, body=told)


def change(portal: PortalConnection, of: uuid.UUID, edit: MachineEdit) -> PortalMachine:
    """Set fields of a machine."""
    return portal.ask(CHANGE, _one(of), body=edit)


def history(portal: PortalConnection, of: uuid.UUID) -> Iterator[PortalMachineChange]:
    """How a machine's entry changed, the newest first."""
    return portal.rows(HISTORY, lambda page: page.changes, _one(of))


def retire(portal: PortalConnection, of: uuid.UUID) -> PortalMachine:
    """Retire a machine; it keeps its tests."""
    return portal.ask(RETIRE, _one(of))


def restore(portal: PortalConnection, of: uuid.UUID) -> PortalMachine:
    """Bring a retired machine back."""
    return portal.ask(RESTORE, _one(of))


def merge(portal: PortalConnection, of: uuid.UUID, into: uuid.UUID) -> PortalMachine:
    """Merge a machine's entry into another one, which is answered."""
    return portal.ask(MERGE, _one(of), body=MachineMerge(into))


def _one(of: uuid.UUID) -> dict[str, str]:
    return {"machine": str(of)}
