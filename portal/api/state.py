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
from portal.api.outside import Outside
from portal.api.readiness import Readiness
from portal.live.hub import LiveHub
from portal.load_tests.group_intake import GroupIntake
from portal.printing.printer import Printer
from portal.pushing.queue import PushQueue
from portal.records import tenant_batch
from portal.records.tenant_session import TenantSession


class PortalCounter(Protocol):
    """Told what became of documents and keys."""

    def count_document(self, outcome: str) -> None:
        """Count a document: ``new``, ``known`` or ``refused``."""

    def count_refused_key(self, reason: str) -> None:
        """Count a request that a key did not let in, by ``authentication.REASONS``."""

    def count_limited(self) -> None:
        """Count a request beyond the rate of its key."""

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
        oidc: the identity provider by which users log in; None: none.
    """

    engine: Engine
    counter: PortalCounter
    live: LiveHub
    limits: RateLimits = field(default_factory=RateLimits)
    guesses: GuessLimits = field(default_factory=GuessLimits)
    secure: bool = False
    printer: Printer = field(default_factory=Printer)
    # None: this portal pushes nothing.
    push: PushQueue | None = None
    outside: Outside = field(default_factory=Outside)
    oidc: OidcProvider | None = None
    group: GroupIntake | None = field(init=False)
    readiness: Readiness = field(init=False)

    def __post_init__(self) -> None:
        """Documents go in groups where the database has what these need."""
        object.__setattr__(self, "readiness", Readiness(self.engine))
        grouped = tenant_batch.fits(self.engine)
        object.__setattr__(self, "group", GroupIntake(self.engine) if grouped else None)

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
