"""A dump of the old portal, small, with secrets in it that must not get further."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HASH, OLD_KEY = "pbkdf2_sha256$1$salt$hash-of-a-password", "key-of-an-old-collector"
WEB, DB = "6f1c2f7e-0000-4000-8000-000000000001", "6f1c2f7e-0000-4000-8000-000000000002"
UNITS = {f"units_{level}pct": 12 * level for level in range(10, 101, 10)}


def record(model: str, key: int | str, **fields: Any) -> dict[str, Any]:
    return {"model": model, "pk": key, "fields": fields}


USERS = [
    record(
        "auth.user",
        number,
        password=HASH,
        username=name,
        email=f"{name}@example.com",
        first_name=name.title(),
        last_name="",
        is_active=True,
        is_superuser=number == 1,
        last_login=None,
    )
    for number, name in ((1, "anna"), (2, "bo"))
]
MACHINES = [
    record(
        "collectors.collector",
        WEB,
        owner=1,
        name="web-1",
        api_key=OLD_KEY,
        vm_brand="oracle_cloud",
        vcpus=2,
        memory_gib="16.00",
        processor_model="AMD EPYC 9J14",
        ip_address="10.0.0.7",
        os_name="",
        status="connected",
    ),
    record("collectors.collector", DB, owner=2, name="web-1", vm_brand="dell", vcpus=None),
]
TESTS = [
    record(
        "collectors.loadtestresult",
        "11",
        collector=WEB,
        owner=1,
        notes="before the move",
        created_at="2026-01-11T22:30:00Z",
        **UNITS,
    ),
    record(
        "collectors.loadtestresult",
        "12",
        collector=DB,
        created_at="2026-01-12T22:30:00.500+01:00",
        **UNITS | {"units_100pct": 0},
    ),
]
UPLOADS = [
    record(
        "collectors.collecteddata",
        "21",
        collector=WEB,
        file="collectors/x/web-1.csv",
        file_size=245678,
        description="Hourly",
        data_start="2026-01-11T22:00:00Z",
        data_end="2026-01-11T23:00:00Z",
        created_at="2026-01-12T00:00:00Z",
    )
]
OTHERS = [record("collectors.benchmark", "31", name="x"), record("sessions.session", "s", a=1)]
ALL = [*UPLOADS, *TESTS, *MACHINES, *USERS, *OTHERS]
TENANTS = [
    record("partners.client", 1, schema_name="public", name="shared"),
    record("partners.client", 2, schema_name="acme", name="Acme", is_active=True),
]


def dumped(folder: Path, records: Sequence[Any], name: str = "dump.json") -> str:
    path = folder / name
    if name.endswith(".jsonl"):
        path.write_text("".join(json.dumps(one) + "\n" for one in records))
    else:
        path.write_text(json.dumps(records))
    return str(path)


def counts(text: str) -> dict[str, tuple[int, ...]]:
    """By kind: read, new, here already, left out."""
    form = re.compile(
        r"^  ([a-z ]+): (\d+) read = (\d+) new \+ (\d+) here already \+ (\d+) left", re.M
    )
    found = {match[1]: tuple(map(int, match.groups()[1:])) for match in form.finditer(text)}
    for read, new, known, left in found.values():
        assert read == new + known + left
    return found


NEW = {"users": (2, 2, 0, 0), "machines": (2, 2, 0, 0), "load tests": (2, 2, 0, 0)}
NEW |= {"uploads": (1, 1, 0, 0)}
