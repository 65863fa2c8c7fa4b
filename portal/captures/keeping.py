"""Keep captures: files as one piece, ticks as pieces of their day; the same bytes once."""

from __future__ import annotations

import hashlib
import uuid
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, Select, delete, func, select
from sqlalchemy.exc import IntegrityError

from portal.access.audit import write_down
from portal.access.caller import Caller
from portal.captures.looking import FLAT, CaptureLook
from portal.captures.ticks import SentTicks
from portal.records.base import now
from portal.records.captures import CapturePieceRow, CaptureRow
from portal.records.faults import ConflictError
from portal.records.fitting import check_fits
from portal.records.machines import MachineEntryRow
from portal.records.tenant_session import TenantSession

# Of all captures of a tenant, unpacked from the database.
MOST_BYTES = 4 << 30
_ATTEMPTS = 10


@dataclass(frozen=True)
class UploadedFile:
    """A file that was uploaded, beside its bytes.

    Attributes:
        name: that its sender gave it; None: none.
        description: in the sender's words; None: none.
    """

    name: str | None = None
    description: str | None = None


def take_file(  # noqa: PLR0913, PLR0917 - whose, what, and what is known of it
    session: TenantSession,
    caller: Caller,
    machine: MachineEntryRow,
    data: bytes,
    seen: CaptureLook,
    file: UploadedFile,
    most: int = MOST_BYTES,
) -> tuple[CaptureRow, bool]:
    """Keep a file; the same bytes of the same machine again change nothing.

    Returns:
        The capture, and whether it is new.

    Raises:
        ConflictError: the tenant's room is full.
        InputError: its name or description cannot be kept.
    """
    values = {"file_name": file.name or None, "description": file.description or None}
    check_fits(CaptureRow, values, "request")
    digest = hashlib.sha256(data).hexdigest()
    row, new = _capture(
        session,
        caller,
        machine,
        series=digest,
        form=seen.form,
        site_number=seen.site,
        host_number=seen.host,
        **values,
    )
    if new:
        _add(session, row, data, digest, (seen.began, seen.ended), most)
    return row, new


def take_ticks(
    session: TenantSession,
    caller: Caller,
    machine: MachineEntryRow,
    sent: SentTicks,
    most: int = MOST_BYTES,
) -> tuple[CaptureRow, bool]:
    """Keep what came of a tick with what else came of that day; the same again changes nothing.

    Returns:
        The day's capture, and whether anything is new.

    Raises:
        ConflictError: the tenant's room is full.
    """
    day = f"ticks of {sent.began:%Y-%m-%d}"
    row, _ = _capture(session, caller, machine, series=day, form=FLAT)
    digest = hashlib.sha256(sent.data).hexdigest()
    # Others that add to the same day wait here.
    locked = select(CaptureRow).where(CaptureRow.id == row.id).with_for_update()
    row = session.scalars(locked.execution_options(populate_existing=True)).one()
    known = select(CapturePieceRow.digest).where(
        CapturePieceRow.capture_id == row.id, CapturePieceRow.digest == digest
    )
    if session.scalar(known) is not None:
        return row, False
    _add(session, row, sent.data, digest, (sent.began, sent.ended), most)
    return row, True


def remove(session: TenantSession, caller: Caller, row: CaptureRow) -> None:
    """Take a capture away, with its bytes."""
    pieces = delete(CapturePieceRow).where(CapturePieceRow.capture_id == row.id)
    session.execute(pieces.execution_options(synchronize_session=False))
    session.delete(row)
    write_down(session, caller, "capture.remove", str(row.number), size=row.size)
    session.flush()


def content(engine: Engine, tenant: uuid.UUID, capture: uuid.UUID) -> Iterator[bytes]:
    """The bytes of a capture, piece by piece in the order of their times."""
    with TenantSession(engine, tenant) as session:
        for piece in session.scalars(pieces_of(capture).execution_options(yield_per=20)):
            yield zlib.decompress(piece.body)
            session.expunge(piece)


def pieces_of(capture: uuid.UUID) -> Select[CapturePieceRow]:
    """The statement for a capture's pieces, in the order of their times."""
    asked = select(CapturePieceRow).where(CapturePieceRow.capture_id == capture)
    return asked.order_by(CapturePieceRow.began_at, CapturePieceRow.digest)


def _add(  # noqa: PLR0913, PLR0917 - to what, what, and what is known of it
    session: TenantSession,
    row: CaptureRow,
    data: bytes,
    digest: str,
    times: tuple[datetime | None, datetime | None],
    most: int,
) -> None:
    used = session.scalar(select(func.sum(CaptureRow.size))) or 0
    if used + len(data) > most:
        raise ConflictError(
            f"this tenant's captures may have {most} bytes together, and have {int(used)}: "
            "take some away (DELETE /api/v1/captures/ID)"
        )
    began, ended = times
    piece = CapturePieceRow(
        capture_id=row.id,
        digest=digest,
        began_at=began or now(),
        size=len(data),
        body=zlib.compress(data, 1),
    )
    session.add(piece)
    row.size += len(data)
    if began is not None and ended is not None:
        row.began_at = min(began, row.began_at or began)
        row.ended_at = max(ended, row.ended_at or ended)
    session.flush()


def _capture(
    session: TenantSession, caller: Caller, machine: MachineEntryRow, **values: object
) -> tuple[CaptureRow, bool]:
    """The machine's capture of that series, made where there is none, and whether it was made."""
    asked = select(CaptureRow).where(
        CaptureRow.machine_id == machine.id, CaptureRow.series == values["series"]
    )
    for _ in range(_ATTEMPTS):
        known = session.scalar(asked)
        if known is not None:
            return known, False
        number = (session.scalar(select(func.max(CaptureRow.number))) or 0) + 1
        usual = {"size": 0, "received_at": now(), "received_by": caller.shown}
        row = CaptureRow(id=uuid.uuid4(), number=number, machine_id=machine.id, **usual | values)
        try:
            with session.begin_nested():
                session.add(row)
                session.flush()
        except IntegrityError:
            # Somebody else made this one, or took the number.
            continue
        return row, True
    raise ConflictError("many captures come at the same time: try again")


def make_known(
    session: TenantSession, caller: Caller, machine: MachineEntryRow, **values: object
) -> tuple[CaptureRow, bool]:
    """Have an entry for a capture whose bytes are elsewhere; again, nothing changes.

    Args:
        session: that may write.
        caller: who says it.
        machine: whose it is.
        values: of ``CaptureRow``; ``series`` tells it apart.
    """
    return _capture(session, caller, machine, **values)
