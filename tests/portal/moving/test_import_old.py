"""The old portal's dump moves over: tried first, once, counted, and without any secret."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from perfanalysis.cli import run
from portal.moving.old_tables import MODELS, OldKind
from tests.portal.conftest import Database
from tests.portal.serving import Tenant, client, portal

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


@pytest.fixture
def said(database: Database, capsys: pytest.CaptureFixture[str]) -> Any:
    def ask(*words: str, status: int = 0) -> str:
        capsys.readouterr()
        found = run(["portal", "import-old", *words, "--database", database.url])
        captured = capsys.readouterr()
        assert found == status, captured.err
        for secret in (HASH, "hash-of-a-password", OLD_KEY):
            assert secret not in captured.out + captured.err
        return captured.out + captured.err

    return ask


def counts(text: str) -> dict[str, tuple[int, ...]]:
    """By kind: read, new, here already, left out."""
    form = re.compile(
        r"^  ([a-z ]+): (\d+) read = (\d+) new \+ (\d+) here already \+ (\d+) left", re.M
    )
    found = {match[1]: tuple(map(int, match.groups()[1:])) for match in form.finditer(text)}
    for read, new, known, left in found.values():
        assert read == new + known + left
    return found


def kept(tenant: Tenant, table: str) -> list[dict[str, Any]]:
    text = tenant.client.get(f"/api/v1/tenants/{tenant.id}/export").text
    assert HASH not in text
    assert OLD_KEY not in text
    rows = [json.loads(line) for line in text.splitlines()]
    return [row for row in rows if row["table"] == table]


NEW = {"users": (2, 2, 0, 0), "machines": (2, 2, 0, 0), "load tests": (2, 2, 0, 0)}
NEW |= {"uploads": (1, 1, 0, 0)}


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


def test_faulty_records_are_named(engine: Engine, said: Any, tmp_path: Path) -> None:
    tenant = portal(engine, "ops", is_operator=True)
    bad = [
        record("collectors.loadtestresult", "13", collector="none", created_at="2026-01-01T00:00Z"),
        record("collectors.loadtestresult", "14", collector="gone", created_at="2026-01-01T00:00Z",
               **UNITS),
        record("collectors.loadtestresult", "15", collector=WEB, created_at="yesterday", **UNITS),
        record("collectors.collector", "3", name="", hostname="", vcpus=2),
        record("collectors.collector", "4", name="x", vcpus="two"),
        record("auth.user", 1, username="again"),
    ]  # fmt: skip
    dump = dumped(tmp_path, [*ALL, *bad])
    text = said(dump, "--write", status=2)
    for line in (
        'dump.json: collectors.loadtestresult "13": units_100pct: expected at least one level',
        'dump.json: collectors.loadtestresult "14": collector: expected the key of a collector',
        'dump.json: collectors.loadtestresult "15": created_at: expected a time with its zone',
        'dump.json: collectors.collector "3": name: expected a value',
        'dump.json: collectors.collector "4": vcpus: expected a whole number up to 2147483647, '
        "found 'two'",
        'dump.json: auth.user "1": pk: expected each record once',
        "nothing was written; --leave-out-faulty writes the others",
    ):
        assert line in text
    assert tenant.ok("GET", "/api/v1/machines")["machines"] == []
    wrote = counts(said(dump, "--write", "--leave-out-faulty"))
    assert (wrote["load tests"], wrote["machines"]) == ((5, 2, 0, 3), (4, 2, 0, 2))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.json", b"{}", "a list of records"),
        ("a.json", b"[{}]", "[0]: expected an object of model, pk and fields"),
        ("a.json", b'[{"model": "auth.user", "fields": {}}]', "[0].pk: expected the record's key"),
        ("a.json", b"nothing", "Django's JSON fixtures"),
        ("a.json", b"[" * 100_000, "nested too deep"),
        ("a.jsonl", b'{"model": 3}', "line 1: expected"),
        ("other.csv", b"id\n", "a file called like a table"),
        ("auth_user.csv", b"username\n", "one of them 'id'"),
        ("auth_user.csv", b"id,username\n1\n", "line 2: expected as many values"),
        ("auth_user.csv", b"\xff", "UTF-8"),
    ],
)
def test_no_dump(  # noqa: PLR0917 - one for each of a case
    said: Any, engine: Engine, tmp_path: Path, name: str, content: bytes, expected: str
) -> None:
    portal(engine, "ops", is_operator=True)
    (tmp_path / name).write_bytes(content)
    assert expected in said(str(tmp_path / name), status=2)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_whose_it_is_must_be_clear(said: Any, engine: Engine, tmp_path: Path) -> None:
    dump = dumped(tmp_path, ALL)
    assert "--tenant" in said(dump, status=2)
    for name in ("one", "two"):
        portal(engine, name)
    assert "--tenant" in said(dump, status=2)
    assert "there is no tenant 'three'" in said(dump, "--tenant", "three", status=1)
    assert "into tenant 'two'" in said(dump, "--tenant", "two")
    assert "at least one file" in said(status=2)
