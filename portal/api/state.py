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
from portal.access.rate_limits import RateLimits
from portal.api.outside import Outside
from portal.live.hub import LiveHub
from portal.printing.printer import Printer
from portal.pushing.queue import PushQueue
from portal.records.tenant_session import TenantSession


class IntakeCounter(Protocol):
    """Told what became of each document, and of regressions by it.

    A document is ``new``, ``known`` or ``refused``; a regression has its new state.
    """

    def count_document(self, outcome: str) -> None:
        """Count one."""

    def count_regression(self, state: str) -> None:
        """Count a regression that has come to a state."""


@dataclass(frozen=True)
class PortalState:
    """What a running portal has.

    Attributes:
        engine: of its database.
        counter: of documents.
        limits: of rate, by key and session.
        guesses: of passwords.
        secure: whether browsers reach it by https, through a proxy or not.
        printer: makes PDFs.
    """

    engine: Engine
    counter: IntakeCounter
    live: LiveHub
    limits: RateLimits = field(default_factory=RateLimits)
    guesses: GuessLimits = field(default_factory=GuessLimits)
    secure: bool = False
    printer: Printer = field(default_factory=Printer)
    # None: this portal pushes nothing.
    push: PushQueue | None = None
    outside: Outside = field(default_factory=Outside)

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
