"""``portal doctor``: what is well, and each thing that is not, with what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from perfanalysis.cli import run
from portal.access import keys
from portal.access.keys import Terms
from portal.records.base import now
from portal.records.tenant_session import TenantSession
from portal.tenancy import provisioning
from portal.tenancy.provisioning import local_person
from tests.exporter.serving.certificates import Authority
from tests.portal.conftest import Database
from tests.portal.running import running
from tests.portal.serving import Tenant, portal


@pytest.fixture
def operator(engine: Engine) -> Tenant:
    return portal(engine, "ops", is_operator=True)


def examined(
    capsys: pytest.CaptureFixture[str], database: str, *words: str, status: int
) -> dict[str, tuple[str, str]]:
    """By subject: whether it is well, and what is said of it."""
    # What portals of this process have logged before.
    capsys.readouterr()
    assert run(["portal", "doctor", "--database", database, *words]) == status
    captured = capsys.readouterr()
    assert (captured.err == "") == (status == 0)
    found: dict[str, tuple[str, str]] = {}
    for line in captured.out.splitlines():
        mark, _, rest = line.strip().partition("  ")
        subject, _, said = rest.partition(": ")
        if mark in {"ok", "NOT"}:
            found[last := subject] = (mark, said)
        else:
            found[last] = (found[last][0], f"{found[last][1]}; {line.strip()}")
    return found


def test_all_is_well(
    database: Database, operator: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    found = examined(capsys, database.url, status=0)
    expected = {"schema", "keys", "suspended tenants", "TLS"}
    if database.backend == "postgresql":
        expected |= {"role", "rights", "row-level security", "clock", "size"}
    else:
        expected.add("disk")
    assert set(found) == expected
    assert {mark for mark, _ in found.values()} == {"ok"}
    assert operator.key[16:] not in str(found)


def test_keys_that_end_and_tenants_that_are_suspended(
    database: Database, engine: Engine, operator: Tenant, capsys: pytest.CaptureFixture[str]
) -> None:
    search = portal(engine, "search")
    row = provisioning.by_name(engine, "search")
    with TenantSession(engine, row.id, writes=True) as session, session.begin():
        terms = Terms("agent", ("read",), now() + timedelta(days=3))
        _, key = keys.create(session, local_person(row, "x"), terms)
    found = examined(capsys, database.url, status=1)
    assert found["keys"][0] == "NOT"
    assert f"perf_{key.prefix} of search" in found["keys"][1]
    assert "key rotate" in found["keys"][1]
    operator.ok("POST", f"/api/v1/tenants/{search.id}/suspend")
    # Its keys are nobody's worry now, and nobody has tried since.
    assert examined(capsys, database.url, status=0)["suspended tenants"][0] == "ok"
    search.no("POST", "/api/v1/tests", 403, content=b"{}")
    found = examined(capsys, database.url, status=1)
    assert found["suspended tenants"][0] == "NOT"
    assert "keys of search" in found["suspended tenants"][1]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("statements", "subject", "expected"),
    [
        (["ALTER TABLE machines DISABLE ROW LEVEL SECURITY"], "row-level security", "machines"),
        (["CREATE POLICY all_ ON notes USING (true)"], "row-level security", "load_test_notes"),
        (["REVOKE INSERT ON baselines FROM portal"], "rights", "INSERT on baselines"),
        (["GRANT UPDATE ON audit_log TO portal"], "rights", "UPDATE on audit_log"),
        (["UPDATE alembic_version SET version_num = '0001'"], "schema", "portal migrate"),
    ],
)
def test_what_somebody_changed_is_found(  # noqa: PLR0917 - fixtures
    database: Database,
    operator: Tenant,
    open_database: Callable[[str], Engine],
    capsys: pytest.CaptureFixture[str],
    statements: list[str],
    subject: str,
    expected: str,
) -> None:
    operator.hand_in(test_id="t")
    operator.ok("POST", "/api/v1/tests/t/notes", 201, json={"text": "n"})
    with open_database(database.owner).begin() as connection:
        for statement in statements:
            connection.execute(text(statement.replace(" notes ", " load_test_notes ")))
    found = examined(capsys, database.url, status=1)
    assert found[subject][0] == "NOT"
    assert expected in found[subject][1]
    assert "to do: " in found[subject][1]


@pytest.mark.e2e
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_stands_in_front(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    certificate, key = Authority(tmp_path).issue_server().pair
    flags = ("--certificate", certificate, "--certificate-key", key)
    with running(tmp_path / "plain", database.url) as plain:
        found = examined(capsys, database.url, "--url", plain.url, status=0)
        assert found["TLS"] == ("ok", "none, on this machine alone")
        assert found["portal"] == ("ok", "ready")
    found = examined(capsys, database.url, "--url", plain.url, status=1)
    assert found["portal"][0] == "NOT"
    with running(tmp_path / "secure", database.url, *flags) as secure:
        found = examined(capsys, database.url, "--url", secure.url, status=1)
    assert found["TLS"][0] == "NOT"
    assert "not trusted" in found["TLS"][1]
    assert run(["portal", "doctor", "--database", database.url, "--url", "ftp://x"]) == 2
