"""Whether a portal is well."""

from __future__ import annotations

from msgspec import Struct

from perfanalysis.portal_client.calls import PortalCall
from perfanalysis.portal_client.connection import PortalConnection


class PortalHealth(Struct, frozen=True):
    """That it is well."""

    status: str = "ok"


ALIVE = PortalCall("GET", "/healthz", PortalHealth)
READY = PortalCall("GET", "/readyz", PortalHealth)


def ready(portal: PortalConnection) -> PortalHealth:
    """The portal and its database answer."""
    return portal.ask(READY)
