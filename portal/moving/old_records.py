"""Records of the old portal as what they are here. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from perfanalysis.errors import InputError
from portal.inventory import facts as machine_facts
from portal.inventory.facts import MachineFacts
from portal.moving.dump import OldRecord
from portal.moving.old_fields import OldFields
from portal.moving.old_tables import LEVELS

# The old portal's words for clouds; its others are makers of hardware, and no providers.
_PROVIDERS = {"aws": "aws", "azure": "azure", "gcp": "gcp", "oracle_cloud": "oci"}
_UNKNOWN = frozenset({"unknown", "other"})
_MOST = 2**31 - 1
_MOST_LABEL = 200


@dataclass(frozen=True)
class OldPerson:
    """Somebody with an account; no password."""

    name: str
    email: str | None
    full_name: str | None
    active: bool | None
    administers: bool | None


@dataclass(frozen=True)
class OldMachine:
    """A collector: the machine that it was on, and whose it was (a user's key)."""

    facts: MachineFacts
    owner: str | None


@dataclass(frozen=True)
class OldMeasurement:
    """A load test of a collector, by its key."""

    collector: str
    measured_at: datetime
    units: dict[int, float]
    notes: str | None


@dataclass(frozen=True)
class OldUpload:
    """What is known of an upload of a collector, by its key; its bytes are elsewhere."""

    collector: str
    file_name: str | None
    description: str | None
    began_at: datetime | None
    ended_at: datetime | None
    received_at: datetime | None


def tenant_of(record: OldRecord) -> tuple[str, bool]:
    """The schema of a tenant, which is its name here, and whether it is active.

    Raises:
        InputError: a field is not what it should be; so do all others.
    """
    fields = OldFields(record)
    name = fields.said("schema", 63, needed=True)
    assert name is not None
    return name, fields.flag("active") is not False


def person_of(record: OldRecord) -> OldPerson:
    """A user."""
    fields = OldFields(record)
    name = fields.said("name", 150, needed=True)
    assert name is not None
    words = [fields.said(one, 150) for one in ("first_name", "last_name")]
    return OldPerson(
        name,
        fields.said("email", 254),
        " ".join(word for word in words if word) or None,
        fields.flag("active"),
        fields.flag("administers"),
    )


def machine_of(record: OldRecord) -> OldMachine:
    """A collector."""
    fields = OldFields(record)
    name = fields.said("name", 200, needed=True)
    assert name is not None
    brand = (fields.said("brand", 100) or "").lower()
    memory = fields.decimal("memory")
    labels = {
        "old_site": fields.said("site", _MOST_LABEL),
        "old_address": fields.said("address", _MOST_LABEL),
        "old_system": fields.said("system", _MOST_LABEL),
        "cpu_model": fields.said("processor", _MOST_LABEL),
        "old_brand": brand if brand not in _UNKNOWN and brand not in _PROVIDERS else None,
    }
    known: dict[str, object] = {
        "provider": _PROVIDERS.get(brand),
        "logical_cpus": fields.whole("cpus", _MOST) or None,
        "memory_bytes": round(memory * 2**30) if memory is not None else None,
        "labels": {name: said for name, said in labels.items() if said} or None,
    }
    facts = MachineFacts(name, {field: value for field, value in known.items() if value})
    machine_facts.check(facts, record.where)
    return OldMachine(facts, fields.said("owner", 150))


def measurement_of(record: OldRecord) -> OldMeasurement:
    """A load test.

    Raises:
        InputError: also where no level has units.
    """
    fields = OldFields(record)
    collector = fields.said("collector", 64, needed=True)
    measured_at = fields.moment("measured", needed=True)
    assert collector is not None
    assert measured_at is not None
    units = {level: fields.whole(f"units_{level}", 10**15) or 0 for level in LEVELS}
    if not any(units.values()):
        raise InputError(record.where, "units_100pct", "at least one level with more than 0 units")
    measured = {level: float(value) for level, value in units.items() if value}
    return OldMeasurement(collector, measured_at, measured, fields.said("notes", 10_000))


def upload_of(record: OldRecord) -> OldUpload:
    """What is known of an upload."""
    fields = OldFields(record)
    collector = fields.said("collector", 64, needed=True)
    assert collector is not None
    path, size = fields.said("file", 1000), fields.whole("size", 2**62)
    description = fields.said("description", 2000)
    # Of its path the end is its name; the rest was a folder of the old portal.
    name = path.replace("\\", "/").rpartition("/")[2][-200:] if path else None
    where = f"in the old portal {path or 'without a name'}"
    sized = f"{where}, {size} bytes" if size else where
    return OldUpload(
        collector,
        name,
        f"{description} ({sized})" if description else sized,
        fields.moment("began"),
        fields.moment("ended"),
        fields.moment("received"),
    )
