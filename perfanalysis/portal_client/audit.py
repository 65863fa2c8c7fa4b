"""Who did what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from perfanalysis.portal_client.calls import Moment, PortalCall
from perfanalysis.portal_client.connection import PortalConnection


class PortalAct(Struct, frozen=True):
    """One act."""

    recorded_at: Moment
    actor: str
    action: str
    subject: str | None
    request_id: str | None
    facts: dict[str, Any] | None


class PortalActs(Struct, frozen=True):
    """Acts, the newest first."""

    entries: list[PortalAct]
    next_cursor: str | None


LIST = PortalCall("GET", "/api/v1/audit", PortalActs, ("limit", "cursor"))
EXPORT = PortalCall("GET", "/api/v1/audit/export", bytes)


def acts(portal: PortalConnection) -> Iterator[PortalAct]:
    """All acts, the newest first."""
    return portal.rows(LIST, lambda page: page.entries)


def export(portal: PortalConnection) -> Iterator[bytes]:
    """The whole log, JSON a line, in pieces of any length."""
    return portal.pieces(EXPORT)
