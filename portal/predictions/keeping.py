"""Keep predictions and plans: once each, byte for byte, and found by the machines in them."""

from __future__ import annotations

import hashlib
import uuid
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.exc import IntegrityError

from portal.access.audit import write_down
from portal.access.caller import Caller
from portal.inventory import changing
from portal.predictions.reading import READERS, ReadWork
from portal.records import paging
from portal.records.base import microseconds, moment, now
from portal.records.faults import NotThereError
from portal.records.machines import MachineEntryRow
from portal.records.paging import ListOrder, Paged
from portal.records.tenant_session import TenantSession
from portal.records.work_documents import WorkDocumentMachineRow, WorkDocumentRow

_READ = (lambda value: moment(paging.whole(value)), lambda value: uuid.UUID(paging.word(value)))
NEWEST = ListOrder((WorkDocumentRow.received_at, WorkDocumentRow.id), _READ, descending=True)
NEWEST_OF_MACHINE = ListOrder(
    (WorkDocumentMachineRow.received_at, WorkDocumentMachineRow.document_id),
    _READ,
    descending=True,
)


@dataclass(frozen=True)
class WorkChosen:
    """Which documents.

    Attributes:
        kind: ``prediction`` or ``plan``.
        names: that a machine in them has; None: any.
        since, until: when they came: from this moment on, and before that one.
    """

    kind: str
    names: Sequence[str] | None = None
    since: datetime | None = None
    until: datetime | None = None


def read(kind: str, data: bytes) -> ReadWork:
    """Read and check a document, before a transaction begins.

    Raises:
        InputError: it is none of that kind; with the field.
    """
    return READERS[kind](data)


def take(
    session: TenantSession, caller: Caller, kind: str, data: bytes, read_: ReadWork
) -> tuple[WorkDocumentRow, bool]:
    """Keep a document; the same bytes again change nothing.

    Args:
        session: that may write.
        caller: who handed it in.
        kind: ``prediction`` or ``plan``.
        data: as it came.
        read_: what ``read`` said of it.

    Returns:
        Its row, and whether it is new.
    """
    digest = hashlib.sha256(data).hexdigest()
    known = _known(session, kind, digest)
    if known is not None:
        return known, False
    row = WorkDocumentRow(
        id=uuid.uuid4(),
        kind=kind,
        digest=digest,
        size=len(data),
        summary=read_.summary,
        received_at=now(),
        received_by=caller.shown,
        body=zlib.compress(data, 1),
    )
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        # Another process took the same one meanwhile.
        known = _known(session, kind, digest)
        if known is None:
            raise
        return known, False
    session.add_all(
        WorkDocumentMachineRow(
            document_id=row.id, machine=name, kind=kind, received_at=row.received_at
        )
        for name in read_.machines
    )
    session.flush()
    return row, True


def documents(
    session: TenantSession, chosen: WorkChosen, cursor: str | None, limit: int
) -> Paged[WorkDocumentRow]:
    """A page of documents, the newest first.

    Args:
        session: of the tenant.
        chosen: which.
        cursor: where the last page ended.
        limit: of rows.

    Raises:
        InputError: the cursor is none.
    """
    if chosen.names is None:
        asked = _came(select(WorkDocumentRow), WorkDocumentRow, chosen)
        rows = session.scalars(paging.page(asked, NEWEST, cursor, limit)).all()
        return paging.paged(rows, limit, lambda row: [microseconds(row.received_at), str(row.id)])
    of_machine = _came(select(WorkDocumentMachineRow), WorkDocumentMachineRow, chosen).where(
        WorkDocumentMachineRow.machine.in_(chosen.names)
    )
    found = session.scalars(paging.page(of_machine, NEWEST_OF_MACHINE, cursor, limit)).all()
    page = paging.paged(
        found, limit, lambda row: [microseconds(row.received_at), str(row.document_id)]
    )
    ids = dict.fromkeys(row.document_id for row in page.rows)
    known = {
        row.id: row
        for row in session.scalars(select(WorkDocumentRow).where(WorkDocumentRow.id.in_(ids)))
    }
    # One that was taken away meanwhile is none.
    return Paged([known[one] for one in ids if one in known], page.cursor)


def _came(
    asked: Select[Any],
    row: type[WorkDocumentRow] | type[WorkDocumentMachineRow],
    chosen: WorkChosen,
) -> Select[Any]:
    asked = asked.where(row.kind == chosen.kind)
    if chosen.since is not None:
        asked = asked.where(row.received_at >= chosen.since)
    return asked if chosen.until is None else asked.where(row.received_at < chosen.until)


def names_of(session: TenantSession, machine: uuid.UUID) -> list[str]:
    """The names under which a machine of the inventory may stand in documents.

    Those of entries that were merged into it are its names, too.

    Raises:
        NotThereError: this tenant has no such machine.
    """
    own = changing.find(session, machine).name
    merged = select(MachineEntryRow.name).where(MachineEntryRow.merged_into == machine)
    return [own, *session.scalars(merged)]


def find(session: TenantSession, kind: str, document: uuid.UUID) -> WorkDocumentRow:
    """A document by its id.

    Raises:
        NotThereError: this tenant has none of that id and kind.
    """
    asked = select(WorkDocumentRow).where(
        WorkDocumentRow.id == document, WorkDocumentRow.kind == kind
    )
    row = session.scalar(asked)
    if row is None:
        raise NotThereError(kind, document)
    return row


def content_of(session: TenantSession, kind: str, document: uuid.UUID) -> bytes:
    """A document, byte for byte as it came.

    Raises:
        NotThereError: this tenant has none of that id and kind.
    """
    return zlib.decompress(find(session, kind, document).body)


def remove(session: TenantSession, caller: Caller, row: WorkDocumentRow) -> None:
    """Take a document away; the audit log says so."""
    of_it = delete(WorkDocumentMachineRow).where(WorkDocumentMachineRow.document_id == row.id)
    session.execute(of_it)
    write_down(session, caller, f"{row.kind}.remove", str(row.id), digest=row.digest)
    session.delete(row)


def _known(session: TenantSession, kind: str, digest: str) -> WorkDocumentRow | None:
    asked = select(WorkDocumentRow).where(
        WorkDocumentRow.kind == kind, WorkDocumentRow.digest == digest
    )
    return session.scalar(asked)
