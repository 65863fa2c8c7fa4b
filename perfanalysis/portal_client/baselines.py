"""Tests that others are held against, by name."""

from __future__ import annotations

from collections.abc import Iterator
from types import NoneType

from msgspec import Struct

from perfanalysis.portal_client.calls import Moment, PortalCall
from perfanalysis.portal_client.connection import PortalConnection

_PATH = "/api/v1/baselines"


class TestToPin(Struct, frozen=True):
    """Which test it is to be."""

    test_id: str


class PortalBaseline(Struct, frozen=True):
    """A baseline."""

    name: str
    test_id: str
    pinned_at: Moment
    pinned_by: str


class PortalBaselinesPage(Struct, frozen=True):
    """Baselines by name."""

    baselines: list[PortalBaseline]
    next_cursor: str | None


LIST = PortalCall("GET", _PATH, PortalBaselinesPage, ("limit", "cursor"))
PIN = PortalCall("PUT", f"{_PATH}/{{name}}", PortalBaseline, body=TestToPin)
UNPIN = PortalCall("DELETE", f"{_PATH}/{{name}}", NoneType)


def baselines(portal: PortalConnection) -> Iterator[PortalBaseline]:
    """All baselines, by name."""
    return portal.rows(LIST, lambda page: page.baselines)


def pin(portal: PortalConnection, name: str, test_id: str) -> PortalBaseline:
    """Pin a test as the baseline of that name, in place of what was."""
    return portal.ask(PIN, {"name": name}, body=TestToPin(test_id))


def unpin(portal: PortalConnection, name: str) -> None:
    """Forget a baseline; its test stays."""
    portal.ask(UNPIN, {"name": name})
