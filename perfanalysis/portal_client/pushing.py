"""Browsers that get alerts, and alerts for them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from types import NoneType

from msgspec import Struct

from perfanalysis.portal_client.calls import Moment, PortalCall
from perfanalysis.portal_client.connection import PortalConnection

_PATH = "/api/v1/push"


class KeysOfBrowser(Struct, frozen=True):
    """What messages are encrypted for, base64url."""

    p256dh: str
    auth: str


class BrowserToSubscribe(Struct, frozen=True, rename={"expiration_time": "expirationTime"}):
    """What ``PushSubscription.toJSON()`` gives in a browser."""

    endpoint: str
    keys: KeysOfBrowser
    expiration_time: float | None = None


class SubscribedBrowser(Struct, frozen=True):
    """A subscription; ``service`` is the host of its push service."""

    id: uuid.UUID
    service: str
    created_at: Moment
    created_by: str


class SubscribedBrowsersPage(Struct, frozen=True):
    """Subscriptions of the caller, the oldest first."""

    subscriptions: list[SubscribedBrowser]
    next_cursor: str | None


class KeyForBrowsers(Struct, frozen=True):
    """What a browser is told as ``applicationServerKey``."""

    public_key: str


class QueuedPushes(Struct, frozen=True):
    """How many messages wait to be sent now."""

    queued: int


class TakenAlerts(Struct, frozen=True):
    """How many alerts came, and to how many browsers they go."""

    alerts: int
    browsers: int


KEY = PortalCall("GET", f"{_PATH}/key", KeyForBrowsers)
LIST = PortalCall("GET", f"{_PATH}/subscriptions", SubscribedBrowsersPage, ("limit", "cursor"))
SUBSCRIBE = PortalCall("POST", f"{_PATH}/subscriptions", SubscribedBrowser, body=BrowserToSubscribe)
UNSUBSCRIBE = PortalCall("DELETE", f"{_PATH}/subscriptions/{{subscription}}", NoneType)
TRY = PortalCall("POST", f"{_PATH}/subscriptions/{{subscription}}/try", QueuedPushes)
ALERTS = PortalCall("POST", "/api/v1/alerts", TakenAlerts, media_types=("application/json",))


def key(portal: PortalConnection) -> str:
    """The public key of the portal, base64url."""
    return portal.ask(KEY).public_key


def subscriptions(portal: PortalConnection) -> Iterator[SubscribedBrowser]:
    """The caller's own, the oldest first."""
    return portal.rows(LIST, lambda page: page.subscriptions)


def subscribe(portal: PortalConnection, browser: BrowserToSubscribe) -> SubscribedBrowser:
    """Have alerts pushed to a browser."""
    return portal.ask(SUBSCRIBE, body=browser)


def unsubscribe(portal: PortalConnection, subscription: uuid.UUID) -> None:
    """Have nothing pushed to one of the caller's browsers any more."""
    portal.ask(UNSUBSCRIBE, {"subscription": str(subscription)})


def try_it(portal: PortalConnection, subscription: uuid.UUID) -> QueuedPushes:
    """Push a message to one of the caller's browsers."""
    return portal.ask(TRY, {"subscription": str(subscription)})


def hand_in_alerts(portal: PortalConnection, webhook: bytes) -> TakenAlerts:
    """Push what Alertmanager's webhook sends to the tenant's browsers."""
    return portal.ask(ALERTS, body=webhook)
