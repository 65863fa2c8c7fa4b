"""What people add to tests: notes, and baselines by a name."""

from __future__ import annotations

import re
import uuid

from sqlalchemy import select

from perfanalysis.errors import InputError
from portal.access.audit import write_down
from portal.access.caller import Caller
from portal.load_tests import listing
from portal.records import paging
from portal.records.base import microseconds, moment, now
from portal.records.faults import NotThereError
from portal.records.fitting import check_fits
from portal.records.load_tests import BaselineRow, NoteRow
from portal.records.paging import ListOrder, Paged
from portal.records.tenant_session import TenantSession

OLDEST = ListOrder(
    (NoteRow.written_at, NoteRow.id),
    (lambda value: moment(paging.whole(value)), lambda value: uuid.UUID(paging.word(value))),
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
BY_NAME = ListOrder((BaselineRow.name,), (paging.word,))


def add_note(session: TenantSession, caller: Caller, test_id: str, text: str) -> NoteRow:
    """Say something of a test.

    Raises:
        NotThereError, InputError: there is no such test; the text cannot be kept.
    """
    check_fits(NoteRow, {"text": text}, "request")
    row = NoteRow(
        test_id=listing.find(session, test_id).test_id, text=text, written_by=caller.shown
    )
    session.add(row)
    session.flush()
    return row


def notes(session: TenantSession, test_id: str, cursor: str | None, limit: int) -> Paged[NoteRow]:
    """A page of a test's notes, the oldest first.

    Raises:
        NotThereError, InputError: there is no such test; the cursor is none.
    """
    listing.find(session, test_id)
    asked = select(NoteRow).where(NoteRow.test_id == test_id)
    found = session.scalars(paging.page(asked, OLDEST, cursor, limit)).all()
    return paging.paged(found, limit, lambda row: [microseconds(row.written_at), str(row.id)])


def remove_note(session: TenantSession, caller: Caller, test_id: str, note: uuid.UUID) -> None:
    """Take a note away.

    Raises:
        NotThereError: the test has no such note.
    """
    asked = select(NoteRow).where(NoteRow.id == note, NoteRow.test_id == test_id)
    row = session.scalar(asked)
    if row is None:
        raise NotThereError("note", note)
    session.delete(row)
    write_down(session, caller, "note.remove", test_id, written_by=row.written_by)


def pin(session: TenantSession, caller: Caller, name: str, test_id: str) -> BaselineRow:
    """Have a baseline of that name be a test, whatever it was.

    Raises:
        NotThereError: there is no such test.
    """
    listing.find(session, test_id)
    asked = select(BaselineRow).where(BaselineRow.name == name).with_for_update()
    row = session.scalar(asked)
    before = None if row is None else row.test_id
    if row is None:
        row = BaselineRow(name=name, test_id=test_id, pinned_by=caller.shown)
        session.add(row)
    elif before != test_id:
        row.test_id, row.pinned_at, row.pinned_by = test_id, now(), caller.shown
    if before != test_id:
        write_down(session, caller, "baseline.pin", name, test_id=test_id, before=before)
    session.flush()
    return row


def unpin(session: TenantSession, caller: Caller, name: str) -> None:
    """Forget a baseline; its test stays.

    Raises:
        NotThereError: there is none of that name.
    """
    row = baseline(session, name)
    session.delete(row)
    write_down(session, caller, "baseline.unpin", name, test_id=row.test_id)


def baseline(session: TenantSession, name: str) -> BaselineRow:
    """A baseline by its name.

    Raises:
        NotThereError: there is none of that name.
    """
    row = session.scalar(select(BaselineRow).where(BaselineRow.name == name))
    if row is None:
        raise NotThereError("baseline", name)
    return row


def baselines(session: TenantSession, cursor: str | None, limit: int) -> Paged[BaselineRow]:
    """A page of baselines, by name.

    Raises:
        InputError: the cursor is none.
    """
    found = session.scalars(paging.page(select(BaselineRow), BY_NAME, cursor, limit)).all()
    return paging.paged(found, limit, lambda row: [row.name])


def names_of(session: TenantSession, test_id: str) -> list[str]:
    """The names of the baselines that a test is."""
    asked = select(BaselineRow.name).where(BaselineRow.test_id == test_id)
    return list(session.scalars(asked.order_by(BaselineRow.name)))


def checked_name(name: str) -> str:
    """A name, where a baseline may have it.

    Raises:
        InputError: it may not.
    """
    if not _NAME.fullmatch(name):
        raise InputError("request", "name", "letters, digits and ._-, at most 100", name)
    return name
