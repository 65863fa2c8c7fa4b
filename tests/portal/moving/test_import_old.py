"""The old portal's dump moves over: tried first, once, counted, and without any secret."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from portal.moving.old_tables import MODELS, OldKind
from tests.portal.moving.dumps import (
    ALL,
    DB,
    HASH,
    MACHINES,
    NEW,
    OLD_KEY,
    TENANTS,
    TESTS,
    UPLOADS,
    USERS,
    WEB,
    counts,
    dumped,
    record,
)
from tests.portal.serving import Tenant, client, portal


def kept(tenant: Tenant, table: str) -> list[dict[str, Any]]:
    text = tenant.client.get(f"/api/v1/tenants/{tenant.id}/export").text
    assert HASH not in text
    assert OLD_KEY not in text
    rows = [json.loads(line) for line in text.splitlines()]
    return [row for row in rows if row["table"] == table]


def test_into_a_tenant_that_is_here(engine: Engine, said: Any, tmp_path: Path) -> None:
    tenant = portal(engine, "ops", is_operator=True)
    dump = dumped(tmp_path, ALL)
    tried = said(dump)
    assert counts(tried).items() >= NEW.items()
    assert "would move into tenant 'ops':" in tried
    assert "collectors.benchmark: 1 read, and left out: this table does not move" in tried
    assert tried.rstrip().endswith("nothing was written (--write does it)")
    assert tenant.ok("GET", "/api/v1/machines")["machines"] == []
    assert counts(said(dump, "--write")).items() >= NEW.items()
    again = counts(said(dump, "--write"))
    assert {kind: again[kind] for kind in NEW} == {
        kind: (read, 0, read, 0) for kind, (read, *_) in NEW.items()
    }
    machines = {one["name"]: one for one in tenant.ok("GET", "/api/v1/machines")["machines"]}
    # Two owners called theirs alike.
    assert set(machines) == {"web-1", f"web-1 ({DB})"}
    first = machines["web-1"]
    assert {
        "provider": "oci",
        "logical_cpus": 2,
        "memory_bytes": 16 << 30,
        "owner": "anna",
        "labels": {"old_address": "10.0.0.7", "cpu_model": "AMD EPYC 9J14"},
    }.items() <= first.items()
    assert machines[f"web-1 ({DB})"]["labels"] == {"old_brand": "dell"}
    second, test = tenant.ok("GET", "/api/v1/tests")["tests"]
    assert (test["kernel_version"], test["max_units_per_second"]) == ("old-loadtest-1", 1200)
    assert test["measured_at"] == "2026-01-11T22:30:00Z"
    assert (second["max_units_per_second"], second["measured_at"]) == (
        None,
        "2026-01-12T21:30:00.500000Z",
    )
    (note,) = tenant.ok("GET", f"/api/v1/tests/{test['test_id']}/notes")["notes"]
    assert note["text"] == "before the move"
    (capture,) = tenant.ok("GET", "/api/v1/captures")["captures"]
    assert {
        "file_name": "web-1.csv",
        "size": 0,
        "began_at": "2026-01-11T22:00:00Z",
        "received_at": "2026-01-12T00:00:00Z",
        "description": "Hourly (in the old portal collectors/x/web-1.csv, 245678 bytes)",
    }.items() <= capture.items()
    people = {one["name"]: one for one in kept(tenant, "old_people")}
    assert people["anna"] == {
        "table": "old_people",
        "name": "anna",
        "email": "anna@example.com",
        "full_name": "Anna",
        "active": True,
        "administers": True,
        "moved_at": people["anna"]["moved_at"],
    }
    # Old clients go on uploading by the id that they know.
    assert "no content here" in tenant.no("GET", f"/api/v1/captures/{capture['id']}/content", 404)
    url, sent = f"/collectors/manage/upload/{WEB}/", {"uploaded_file": b"timestamp,cpu_user\n1,2\n"}
    assert tenant.ok("POST", url, files=sent)["run"] == 2


def test_what_is_here_stays(engine: Engine, said: Any, tmp_path: Path) -> None:
    tenant = portal(engine, "ops", is_operator=True)
    facts = {"name": "web-1", "provider": "aws", "owner": "search"}
    own = tenant.ok("POST", "/api/v1/machines", json=facts)["machine"]["id"]
    dump = dumped(tmp_path, ALL)
    said(dump, "--write")
    machine = tenant.ok("GET", f"/api/v1/machines/{own}")
    assert (machine["provider"], machine["owner"], machine["logical_cpus"]) == ("aws", "search", 2)
    tenant.ok("PATCH", f"/api/v1/machines/{own}", json={"logical_cpus": 4})
    # Merged since: its tests are not taken once more under the new name.
    into = tenant.ok("POST", "/api/v1/machines", json={"name": "web"})["machine"]["id"]
    tenant.ok("POST", f"/api/v1/machines/{own}/merge", json={"into": into})
    assert counts(said(dump, "--write"))["load tests"] == (2, 0, 2, 0)
    assert tenant.ok("GET", f"/api/v1/machines/{into}")["logical_cpus"] == 4


def test_tenants_of_the_dump(engine: Engine, said: Any, tmp_path: Path) -> None:
    ops = portal(engine, "ops", is_operator=True)
    dump = dumped(tmp_path, [*TENANTS, *ALL], "dump.jsonl")
    tried = said(dump)
    assert counts(tried) == {"tenants": (2, 1, 0, 1), **NEW}
    assert "1 the shared schema, no tenant" in tried
    assert "perf_" not in tried
    assert len(ops.ok("GET", "/api/v1/tenants")["tenants"]) == 1
    wrote = said(dump, "--write")
    key = re.search(r"'acme', shown this once: (\S+)", wrote)
    assert key is not None
    acme = client(engine, key[1])
    assert len(acme.get("/api/v1/machines").json()["machines"]) == 2
    assert ops.ok("GET", "/api/v1/machines")["machines"] == []
    again = said(dump, "--write")
    assert counts(again)["tenants"] == (2, 0, 1, 1)
    assert "shown this once" not in again
    # Inactive tenants come suspended.
    stopped = [record("collectors.tenant", 3, schema_name="old", is_active=False)]
    key = re.search(r"once: (\S+)", said(dumped(tmp_path, stopped), "--write"))
    assert key is not None
    assert client(engine, key[1]).get("/api/v1/machines").status_code == 403


def test_tables_as_csv(engine: Engine, said: Any, tmp_path: Path) -> None:
    tenant = portal(engine, "ops", is_operator=True)
    files = said("--template", str(tmp_path / "templates")).splitlines()
    assert {Path(path).stem.replace("_", ".", 1) for path in files} <= set(MODELS)
    assert len(files) == len(OldKind)
    headings = {Path(path).stem: Path(path).read_text().strip().split(",") for path in files}
    assert not any("password" in names or "api_key" in names for names in headings.values())
    paths = []
    for table, records in {
        "auth_user": USERS,
        "collectors_collector": MACHINES,
        "collectors_loadtestresult": TESTS,
        "collectors_collecteddata": UPLOADS,
    }.items():
        path = tmp_path / f"acme-{table}.csv"
        # As PostgreSQL writes them: with what is not read, ids beside names, t and f.
        rows = [{"id": one["pk"], **one["fields"]} for one in records]
        names = list(dict.fromkeys(name for row in rows for name in row))
        shown = ["collector_id" if name == "collector" else name for name in names]
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(shown)
            for row in rows:
                cells = (row.get(name) for name in names)
                writer.writerow(["ft"[c] if isinstance(c, bool) else c for c in cells])
        paths.append(str(path))
    assert counts(said(*paths, "--write")) == {"tenants": (0, 0, 0, 0), **NEW}
    assert counts(said(dumped(tmp_path, ALL), "--write"))["load tests"] == (2, 0, 2, 0)
    assert len(tenant.ok("GET", "/api/v1/tests")["tests"]) == 2
