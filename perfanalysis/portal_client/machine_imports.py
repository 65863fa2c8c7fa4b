"""Machines of a file, all of them or none."""

from __future__ import annotations

from msgspec import Struct

from perfanalysis.portal_client.calls import PortalCall, QueryValue
from perfanalysis.portal_client.connection import PortalConnection

MEDIA_TYPES = {
    "inventory": "application/yaml",
    "csv": "text/csv",
    "targets": "application/json",
}


class ImportedMachines(Struct, frozen=True):
    """How many machines became what; ``dry_run``: would become."""

    created: int
    updated: int
    unchanged: int
    dry_run: bool


IMPORT = PortalCall(
    "POST",
    "/api/v1/machine-imports",
    ImportedMachines,
    ("form", "dry_run"),
    media_types=tuple(MEDIA_TYPES.values()),
)


def import_machines(
    portal: PortalConnection, form: str, content: bytes, *, dry_run: bool
) -> ImportedMachines:
    """Register the machines of a file; ``form`` is a key of ``MEDIA_TYPES``."""
    query: dict[str, QueryValue] = {"form": form, "dry_run": dry_run}
    return portal.ask(IMPORT, query=query, body=content, media_type=MEDIA_TYPES[form])
