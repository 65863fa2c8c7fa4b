"""What calls of predictions and of plans share: the forms of their answers."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from msgspec import Struct

from perfanalysis.portal_client.calls import Moment, QueryValue

FILTERS = ("machine", "machine_id", "since", "until", "limit", "cursor")


class PortalWork(Struct, frozen=True):
    """A document that was kept; ``summary`` is what stands in it, in short."""

    id: uuid.UUID
    digest: str
    size: int
    received_at: Moment
    received_by: str
    summary: dict[str, Any] | None


class PortalWorkPage(Struct, frozen=True):
    """Documents, the newest first."""

    documents: list[PortalWork]
    next_cursor: str | None


class TakenWork(Struct, frozen=True):
    """The document, and whether it is new there."""

    new: bool
    document: PortalWork


@dataclass(frozen=True)
class WorkChoice:
    """Which documents; either ``machine`` (its name in them) or ``machine_id`` (an entry).

    ``since`` and ``until`` are of when they came, with a zone; ``until`` is excluded.
    """

    machine: str | None = None
    machine_id: uuid.UUID | None = None
    since: datetime | None = None
    until: datetime | None = None

    def query(self, page: int) -> dict[str, QueryValue]:
        """As fields, with so many rows at once."""
        said = {
            name: value.isoformat() if isinstance(value, datetime) else value and str(value)
            for name, value in asdict(self).items()
        }
        return {**said, "limit": page}
