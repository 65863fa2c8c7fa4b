"""Users of a tenant: made, listed, given another password, disabled."""

from __future__ import annotations

import re
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from perfanalysis.errors import InputError
from portal.access import passwords, scopes, sessions
from portal.access.audit import write_down
from portal.access.caller import Caller
from portal.records.base import now
from portal.records.faults import ConflictError, NotThereError
from portal.records.fitting import check_fits
from portal.records.people import UserRow
from portal.records.tenant_session import TenantSession

# In ASCII: other letters can become those of another address in small letters.
_ADDRESS = re.compile(r"[!-?A-~]{1,64}@[!-?A-~]{1,255}")


class NewUser(NamedTuple):
    """Who is to come in, and how.

    Attributes:
        name: to log in by.
        scopes: of ``scopes.SCOPES``.
        password: None: none lets them in.
        oidc_email: which a provider must have verified at their first log-in; None: none.
        oidc_issuer, oidc_subject: as that provider knows them, where it is known already.
    """

    name: str
    scopes: tuple[str, ...]
    password: str | None = None
    oidc_email: str | None = None
    oidc_issuer: str | None = None
    oidc_subject: str | None = None


def create(session: TenantSession, caller: Caller, new: NewUser) -> UserRow:
    """A new user.

    Raises:
        InputError, ConflictError: something cannot be kept; the name or identity is taken.
    """
    if not new.name or not new.name.isprintable() or new.name != new.name.strip():
        raise InputError("name", "", "printable characters", new.name)
    if new.password is not None:
        passwords.check_new(new.password, "password")
    values = {
        "name": new.name,
        "oidc_email": _address(new.oidc_email),
        "oidc_issuer": new.oidc_issuer,
        "oidc_subject": new.oidc_subject,
    }
    check_fits(UserRow, values, "user")
    row = UserRow(
        **values,
        scopes=scopes.joined(new.scopes),
        password=None if new.password is None else passwords.hashed(new.password),
        created_by=caller.shown,
    )
    session.add(row)
    write_down(session, caller, "user.create", new.name, scopes=list(new.scopes))
    try:
        session.flush()
    except IntegrityError as error:
        raise ConflictError(f"the name {new.name!r}, or that identity, is taken") from error
    return row


def listed(session: TenantSession) -> list[UserRow]:
    """All users, by name."""
    return list(session.scalars(select(UserRow).order_by(UserRow.name)))


def named(session: TenantSession, name: str, *, lock: bool = False) -> UserRow:
    """A user by name.

    Raises:
        NotThereError: this tenant has none.
    """
    asked = select(UserRow).where(UserRow.name == name)
    row = session.scalar(asked.with_for_update() if lock else asked)
    if row is None:
        raise NotThereError("user", name)
    return row


def set_password(session: TenantSession, caller: Caller, row: UserRow, password: str) -> None:
    """Have another password let a user in; all their sessions end, but the caller's.

    Raises:
        InputError: it may not be taken.
    """
    passwords.check_new(password, "password")
    row.password = passwords.hashed(password)
    sessions.end_all_of(session, row.id, but=caller.session)
    write_down(session, caller, "user.password", row.name)


class KnownIdentity(NamedTuple):
    """A person as a provider names them, which whoever looks after the portal knows beforehand."""

    issuer: str
    subject: str


def set_oidc_identity(
    session: TenantSession, caller: Caller, row: UserRow, identity: KnownIdentity
) -> None:
    """Have whom a provider names so come in as a user, and no address.

    Args:
        session: of the tenant, which writes.
        caller: who does it.
        row: the user, whose sessions end.
        identity: which no other user may have.

    Raises:
        InputError, ConflictError: it cannot be kept; it is another user's.
    """
    values = {"oidc_issuer": identity.issuer, "oidc_subject": identity.subject}
    check_fits(UserRow, values, "user")
    row.oidc_email = None
    row.oidc_issuer, row.oidc_subject = identity
    try:
        session.flush()
    except IntegrityError as error:
        raise ConflictError("that identity is another user's") from error
    sessions.end_all_of(session, row.id, but=caller.session)
    write_down(session, caller, "user.oidc", row.name, issuer=identity.issuer)


def set_oidc_email(session: TenantSession, caller: Caller, row: UserRow, email: str | None) -> None:
    """Have an address let a user in by a provider, once; whoever came in so far does not any more.

    Args:
        session: of the tenant, which writes.
        caller: who does it.
        row: the user, whose sessions end.
        email: None: no address, and no provider.

    Raises:
        InputError, ConflictError: it is none; it is another user's.
    """
    row.oidc_email = _address(email)
    row.oidc_issuer = row.oidc_subject = None
    try:
        session.flush()
    except IntegrityError as error:
        raise ConflictError(f"the address {email!r} is another user's") from error
    sessions.end_all_of(session, row.id, but=caller.session)
    write_down(session, caller, "user.oidc", row.name, email=row.oidc_email)


def _address(email: str | None) -> str | None:
    if email is not None and not _ADDRESS.fullmatch(email):
        raise InputError("oidc_email", "", "an e-mail address", email)
    return None if email is None else email.lower()


def set_disabled(session: TenantSession, caller: Caller, row: UserRow, *, disabled: bool) -> None:
    """Let a user in no more, nor any of their sessions; or let them in again."""
    if disabled == (row.disabled_at is not None):
        return
    row.disabled_at = now() if disabled else None
    if disabled:
        sessions.end_all_of(session, row.id)
    write_down(session, caller, "user.disable" if disabled else "user.enable", row.name)
