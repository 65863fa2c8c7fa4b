"""Who asks: the key of a request, its tenant, and what both may do."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True)
class Caller:
    """Who asks.

    Attributes:
        tenant: whose records they see.
        tenant_name: of it.
        is_operator: whether the tenant is the operator's.
        key: the key's id; None: no key, but a user, or a person at the portal's own machine.
        shown: how history, notes and the audit log call them; holds no secret.
        scopes: what the key, or what is allowed to the user, lets them do.
        request_id: of the request; None: there is none.
        session: of a browser; None: the key came with the request, or there is none.
        user: whose session it is; None: a key's.
    """

    tenant: uuid.UUID
    tenant_name: str
    is_operator: bool
    key: uuid.UUID | None
    shown: str
    scopes: frozenset[str]
    request_id: str | None = None
    session: uuid.UUID | None = None
    user: uuid.UUID | None = None
