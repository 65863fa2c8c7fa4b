"""Take a result document in: once, whatever its sender tries, and for good when it is answered.

The document is read and checked before the transaction begins; test, document and machine are kept
in one. The same document again changes nothing; other content under a known test id is refused.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from perfanalysis.results import reading
from portal.access import quotas
from portal.access.caller import Caller
from portal.inventory.facts import MachineFacts
from portal.inventory.registering import register, successor
from portal.load_tests.figures import figures, machine_of
from portal.records.faults import ConflictError
from portal.records.load_tests import DocumentRow, LoadTestRow
from portal.records.machines import MachineEntryRow
from portal.records.tenant_session import TenantSession

WHERE = "document"


@dataclass(frozen=True)
class Read:
    """A document that was read, and is fit to be kept.

    Attributes:
        values: of ``LoadTestRow``.
        machine: what it says of its machine.
        digest: SHA-256 of its JSON value with sorted keys.
        size: of its bytes as they came.
        packed: these, compressed.
    """

    values: dict[str, Any]
    machine: MachineFacts
    digest: str
    size: int
    packed: bytes


def read(data: bytes) -> Read:
    """Read and check a document.

    Raises:
        InputError: it is none, or cannot be kept; with the field.
    """
    document, value = reading.parse_with_value(data, WHERE)
    return Read(
        figures(document, WHERE),
        machine_of(document, WHERE),
        hashlib.sha256(msgspec.json.encode(value, order="sorted")).hexdigest(),
        len(data),
        zlib.compress(data, 1),
    )


def take(session: TenantSession, caller: Caller, document: Read) -> tuple[LoadTestRow, bool]:
    """Keep a document.

    Args:
        session: that may write; what it has is kept with its commit.
        caller: who handed it in.
        document: of ``read``.

    Returns:
        The test, and whether it is new.

    Raises:
        ConflictError: its test id has another document.
        InputError: its machine cannot be kept.
        QuotaError: the tenant may have no further test.
    """
    known = _known(session, document)
    if known is not None:
        return known, False
    quotas.take_test(session, document.size)
    machine = register(session, caller, document.machine, WHERE).row
    row = LoadTestRow(machine_id=machine.id, received_by=caller.shown, **document.values)
    try:
        with session.begin_nested():
            _add(session, row, document)
    except IntegrityError:
        # Another process took the same one meanwhile.
        known = _known(session, document)
        if known is None:
            raise
        return known, False
    return row, True


def _add(session: TenantSession, row: LoadTestRow, document: Read) -> None:
    session.add(row)
    session.flush()
    _follow_merge(session, row)
    kept = {"digest": document.digest, "size": document.size, "body": document.packed}
    session.add(DocumentRow(test_id=row.test_id, **kept))
    session.flush()


def _follow_merge(session: TenantSession, row: LoadTestRow) -> None:
    """Go to the successor of a machine that was merged since it was found.

    The row that refers to it holds its entry now: who merges it from here on waits, and moves the
    test.
    """
    asked = select(MachineEntryRow).where(MachineEntryRow.id == row.machine_id)
    machine = session.scalars(asked.execution_options(populate_existing=True)).one()
    if machine.merged_into is not None:
        row.machine_id = successor(session, machine).id
        session.flush()


def _known(session: TenantSession, document: Read) -> LoadTestRow | None:
    test_id = document.values["test_id"]
    digest = session.scalar(select(DocumentRow.digest).where(DocumentRow.test_id == test_id))
    if digest is None:
        return None
    if digest != document.digest:
        raise ConflictError(
            f"the test {test_id!r} is here already with another document: a test id is of one run"
        )
    return session.scalars(select(LoadTestRow).where(LoadTestRow.test_id == test_id)).one()
