"""What all endpoints share: the database, the limits, and how an endpoint gets a session."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from fastapi import Request
from sqlalchemy import Engine

from portal.access.caller import Caller
from portal.access.guesses import GuessLimits
from portal.access.oidc.provider import OidcProvider
from portal.access.rate_limits import RateLimits
from portal.records.tenant_session import TenantSession


class IntakeCounter(Protocol):
    """Told what became of each document: ``new``, ``known`` or ``refused``."""

    def count_document(self, outcome: str) -> None:
        """Count one."""


@dataclass(frozen=True)
class PortalState:
    """What a running portal has.

    Attributes:
        engine: of its database.
        counter: of documents.
        limits: of rate, by key and session.
        guesses: of passwords.
        secure: whether browsers reach it by https, through a proxy or not.
        oidc: the identity provider by which users log in; None: none.
    """

    engine: Engine
    counter: IntakeCounter
    limits: RateLimits = field(default_factory=RateLimits)
    guesses: GuessLimits = field(default_factory=GuessLimits)
    secure: bool = False
    oidc: OidcProvider | None = None

    @contextmanager
    def reading(self, caller: Caller) -> Iterator[TenantSession]:
        """A session of the caller's tenant, for looking."""
        with TenantSession(self.engine, caller.tenant) as session:
            yield session

    @contextmanager
    def writing(self, caller: Caller) -> Iterator[TenantSession]:
        """One that commits at its end: what is answered afterwards is kept."""
        with TenantSession(self.engine, caller.tenant, writes=True) as session, session.begin():
            yield session


def state_of(request: Request) -> PortalState:
    """The portal that a request came to."""
    state = request.app.state.portal
    assert isinstance(state, PortalState)
    return state
