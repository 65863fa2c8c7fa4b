"""The tables of the old portal: what they are called, what is read of them, and what never is."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class OldKind(StrEnum):
    """What a record of the old portal is, in the order in which they are taken."""

    TENANT = "tenants"
    USER = "users"
    MACHINE = "machines"
    LOAD_TEST = "load tests"
    UPLOAD = "uploads"


# As Django calls the models, in small letters; its tables have "_" for ".".
MODELS: Mapping[str, OldKind] = {
    "collectors.tenant": OldKind.TENANT,
    "partners.client": OldKind.TENANT,
    "auth.user": OldKind.USER,
    "authentication.user": OldKind.USER,
    "collectors.collector": OldKind.MACHINE,
    "collectors.loadtestresult": OldKind.LOAD_TEST,
    "collectors.collecteddata": OldKind.UPLOAD,
}
LEVELS = tuple(range(10, 101, 10))
# What a field may be called: the first that there is counts.
COLUMNS: Mapping[OldKind, Mapping[str, tuple[str, ...]]] = {
    OldKind.TENANT: {
        "schema": ("schema_name",),
        "active": ("is_active",),
    },
    OldKind.USER: {
        "name": ("username",),
        "email": ("email",),
        "first_name": ("first_name",),
        "last_name": ("last_name",),
        "active": ("is_active",),
        "administers": ("is_superuser",),
    },
    OldKind.MACHINE: {
        "name": ("name", "machinename", "hostname"),
        "owner": ("owner", "owner_id"),
        "brand": ("vm_brand",),
        "cpus": ("vcpus",),
        "memory": ("memory_gib",),
        "site": ("sitename",),
        "processor": ("processor_model",),
        "address": ("ip_address",),
        "system": ("os_name",),
    },
    OldKind.LOAD_TEST: {
        "collector": ("collector", "collector_id"),
        "measured": ("created_at",),
        "notes": ("notes",),
        **{f"units_{level}": (f"units_{level}pct",) for level in LEVELS},
    },
    OldKind.UPLOAD: {
        "collector": ("collector", "collector_id"),
        "file": ("file", "uploaded_file"),
        "description": ("description",),
        "size": ("file_size",),
        "began": ("data_start",),
        "ended": ("data_end",),
        "received": ("created_at", "upload_date"),
    },
}
# The key of a record, where a table as CSV has it as a column.
KEYS = ("id", "pk")


def kind_of(name: str) -> OldKind | None:
    """Of a model or a table; None: it does not move."""
    said = name.lower()
    found = MODELS.get(said)
    if found is None:
        found = next((k for m, k in MODELS.items() if m.replace(".", "_") == said), None)
    return found


def read_columns(kind: OldKind) -> frozenset[str]:
    """The columns that are read; no other ever is, and so no password and no key."""
    return frozenset(name for names in COLUMNS[kind].values() for name in names)


def template(kind: OldKind) -> list[str]:
    """The columns of a table as CSV, each by its first name."""
    return [KEYS[0], *(names[0] for names in COLUMNS[kind].values())]
