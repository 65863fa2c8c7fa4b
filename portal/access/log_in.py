"""The ways in for people: a password, or a key."""

from __future__ import annotations

from sqlalchemy import Engine

from portal.access import passwords, people, sessions
from portal.access.authentication import NoEntryError, authenticate
from portal.access.guesses import GuessLimits
from portal.access.sessions import BegunSession
from portal.records.people import UserRow
from portal.records.session_look_up import look_up_user
from portal.records.tenant_session import TenantSession
from portal.records.tenants import ACTIVE, TenantRow

_LONGEST_NAME = 200
WRONG = "the name or the password is wrong"


class TooManyGuessesError(Exception):
    """Wait before the next one.

    Args:
        seconds: for how long.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"too many wrong passwords: try again in {seconds:.0f} seconds")


def by_key(engine: Engine, text: str, request_id: str | None, device: str | None) -> BegunSession:
    """Begin a session for whoever has a key.

    Raises:
        NoEntryError: the key lets nobody in.
    """
    caller, _ = authenticate(engine, text, request_id)
    with TenantSession(engine, caller.tenant, writes=True) as session, session.begin():
        return sessions.begin(session, caller, user=None, device=device)


def by_password(  # noqa: PLR0913, PLR0917 - what a log-in is made of
    engine: Engine,
    guesses: GuessLimits,
    name: str,
    password: str,
    address: str,
    request_id: str | None,
    device: str | None,
) -> BegunSession:
    """Begin a session for a user.

    Args:
        engine: of the portal's database.
        guesses: where they are counted.
        name, password: as they were typed.
        address: that they came from.
        request_id: of the request.
        device: the cookie of a browser that was here before; None: there is none.

    Raises:
        TooManyGuessesError: it is too early for a guess.
        NoEntryError: they let nobody in.
    """
    fits = 0 < len(name) <= _LONGEST_NAME and "\x00" not in name
    found = look_up_user(engine, name) if fits else None
    known = None if found is None else known_device(engine, found[0], device)
    if wait := guesses.take(name, address, known):
        raise TooManyGuessesError(wait)
    if not passwords.is_right(None if found is None else found[0].password, password):
        raise NoEntryError(WRONG, "unknown")
    assert found is not None
    guesses.right(name, address, known)
    return of_user(engine, *found, request_id, known, password)


def of_user(  # noqa: PLR0913, PLR0917 - whose session, and how it is begun
    engine: Engine,
    user: UserRow,
    tenant: TenantRow,
    request_id: str | None,
    device: str | None,
    password: str | None = None,
) -> BegunSession:
    """Begin a session for a user who has proven who they are.

    Raises:
        NoEntryError: they are disabled, or their tenant is suspended.
    """
    if user.disabled_at is not None:
        raise NoEntryError("this user is disabled: ask who looks after the portal", "revoked", 403)
    if tenant.state != ACTIVE:
        raise NoEntryError("the tenant of this user is suspended", "suspended", 403)
    caller = sessions.of_user(tenant, user, request_id)
    with TenantSession(engine, tenant.id, writes=True) as session, session.begin():
        row = people.named(session, user.name, lock=True)
        if password is not None and row.password and passwords.is_outdated(row.password):
            row.password = passwords.hashed(password)
        return sessions.begin(session, caller, user=row, device=device)


def known_device(engine: Engine, user: UserRow, device: str | None) -> str | None:
    """The cookie of a browser, where the user came in by it before; else None."""
    if device is None:
        return None
    with TenantSession(engine, user.tenant_id) as session:
        return device if sessions.knows_device(session, user.id, device) else None
