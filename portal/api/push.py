"""/api/v1/push: browsers that get alerts; each key, or person, sees its own."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from pydantic import Field, StringConstraints

from portal.api.callers import Reader
from portal.api.forms import AnswerForm, Cursor, Limit, RequestForm, problems
from portal.api.state import state_of
from portal.pushing import subscriptions
from portal.pushing.addresses import MOST_CHARACTERS
from portal.pushing.alertmanager import PushMessage, packed
from portal.pushing.queue import PushQueue, ToPush
from portal.pushing.subscriptions import Browser
from portal.records.faults import ConflictError
from portal.records.pushing import PushSubscriptionRow

router = APIRouter(prefix="/api/v1/push", tags=["push"])
_Text = StringConstraints(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_-]+=*$")
_POINT = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"


class BrowserKeys(RequestForm):
    """What messages are encrypted for."""

    p256dh: Annotated[str, _Text] = Field(examples=[_POINT])
    auth: Annotated[str, _Text] = Field(examples=["BTBZMqHH6r4Tts7J_aSIgg"])


class NewSubscription(RequestForm):
    """What ``PushSubscription.toJSON()`` gives in a browser."""

    endpoint: Annotated[str, StringConstraints(min_length=1, max_length=MOST_CHARACTERS)] = Field(
        examples=["https://push.example.com/v2/Zm9y"]
    )
    keys: BrowserKeys
    expirationTime: float | None = Field(  # noqa: N815 - as browsers call it
        default=None, description="Of the browser; it is not used."
    )


class SubscriptionAnswer(AnswerForm):
    """A subscription, without what lets push to it."""

    id: uuid.UUID
    service: str = Field(description="The host of its push service.", examples=["push.example.com"])
    created_at: datetime
    created_by: str


class SubscriptionsPage(AnswerForm):
    """Subscriptions of the caller, the oldest first."""

    subscriptions: list[SubscriptionAnswer]
    next_cursor: str | None


class PushKeyAnswer(AnswerForm):
    """What a browser is told as ``applicationServerKey``."""

    public_key: str = Field(examples=[_POINT])


class QueuedAnswer(AnswerForm):
    """How many messages wait to be sent now."""

    queued: int = Field(examples=[1])


def queue_of(request: Request) -> PushQueue:
    """The queue of a portal that pushes.

    Raises:
        ConflictError: this one does not.
    """
    found = state_of(request).push
    if found is None:
        raise ConflictError("this portal pushes nothing: it was started without --push-contact")
    return found


@router.get("/key", responses=problems(409))
def key(request: Request, caller: Reader) -> PushKeyAnswer:
    """The public key of this portal, for a browser that subscribes."""
    del caller
    return PushKeyAnswer(public_key=queue_of(request).poster.key.public_text)


@router.get("/subscriptions", responses=problems())
def listed(
    request: Request, caller: Reader, limit: Limit = 100, cursor: Cursor = None
) -> SubscriptionsPage:
    """List the caller's own subscriptions."""
    with state_of(request).reading(caller) as session:
        found = subscriptions.listed(session, caller, cursor, limit)
        rows = [_shown(row) for row in found.rows]
    return SubscriptionsPage(subscriptions=rows, next_cursor=found.cursor)


@router.post(
    "/subscriptions",
    status_code=201,
    responses={
        200: {"model": SubscriptionAnswer, "description": "It was subscribed already."},
        **problems(409),
    },
)
def subscribe(
    request: Request, response: Response, caller: Reader, said: NewSubscription
) -> SubscriptionAnswer:
    """Have alerts pushed to a browser; the same browser again gets its new keys."""
    rules = queue_of(request).poster.rules
    browser = Browser(said.endpoint, said.keys.p256dh, said.keys.auth)
    with state_of(request).writing(caller) as session:
        row, new = subscriptions.add(session, caller, browser, rules)
        answer = _shown(row)
    response.status_code = 201 if new else 200
    return answer


@router.delete("/subscriptions/{subscription}", status_code=204, responses=problems(404))
def unsubscribe(request: Request, caller: Reader, subscription: uuid.UUID) -> None:
    """Have nothing pushed to one of the caller's browsers any more."""
    with state_of(request).writing(caller) as session:
        subscriptions.remove(session, caller, subscription)


@router.post("/subscriptions/{subscription}/try", status_code=202, responses=problems(404, 409))
def try_it(request: Request, caller: Reader, subscription: uuid.UUID) -> QueuedAnswer:
    """Push a message to one of the caller's browsers, to see whether it comes."""
    with state_of(request).reading(caller) as session:
        row = subscriptions.find(session, caller, subscription)
        found = to_push(row, _TRIAL)
    if not queue_of(request).put([found]):
        raise ConflictError("too many messages wait to be sent: try again later")
    return QueuedAnswer(queued=1)


def to_push(row: PushSubscriptionRow, message: PushMessage) -> ToPush:
    """A message for the browser of a row."""
    browser = Browser(row.endpoint, row.p256dh, row.auth)
    return ToPush(row.tenant_id, row.id, browser, message)


_TRIAL = PushMessage(
    packed(
        {
            "title": "PerfAnalysis",
            "body": "Alerts come to this browser.",
            "tag": "try",
            "status": "resolved",
            "severity": "",
        }
    ),
    "try",
    "normal",
)


def _shown(row: PushSubscriptionRow) -> SubscriptionAnswer:
    return SubscriptionAnswer(
        id=row.id,
        service=urlsplit(row.endpoint).hostname or "",
        created_at=row.created_at,
        created_by=row.created_by,
    )
