"""Tenants, for the operator; and a tenant's own export."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from msgspec import UNSET, Struct, UnsetType

from perfanalysis.portal_client.calls import Moment, PortalCall
from perfanalysis.portal_client.connection import PortalConnection

_PATH = "/api/v1/tenants"


class TenantToMake(Struct, frozen=True):
    """What it is to be called."""

    name: str


class PortalTenant(Struct, frozen=True):
    """A tenant; ``state`` is active, suspended or deleting."""

    id: uuid.UUID
    name: str
    state: str
    is_operator: bool
    created_at: Moment


class MadeTenant(Struct, frozen=True):
    """A new tenant with its first key, which is never shown again."""

    tenant: PortalTenant
    key: str

    def __repr__(self) -> str:
        return f"MadeTenant({self.tenant.name})"


class PortalTenantsPage(Struct, frozen=True):
    """Tenants by name."""

    tenants: list[PortalTenant]
    next_cursor: str | None


class DeletedTenant(Struct, frozen=True):
    """The proof: rows that were deleted, and those that are there afterwards, by table."""

    tenant: uuid.UUID
    name: str
    deleted: dict[str, int]
    left: dict[str, int]


class TenantFile(Struct, frozen=True):
    """A file that sets a program up for a tenant; ``use`` says what to do with it."""

    name: str
    program: str
    use: str
    text: str


class TenantFiles(Struct, frozen=True):
    """The files, which hold no key."""

    snippets: list[TenantFile]


class QuotaToSet(Struct, frozen=True, omit_defaults=True):
    """What a tenant may have at most; None is any number, and what is left out stays."""

    tests_per_day: int | UnsetType | None = UNSET
    machines: int | UnsetType | None = UNSET
    stored_bytes: int | UnsetType | None = UNSET
    keys: int | UnsetType | None = UNSET


class QuotaPart(Struct, frozen=True):
    """What may be, None for any number, and what is there."""

    most: int | None
    used: int


class TenantQuota(Struct, frozen=True):
    """What a tenant may have, and has."""

    tests_per_day: QuotaPart
    machines: QuotaPart
    stored_bytes: QuotaPart
    keys: QuotaPart


LIST = PortalCall("GET", _PATH, PortalTenantsPage, ("limit", "cursor"))
MAKE = PortalCall("POST", _PATH, MadeTenant, body=TenantToMake)
SUSPEND = PortalCall("POST", f"{_PATH}/{{tenant}}/suspend", PortalTenant)
RESUME = PortalCall("POST", f"{_PATH}/{{tenant}}/resume", PortalTenant)
EXPORT = PortalCall("GET", f"{_PATH}/{{tenant}}/export", bytes)
QUOTA = PortalCall("GET", f"{_PATH}/{{tenant}}/quota", TenantQuota)
LIMIT = PortalCall("PATCH", f"{_PATH}/{{tenant}}/quota", TenantQuota, body=QuotaToSet)
DELETE = PortalCall("DELETE", f"{_PATH}/{{tenant}}", DeletedTenant, ("confirm",))
SNIPPETS = PortalCall(
    "GET", f"{_PATH}/{{tenant}}/snippets", TenantFiles, ("portal_url", "metrics_url")
)


def tenants(portal: PortalConnection) -> Iterator[PortalTenant]:
    """All tenants, by name."""
    return portal.rows(LIST, lambda page: page.tenants)


def make(portal: PortalConnection, name: str) -> MadeTenant:
    """Make a tenant and its first key."""
    return portal.ask(MAKE, body=TenantToMake(name))


def suspend(portal: PortalConnection, tenant: uuid.UUID) -> PortalTenant:
    """Have none of its keys let anybody in."""
    return portal.ask(SUSPEND, _one(tenant))


def resume(portal: PortalConnection, tenant: uuid.UUID) -> PortalTenant:
    """Let its keys in again."""
    return portal.ask(RESUME, _one(tenant))


def export(portal: PortalConnection, tenant: uuid.UUID) -> Iterator[bytes]:
    """All that a tenant has, JSON a line, in pieces of any length."""
    return portal.pieces(EXPORT, _one(tenant))


def snippets(
    portal: PortalConnection, tenant: uuid.UUID, portal_url: str, metrics_url: str
) -> list[TenantFile]:
    """Files that set Prometheus, agents, Helm, Grafana and engines up for a tenant."""
    query = {"portal_url": portal_url, "metrics_url": metrics_url}
    return portal.ask(SNIPPETS, _one(tenant), query).snippets


def quota(portal: PortalConnection, tenant: uuid.UUID) -> TenantQuota:
    """What a tenant may have, and has."""
    return portal.ask(QUOTA, _one(tenant))


def limit(portal: PortalConnection, tenant: uuid.UUID, quota: QuotaToSet) -> TenantQuota:
    """Set what a tenant may have."""
    return portal.ask(LIMIT, _one(tenant), body=quota)


def delete(portal: PortalConnection, tenant: uuid.UUID, name: str) -> DeletedTenant:
    """Delete a tenant with everything; its name confirms it."""
    return portal.ask(DELETE, _one(tenant), {"confirm": name})


def _one(tenant: uuid.UUID) -> dict[str, str]:
    return {"tenant": str(tenant)}
