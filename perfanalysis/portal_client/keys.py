"""Keys of the caller's tenant."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from msgspec import Struct

from perfanalysis.portal_client.calls import Moment, PortalCall
from perfanalysis.portal_client.connection import PortalConnection

_PATH = "/api/v1/keys"


class KeyToMake(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a key is to be; ``expires_at`` None: by revocation alone."""

    name: str
    scopes: list[str]
    expires_at: Moment | None = None
    requests_per_minute: int = 6000


class KeyOverlap(Struct, frozen=True):
    """How long the old key goes on, seconds."""

    overlap_seconds: int = 86400


class PortalKey(Struct, frozen=True, kw_only=True):
    """What is public of a key; ``usable``: neither revoked nor expired."""

    id: uuid.UUID
    prefix: str
    name: str
    scopes: list[str]
    requests_per_minute: int
    created_at: Moment
    created_by: str
    expires_at: Moment | None
    last_used_at: Moment | None
    revoked_at: Moment | None
    replaced_by: uuid.UUID | None
    usable: bool


class PortalKeysPage(Struct, frozen=True):
    """Keys, the oldest first."""

    keys: list[PortalKey]
    next_cursor: str | None


class MadeKey(Struct, frozen=True):
    """A new key, whose text is never shown again."""

    key: str
    about: PortalKey

    def __repr__(self) -> str:
        return f"MadeKey({self.about.prefix})"


class OwnKey(Struct, frozen=True):
    """Who the caller is."""

    tenant: str
    tenant_id: uuid.UUID
    is_operator: bool
    key: str
    scopes: list[str]


LIST = PortalCall("GET", _PATH, PortalKeysPage, ("limit", "cursor"))
OWN = PortalCall("GET", f"{_PATH}/own", OwnKey)
MAKE = PortalCall("POST", _PATH, MadeKey, body=KeyToMake)
ROTATE = PortalCall("POST", f"{_PATH}/{{key}}/rotate", MadeKey, body=KeyOverlap)
REVOKE = PortalCall("DELETE", f"{_PATH}/{{key}}", PortalKey)


def keys(portal: PortalConnection) -> Iterator[PortalKey]:
    """All keys, the oldest first, those that are over too."""
    return portal.rows(LIST, lambda page: page.keys)


def own(portal: PortalConnection) -> OwnKey:
    """Whose key this is, and what it may do."""
    return portal.ask(OWN)


def make(portal: PortalConnection, terms: KeyToMake) -> MadeKey:
    """Make a key."""
    return portal.ask(MAKE, body=terms)


def rotate(portal: PortalConnection, key: uuid.UUID, overlap_seconds: int) -> MadeKey:
    """Make a key in place of another one, which goes on until the overlap is over."""
    return portal.ask(ROTATE, {"key": str(key)}, body=KeyOverlap(overlap_seconds))


def revoke(portal: PortalConnection, key: uuid.UUID) -> PortalKey:
    """End a key now."""
    return portal.ask(REVOKE, {"key": str(key)})
