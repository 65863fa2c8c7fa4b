"""/api/v1/keys: keys of the caller's tenant; the text of one is shown once, when it is made."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import AwareDatetime, Field
from sqlalchemy import select

from perfanalysis.errors import InputError
from portal.access import keys, scopes
from portal.access.keys import REQUESTS_PER_MINUTE, Terms
from portal.api.callers import Admin, Reader
from portal.api.forms import AnswerForm, Cursor, Limit, RequestForm, Word, problems
from portal.api.state import state_of
from portal.records import paging
from portal.records.base import microseconds, moment, now
from portal.records.faults import ConflictError, NotThereError
from portal.records.paging import ListOrder
from portal.records.tenants import KeyRow

router = APIRouter(prefix="/api/v1/keys", tags=["keys"])
OLDEST = ListOrder(
    (KeyRow.created_at, KeyRow.id),
    (lambda value: moment(paging.whole(value)), lambda value: uuid.UUID(paging.word(value))),
)
MOST_OVERLAP = 90 * 86400


class Scope(StrEnum):
    """What a key lets its holder do."""

    READ = "read"
    WRITE = "write"
    REPORT = "report"
    RUN = "run"
    ADMIN = "admin"


class NewKey(RequestForm):
    """What a key is to be."""

    name: Word = Field(examples=["agents"])
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(Scope))] = Field(
        examples=[["report"]]
    )
    expires_at: AwareDatetime | None = Field(default=None, description="Null: by revocation alone.")
    requests_per_minute: Annotated[int, Field(ge=1, le=1_000_000)] = REQUESTS_PER_MINUTE


class Rotation(RequestForm):
    """How long the old key goes on."""

    overlap_seconds: Annotated[int, Field(ge=0, le=MOST_OVERLAP)] = 86400


class KeyAnswer(AnswerForm):
    """What is public of a key."""

    id: uuid.UUID
    prefix: str
    name: str
    scopes: list[str]
    requests_per_minute: int
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="To the minute.")
    revoked_at: datetime | None
    replaced_by: uuid.UUID | None
    usable: bool = Field(description="Neither revoked nor expired.")


class NewKeyAnswer(AnswerForm):
    """A new key. Its text is nowhere else, and never shown again."""

    key: str = Field(examples=["perf_0123456789_..."])
    about: KeyAnswer


class KeysPage(AnswerForm):
    """Keys, the oldest first."""

    keys: list[KeyAnswer]
    next_cursor: str | None


class OwnKeyAnswer(AnswerForm):
    """Who the caller is."""

    tenant: str
    tenant_id: uuid.UUID
    is_operator: bool
    key: str = Field(description="Its name and public prefix.")
    scopes: list[str]


@router.get("", responses=problems())
def listed(request: Request, caller: Admin, limit: Limit = 100, cursor: Cursor = None) -> KeysPage:
    """List keys, those that are over too."""
    with state_of(request).reading(caller) as session:
        asked = paging.page(select(KeyRow), OLDEST, cursor, limit)
        found = paging.paged(
            session.scalars(asked).all(),
            limit,
            lambda row: [microseconds(row.created_at), str(row.id)],
        )
        return KeysPage(keys=[_shown(row) for row in found.rows], next_cursor=found.cursor)


@router.get("/own", responses=problems())
def own(caller: Reader) -> OwnKeyAnswer:
    """Say whose key this is, and what it may do."""
    return OwnKeyAnswer(
        tenant=caller.tenant_name,
        tenant_id=caller.tenant,
        is_operator=caller.is_operator,
        key=caller.shown,
        scopes=[scope for scope in scopes.SCOPES if scope in caller.scopes],
    )


@router.post("", status_code=201, responses=problems(409))
def create(request: Request, response: Response, caller: Admin, said: NewKey) -> NewKeyAnswer:
    """Make a key."""
    if said.expires_at is not None and said.expires_at <= now():
        raise InputError("request", "expires_at", "a moment that is to come")
    names = tuple(scope.value for scope in said.scopes)
    terms = Terms(said.name, names, said.expires_at, said.requests_per_minute)
    with state_of(request).writing(caller) as session:
        row, text = keys.create(session, caller, terms)
        answer = NewKeyAnswer(key=text.text, about=_shown(row))
    response.headers["Cache-Control"] = "no-store"
    return answer


@router.post("/{key}/rotate", status_code=201, responses=problems(404, 409))
def rotate(
    request: Request, response: Response, caller: Admin, key: uuid.UUID, said: Rotation
) -> NewKeyAnswer:
    """Make a key in place of another one, which goes on until the overlap is over."""
    with state_of(request).writing(caller) as session:
        old = keys.find(session, key, lock=True)
        if old is None:
            raise NotThereError("key", key)
        made = keys.rotate(session, caller, old, timedelta(seconds=said.overlap_seconds))
        if made is None:
            raise ConflictError("this key is over, or was rotated already")
        answer = NewKeyAnswer(key=made[1].text, about=_shown(made[0]))
    response.headers["Cache-Control"] = "no-store"
    return answer


@router.delete("/{key}", responses=problems(404))
def revoke(request: Request, caller: Admin, key: uuid.UUID) -> KeyAnswer:
    """End a key now, in all portals of this database."""
    with state_of(request).writing(caller) as session:
        row = keys.find(session, key, lock=True)
        if row is None:
            raise NotThereError("key", key)
        keys.revoke(session, caller, row)
        return _shown(row)


def _shown(row: KeyRow) -> KeyAnswer:
    return KeyAnswer(
        id=row.id,
        prefix=f"perf_{row.prefix}",
        name=row.name,
        scopes=list(scopes.parted(row.scopes)),
        requests_per_minute=row.requests_per_minute,
        created_at=row.created_at,
        created_by=row.created_by,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
        replaced_by=row.replaced_by,
        usable=keys.is_alive(row),
    )
