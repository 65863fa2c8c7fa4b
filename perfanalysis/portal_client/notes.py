"""What people say of a test."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from types import NoneType

from msgspec import Struct

from perfanalysis.portal_client.calls import Moment, PortalCall
from perfanalysis.portal_client.connection import PortalConnection

_PATH = "/api/v1/tests/{test_id}/notes"


class NoteToAdd(Struct, frozen=True):
    """What is to be said."""

    text: str


class PortalNote(Struct, frozen=True):
    """A note."""

    id: uuid.UUID
    text: str
    written_at: Moment
    written_by: str


class PortalNotesPage(Struct, frozen=True):
    """Notes, the oldest first."""

    notes: list[PortalNote]
    next_cursor: str | None


ADD = PortalCall("POST", _PATH, PortalNote, body=NoteToAdd)
LIST = PortalCall("GET", _PATH, PortalNotesPage, ("limit", "cursor"))
REMOVE = PortalCall("DELETE", f"{_PATH}/{{note}}", NoneType)


def notes(portal: PortalConnection, test_id: str) -> Iterator[PortalNote]:
    """All notes of a test, the oldest first."""
    return portal.rows(LIST, lambda page: page.notes, {"test_id": test_id})


def add(portal: PortalConnection, test_id: str, text: str) -> PortalNote:
    """Add a note."""
    return portal.ask(ADD, {"test_id": test_id}, body=NoteToAdd(text))


def remove(portal: PortalConnection, test_id: str, note: uuid.UUID) -> None:
    """Take a note away."""
    portal.ask(REMOVE, {"test_id": test_id, "note": str(note)})
