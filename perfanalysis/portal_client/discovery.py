"""Machines as Prometheus discovers them."""

from __future__ import annotations

from msgspec import Struct

from perfanalysis.portal_client.calls import PortalCall
from perfanalysis.portal_client.connection import PortalConnection


class ScrapedGroup(Struct, frozen=True):
    """Addresses with labels in common."""

    targets: list[str]
    labels: dict[str, str]


TARGETS = PortalCall(
    "GET", "/api/v1/discovery/prometheus", list[ScrapedGroup], ("provider", "region", "owner")
)


def targets(
    portal: PortalConnection,
    provider: str | None = None,
    region: str | None = None,
    owner: str | None = None,
) -> list[ScrapedGroup]:
    """All active machines that have an address."""
    return portal.ask(TARGETS, query={"provider": provider, "region": region, "owner": owner})
