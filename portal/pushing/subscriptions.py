"""Subscriptions of browsers: of one tenant, and within it of whoever made them."""

from __future__ import annotations

import hashlib
import uuid
from typing import NamedTuple

from sqlalchemy import Select, func, select

from portal.access.audit import write_down
from portal.access.caller import Caller
from portal.pushing.addresses import AddressRules
from portal.pushing.encryption import check_keys
from portal.records import paging
from portal.records.base import microseconds, moment
from portal.records.faults import ConflictError, NotThereError
from portal.records.paging import ListOrder, Paged
from portal.records.pushing import PushSubscriptionRow
from portal.records.tenant_session import TenantSession

MOST_OF_ONE_OWNER, MOST_OF_A_TENANT = 20, 1000
OLDEST = ListOrder(
    (PushSubscriptionRow.created_at, PushSubscriptionRow.id),
    (lambda value: moment(paging.whole(value)), lambda value: uuid.UUID(paging.word(value))),
)


class Browser(NamedTuple):
    """What a browser gave when it subscribed."""

    endpoint: str
    p256dh: str
    auth: str


def owner_of(caller: Caller) -> str:
    """Whose subscriptions are whose within a tenant."""
    return caller.shown if caller.key is None else f"key {caller.key}"


def add(
    session: TenantSession, caller: Caller, browser: Browser, rules: AddressRules
) -> tuple[PushSubscriptionRow, bool]:
    """Keep a subscription; the same browser again gets its new keys.

    Returns:
        The row, and whether it is new.

    Raises:
        InputError: its endpoint may not be pushed to, or its keys are none.
        ConflictError: there are too many, or it is another person's.
    """
    rules.check(browser.endpoint, "request: endpoint")
    check_keys(browser.p256dh, browser.auth, "request")
    digest = hashlib.sha256(browser.endpoint.encode()).hexdigest()
    owner = owner_of(caller)
    known = session.scalar(select(PushSubscriptionRow).where(PushSubscriptionRow.digest == digest))
    if known is not None:
        if known.owner != owner:
            raise ConflictError("this browser was subscribed by another one: unsubscribe there")
        known.p256dh, known.auth = browser.p256dh, browser.auth
        session.flush()
        return known, False
    _check_room(session, owner)
    row = PushSubscriptionRow(
        owner=owner, digest=digest, created_by=caller.shown, **browser._asdict()
    )
    session.add(row)
    session.flush()
    write_down(session, caller, "push.subscribe", str(row.id))
    return row, True


def _check_room(session: TenantSession, owner: str) -> None:
    count = select(func.count(PushSubscriptionRow.id))
    own = session.scalar(count.where(PushSubscriptionRow.owner == owner)) or 0
    if own >= MOST_OF_ONE_OWNER:
        raise ConflictError(f"there are {own} subscriptions of yours: unsubscribe one first")
    if (session.scalar(count) or 0) >= MOST_OF_A_TENANT:
        raise ConflictError(f"this tenant has {MOST_OF_A_TENANT} subscriptions, and no room")


def listed(
    session: TenantSession, caller: Caller, cursor: str | None, limit: int
) -> Paged[PushSubscriptionRow]:
    """The caller's own, the oldest first.

    Raises:
        InputError: the cursor is none.
    """
    asked = paging.page(_of(owner_of(caller)), OLDEST, cursor, limit)
    return paging.paged(
        session.scalars(asked).all(),
        limit,
        lambda row: [microseconds(row.created_at), str(row.id)],
    )


def find(session: TenantSession, caller: Caller, of: uuid.UUID) -> PushSubscriptionRow:
    """One of the caller's own.

    Raises:
        NotThereError: there is none.
    """
    row = session.scalar(_of(owner_of(caller)).where(PushSubscriptionRow.id == of))
    if row is None:
        raise NotThereError("subscription", of)
    return row


def remove(session: TenantSession, caller: Caller, of: uuid.UUID) -> None:
    """Forget one of the caller's own.

    Raises:
        NotThereError: there is none.
    """
    session.delete(find(session, caller, of))
    write_down(session, caller, "push.unsubscribe", str(of))


def all_of(session: TenantSession) -> list[PushSubscriptionRow]:
    """Those of a tenant, which are at most ``MOST_OF_A_TENANT``."""
    asked = select(PushSubscriptionRow).order_by(PushSubscriptionRow.created_at)
    return list(session.scalars(asked.limit(MOST_OF_A_TENANT)))


def forget(session: TenantSession, of: uuid.UUID) -> None:
    """Forget one that its push service does not know any more; again, nothing happens."""
    row = session.scalar(select(PushSubscriptionRow).where(PushSubscriptionRow.id == of))
    if row is not None:
        session.delete(row)


def _of(owner: str) -> Select[PushSubscriptionRow]:
    return select(PushSubscriptionRow).where(PushSubscriptionRow.owner == owner)
