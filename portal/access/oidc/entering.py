"""Whose identity it is: a user's who came in by it before, or who may by their address, once."""

from __future__ import annotations

import uuid

from sqlalchemy import Engine, select

from portal.access import log_in, sessions
from portal.access.audit import write_down
from portal.access.authentication import NoEntryError
from portal.access.oidc.id_tokens import OidcIdentity
from portal.access.sessions import BegunSession
from portal.records.people import UserRow
from portal.records.tenant_session import TenantSession
from portal.records.tenants import ACTIVE, TenantRow

NOBODY = (
    "no user here has that identity: log in there by the e-mail address that the portal knows, "
    "or ask who looks after the portal"
)
UNVERIFIED = (
    "no user here has that identity, and the provider sends no e-mail address that it has "
    "verified: verify it there, then log in again"
)


def by_identity(
    engine: Engine,
    tenant: uuid.UUID,
    identity: OidcIdentity,
    request_id: str | None,
    device: str | None,
) -> BegunSession:
    """Begin a session for whom a provider names.

    Args:
        engine: of the portal's database.
        tenant: whose users come in by that provider; others are not looked for.
        identity: as the provider's token proves it.
        request_id: of the request.
        device: the cookie of a browser that was here before; None: there is none.

    Raises:
        NoEntryError: it lets nobody in.
    """
    with TenantSession(engine, tenant, writes=True) as session, session.begin():
        row = session.scalar(select(TenantRow))
        if row is None or row.state != ACTIVE:
            raise NoEntryError(
                "the tenant whose users come in by that provider is suspended", "unknown", 403
            )
        user = _bound(session, identity) or _bind(session, row, identity, request_id)
    known = None if device is None else log_in.known_device(engine, user, device)
    return log_in.of_user(engine, user, row, request_id, known)


def _bound(session: TenantSession, identity: OidcIdentity) -> UserRow | None:
    return session.scalar(
        select(UserRow).where(
            UserRow.oidc_issuer == identity.issuer, UserRow.oidc_subject == identity.subject
        )
    )


def _bind(
    session: TenantSession, tenant: TenantRow, identity: OidcIdentity, request_id: str | None
) -> UserRow:
    """The user whom an address lets in for the first time: from now on the subject alone counts."""
    if identity.email is None:
        raise NoEntryError(UNVERIFIED, "unknown", 403)
    asked = select(UserRow).where(UserRow.oidc_email == identity.email)
    user = session.scalar(asked.with_for_update())
    if user is None or user.oidc_subject is not None or user.oidc_issuer is not None:
        raise NoEntryError(NOBODY, "unknown", 403)
    if user.disabled_at is None:
        user.oidc_issuer, user.oidc_subject = identity.issuer, identity.subject
        caller = sessions.of_user(tenant, user, request_id)
        write_down(session, caller, "user.bind", user.name, issuer=identity.issuer)
    return user
