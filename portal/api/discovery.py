"""/api/v1/discovery: machines for Prometheus' `http_sd_configs`."""

from __future__ import annotations

from fastapi import APIRouter, Request

from portal.api.callers import Reader
from portal.api.forms import Filter, problems
from portal.api.state import state_of
from portal.inventory import discovery, listing
from portal.inventory.discovery import TargetGroup

router = APIRouter(prefix="/api/v1/discovery", tags=["discovery"], responses=problems())


@router.get("/prometheus")
def prometheus(
    request: Request,
    caller: Reader,
    provider: Filter = None,
    region: Filter = None,
    owner: Filter = None,
) -> list[TargetGroup]:
    """All active machines that have an address, one group each.

    What is answered may be kept as a file for `file_sd_configs` as it is.
    """
    filters = {"provider": provider, "region": region, "owner": owner}
    with state_of(request).reading(caller) as session:
        return discovery.groups(listing.scraped(session, filters))
