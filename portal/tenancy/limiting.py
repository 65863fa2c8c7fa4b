"""What a tenant may have at most: set by the operator, seen by both."""

from __future__ import annotations

import uuid
from dataclasses import replace

from sqlalchemy import Engine

from portal.access import quotas
from portal.access.audit import write_down
from portal.access.caller import Caller
from portal.access.quotas import UsedQuota
from portal.records.tenant_session import TenantSession
from portal.tenancy import provisioning


def of_tenant(engine: Engine, tenant: uuid.UUID) -> dict[str, UsedQuota]:
    """What a tenant may have and has, by ``quotas.NAMES``."""
    with TenantSession(engine, tenant) as session:
        return quotas.shown(session)


def set_limits(
    engine: Engine, caller: Caller, tenant: uuid.UUID, limits: dict[str, int | None]
) -> dict[str, UsedQuota]:
    """Set what a tenant may have; what is there already stays, even beyond it.

    Args:
        engine: of the portal's database.
        caller: an operator.
        tenant: which.
        limits: by ``quotas.NAMES``, None for any number; those left out stay.

    Returns:
        As ``of_tenant``.

    Raises:
        NotThereError: there is no such tenant.
    """
    name = provisioning.find(engine, tenant).name
    with TenantSession(engine, tenant, writes=True) as own, own.begin():
        quotas.set_limits(own, limits)
        write_down(own, replace(caller, tenant=tenant), "tenant.quota", name, **limits)
    if caller.tenant != tenant:
        with TenantSession(engine, caller.tenant, writes=True) as theirs, theirs.begin():
            write_down(theirs, caller, "tenant.quota", name, **limits)
    return of_tenant(engine, tenant)
