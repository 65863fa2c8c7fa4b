"""Plans of `perfanalysis workload plan`: hand in, list, look at, take away."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from types import NoneType

from perfanalysis.portal_client.calls import PortalCall
from perfanalysis.portal_client.connection import PortalConnection
from perfanalysis.portal_client.work_documents import (
    FILTERS,
    PortalWork,
    PortalWorkPage,
    TakenWork,
    WorkChoice,
)

# Where a browser finds one, by its id.
PAGES = "/workload/plans"
_PATH = "/api/v1/plans"
_ONE = f"{_PATH}/{{plan}}"

TAKE = PortalCall("POST", _PATH, TakenWork, media_types=("application/json",))
LIST = PortalCall("GET", _PATH, PortalWorkPage, FILTERS)
SEE = PortalCall("GET", _ONE, PortalWork)
DOCUMENT = PortalCall("GET", f"{_ONE}/document", bytes)
REMOVE = PortalCall("DELETE", _ONE, NoneType)


def plans(
    portal: PortalConnection, choice: WorkChoice | None = None, page: int = 100
) -> Iterator[PortalWork]:
    """All of a choice, the newest first; ``page``: rows that are asked for at once."""
    query = (choice or WorkChoice()).query(page)
    return portal.rows(LIST, lambda found: found.documents, query=query)


def plan(portal: PortalConnection, plan_id: uuid.UUID) -> PortalWork:
    """What is known of one."""
    return portal.ask(SEE, {"plan": str(plan_id)})


def document(portal: PortalConnection, plan_id: uuid.UUID) -> bytes:
    """The document, byte for byte."""
    return portal.ask(DOCUMENT, {"plan": str(plan_id)})


def hand_in(portal: PortalConnection, content: bytes) -> TakenWork:
    """Hand a document in; the same one again changes nothing."""
    return portal.ask(TAKE, body=content)


def remove(portal: PortalConnection, plan_id: uuid.UUID) -> None:
    """Take one away."""
    portal.ask(REMOVE, {"plan": str(plan_id)})
