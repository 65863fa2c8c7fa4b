"""What a portal of the schema 0002 stored, in the words of that schema: one row of each table.

It stays as it is, whatever the classes become: it is what the programs of that release write.
"""

from __future__ import annotations

import hashlib
import uuid
import zlib
from typing import Any

from sqlalchemy import JSON, Connection, LargeBinary, Uuid, bindparam, text

from portal.access.key_text import KeyText
from portal.records.tenant_session import OPERATOR_SETTING, TENANT_SETTING, tell
from tests.portal.serving import DOCUMENT, document

VERSION = "0002"
# Microseconds since 1970.
MOMENT = 1_796_040_000_000_000
KINDS: dict[str, Any] = {
    "tenant_id": Uuid(),
    "id": Uuid(),
    "machine_id": Uuid(),
    "labels": JSON(),
    "fields": JSON(),
    "facts": JSON(),
    "body": LargeBinary(),
}


def rows(tenant: uuid.UUID, name: str, key: KeyText) -> list[tuple[str, dict[str, Any]]]:
    """A tenant, in an order in which each row finds those that it refers to."""
    machine, by = uuid.uuid4(), "agents (perf_x)"
    own: dict[str, Any] = {"tenant_id": tenant}
    test = own | {"test_id": DOCUMENT["test_id"]}
    return [
        (
            "tenants",
            {
                "id": tenant,
                "name": name,
                "state": "active",
                "is_operator": False,
                "created_at": MOMENT,
            },
        ),
        (
            "api_keys",
            own
            | {
                "id": uuid.uuid4(),
                "prefix": key.prefix,
                "digest": key.digest,
                "name": "all",
                "scopes": "read write report run admin",
                "requests_per_minute": 6000,
                "created_at": MOMENT,
                "created_by": by,
            },
        ),
        (
            "machines",
            own
            | {
                "id": machine,
                "name": "web-1",
                "provider": "aws",
                "logical_cpus": 2,
                "labels": {"team": "search"},
                "state": "active",
                "created_at": MOMENT,
                "updated_at": MOMENT,
                "revision": 1,
            },
        ),
        (
            "machine_changes",
            own
            | {
                "id": uuid.uuid4(),
                "machine_id": machine,
                "changed_at": MOMENT,
                "changed_by": by,
                "action": "create",
                "fields": {"provider": [None, "aws"]},
            },
        ),
        (
            "load_tests",
            test
            | {
                "machine_id": machine,
                "kernel": "rmw",
                "kernel_version": "2",
                "profile": "custom",
                "measured_at": MOMENT,
                "received_at": MOMENT,
                "received_by": by,
                "valid": True,
                "max_units_per_second": 1123.5,
            },
        ),
        (
            "load_test_documents",
            test
            | {
                "digest": hashlib.sha256(document()).hexdigest(),
                "size": len(document()),
                "body": zlib.compress(document(), 1),
            },
        ),
        (
            "load_test_notes",
            test | {"id": uuid.uuid4(), "text": "kept", "written_at": MOMENT, "written_by": by},
        ),
        ("baselines", test | {"name": "main", "pinned_at": MOMENT, "pinned_by": by}),
        (
            "audit_log",
            own
            | {
                "id": uuid.uuid4(),
                "recorded_at": MOMENT,
                "actor": by,
                "action": "tenant.provision",
                "subject": name,
                "facts": {"a": 1},
            },
        ),
    ]


def write(connection: Connection, tenant: uuid.UUID, name: str, key: KeyText) -> None:
    """Insert them, by that schema's columns alone."""
    tell(connection, OPERATOR_SETTING, "on")
    tell(connection, TENANT_SETTING, str(tenant))
    for table, values in rows(tenant, name, key):
        columns = ", ".join(values)
        places = ", ".join(f":{column}" for column in values)
        statement = text(f"INSERT INTO {table} ({columns}) VALUES ({places})")
        kinds = [bindparam(column, type_=KINDS[column]) for column in values if column in KINDS]
        connection.execute(statement.bindparams(*kinds), values)


def read(connection: Connection, tenant: uuid.UUID, name: str, key: KeyText) -> dict[str, int]:
    """How many rows of each table that schema's programs see, by the columns that they ask for."""
    tell(connection, OPERATOR_SETTING, "on")
    tell(connection, TENANT_SETTING, str(tenant))
    found = {}
    for table, values in rows(tenant, name, key):
        of = "id" if table == "tenants" else "tenant_id"
        statement = text(f"SELECT {', '.join(values)} FROM {table} WHERE {of} = :of")
        statement = statement.bindparams(bindparam("of", type_=Uuid()))
        found[table] = len(connection.execute(statement, {"of": tenant}).all())
    return found
