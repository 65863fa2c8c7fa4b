"""Load tests: hand in, list, look at."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from msgspec import Struct

from perfanalysis.portal_client.calls import Moment, PortalCall, QueryValue
from perfanalysis.portal_client.connection import PortalConnection

_PATH = "/api/v1/tests"


class PortalTest(Struct, frozen=True, kw_only=True):
    """A load test's figures, work units per second at full load; None is unknown; times are UTC.

    ``max_*`` is the median and the bounds of its 95 % interval, ``work_*`` the mean with its own.
    """

    test_id: str
    machine_id: uuid.UUID
    kernel: str
    kernel_version: str
    profile: str
    provider: str | None
    region: str | None
    instance_type: str | None
    measured_at: Moment
    received_at: Moment
    received_by: str
    duration_seconds: float | None
    valid: bool | None
    max_units_per_second: float | None
    max_lower: float | None
    max_upper: float | None
    work_units_per_second: float | None
    work_lower: float | None
    work_upper: float | None
    single_units_per_second: float | None
    price_dollars_per_hour: float | None
    purchase: str | None


class PortalTestsPage(Struct, frozen=True):
    """Tests, the newest first."""

    tests: list[PortalTest]
    next_cursor: str | None


class TakenTest(Struct, frozen=True):
    """The test, and whether it is new there."""

    new: bool
    test: PortalTest


@dataclass(frozen=True)
class TestChoice:
    """Which tests; those that fulfil all that is said. Times have a zone; ``until`` is excluded."""

    kernel: str | None = None
    profile: str | None = None
    machine_id: uuid.UUID | None = None
    provider: str | None = None
    region: str | None = None
    instance_type: str | None = None
    valid: bool | None = None
    since: datetime | None = None
    until: datetime | None = None


TAKE = PortalCall("POST", _PATH, TakenTest, media_types=("application/json",))
LIST = PortalCall(
    "GET",
    _PATH,
    PortalTestsPage,
    (
        "kernel",
        "profile",
        "machine_id",
        "provider",
        "region",
        "instance_type",
        "valid",
        "since",
        "until",
        "limit",
        "cursor",
    ),
)
SEE = PortalCall("GET", f"{_PATH}/{{test_id}}", PortalTest)
DOCUMENT = PortalCall("GET", f"{_PATH}/{{test_id}}/document", bytes)


def tests(
    portal: PortalConnection, choice: TestChoice | None = None, page: int = 100
) -> Iterator[PortalTest]:
    """All tests of a choice, the newest first; ``page``: rows that are asked for at once."""
    query: dict[str, QueryValue] = {
        name: value.isoformat() if isinstance(value, datetime) else _plain(value)
        for name, value in asdict(choice or TestChoice()).items()
    }
    return portal.rows(LIST, lambda found: found.tests, query=query | {"limit": page})


def test(portal: PortalConnection, test_id: str) -> PortalTest:
    """One test."""
    return portal.ask(SEE, {"test_id": test_id})


def document(portal: PortalConnection, test_id: str) -> bytes:
    """The result document, byte for byte."""
    return portal.ask(DOCUMENT, {"test_id": test_id})


def hand_in(portal: PortalConnection, content: bytes) -> TakenTest:
    """Hand a result document in; the same one again changes nothing."""
    return portal.ask(TAKE, body=content)


def _plain(value: object) -> QueryValue:
    return value if value is None or isinstance(value, bool) else str(value)
