"""The commands that need no server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from perfanalysis.cli import run
from portal.access.authentication import NoEntryError, authenticate
from portal.migrations.running import newest
from portal.records.opening import open_engine, url_of
from tests.portal.conftest import Database
from tests.portal.pages.browsing import browser
from tests.portal.running import running
from tests.portal.serving import client, document


def said(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> str:
    assert run(["portal", *words]) == status, capsys.readouterr().err
    captured = capsys.readouterr()
    return (captured.out if status == 0 else captured.err).strip()


def test_a_tenant_by_commands(
    database: Database, engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ("--database", database.url)
    first = said(capsys, "tenant", "create", "ops", "--operator", *where)
    second = said(capsys, "tenant", "create", "search", *where)
    listed = said(capsys, "tenant", "list", *where).splitlines()
    assert [line.split()[:2] for line in listed] == [["ops", "active"], ["search", "active"]]
    assert listed[0].endswith("operator")
    key = said(
        capsys,
        "key",
        "create",
        "--tenant",
        "search",
        "--name",
        "agents",
        "--scope",
        "report",
        *where,
    )
    answer = client(engine, key).post("/api/v1/tests", content=document())
    assert answer.status_code == 201
    new = said(capsys, "key", "rotate", key[:15], "--tenant", "search", "--overlap", "0s", *where)
    assert authenticate(engine, new, None)[0].scopes == {"report"}
    for over in (key,):
        with pytest.raises(NoEntryError):
            authenticate(engine, over, None)
    said(capsys, "key", "revoke", new[:15], "--tenant", "search", *where)
    states = said(capsys, "key", "list", "--tenant", "search", *where).splitlines()
    assert [line.split()[1] for line in states] == ["usable", "expired", "revoked"]
    limits = ("--machines", "5", "--tests-per-day", "100")
    shown = said(capsys, "tenant", "quota", "search", *limits, *where).splitlines()
    assert shown[:2] == ["tests per day: 1 of 100", "machines: 1 of 5"]
    shown = said(capsys, "tenant", "quota", "search", "--machines", "any", *where).splitlines()
    assert (shown[1], shown[3]) == ("machines: 1 of any", "keys: 1 of any")
    assert "'any'" in said(capsys, "tenant", "quota", "search", "--keys", "x", *where, status=2)
    said(capsys, "tenant", "suspend", "search", *where)
    with pytest.raises(NoEntryError):
        authenticate(engine, second, None)
    said(capsys, "tenant", "resume", "search", *where)
    output = tmp_path / "export"
    said(capsys, "tenant", "export", "search", "--output", str(output), *where)
    assert "load_tests" in {json.loads(line)["table"] for line in output.read_text().splitlines()}
    assert output.stat().st_mode & 0o077 == 0
    wrong = said(capsys, "tenant", "delete", "search", "--confirm", "ops", *where, status=2)
    assert "the name of the tenant" in wrong
    proof = json.loads(said(capsys, "tenant", "delete", "search", "--confirm", "search", *where))
    assert proof["deleted"]["load_tests"] == 1
    assert len(said(capsys, "tenant", "list", *where).splitlines()) == 1
    log = client(engine, first).get("/api/v1/audit").json()["entries"]
    assert log[0]["action"] == "tenant.delete"
    assert log[0]["actor"].endswith("(perfanalysis portal)")


def test_without_an_operator_no_tenant_is_deleted(
    database: Database, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    del engine
    where = ("--database", database.url)
    said(capsys, "tenant", "create", "first", *where)
    said(capsys, "tenant", "create", "search", *where)
    words = ("tenant", "delete", "search", "--confirm", "search", *where)
    assert "this portal has no operator" in said(capsys, *words, status=1)
    listed = said(capsys, "tenant", "list", *where).splitlines()
    assert [line.split()[:2] for line in listed] == [["first", "active"], ["search", "active"]]


def test_targets_for_prometheus(
    database: Database, engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ("--database", database.url)
    key = said(capsys, "tenant", "create", "ops", *where)
    machine = {"name": "web-1", "address": "10.0.0.7:9100", "region": "eu-1"}
    client(engine, key).post("/api/v1/machines", json=machine)
    said(capsys, "targets", "--output", str(tmp_path / "targets.json"), *where)
    assert json.loads((tmp_path / "targets.json").read_text()) == [
        {
            "targets": ["10.0.0.7:9100"],
            "labels": {"instance": "web-1", "__meta_perfanalysis_region": "eu-1"},
        }
    ]


def test_migrate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "url"
    file.write_text(f"sqlite:///{tmp_path}/portal.sqlite\n")
    where = ("--database-file", str(file))
    assert (
        said(capsys, "migrate", *where)
        == f"the tables are those of schema {newest()} now; the database was empty"
    )
    assert (
        said(capsys, "migrate", *where) == f"the tables are those of schema {newest()}, as before"
    )
    assert open_engine(url_of(file.read_text().strip(), "x")) is not None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["migrate", "--database", "mysql://x/y"], "a database of oracle, postgresql, sqlite"),
        (["migrate", "--database", "nonsense"], "a URL such as"),
        (["migrate", "--database", "postgresql://a:word@h/x"], "a URL without a password"),
        (["key", "list", "--database", "sqlite:////nowhere/x"], "portal serve"),
        (["serve", "--host", "0.0.0.0"], "--behind-proxy"),
        (["serve", "--push-key-file", "x"], "--push-contact beside it"),
        (["serve", "--certificate", "/dev/null"], "--certificate-key"),
        (["serve", "--price-source", "bill.csv"], "--price-source: expected TENANT=SOURCE"),
        (["serve", "--price-book", "mysql://x"], "--price-book: expected a path"),
        (["serve", "--prometheus-tenant-label", "team"], "--prometheus beside it"),
        (["serve", "--prometheus-tenant-label", "a b"], "the name of a label"),
        (["serve", "--exchange-rates", "/nowhere"], "/nowhere: expected a readable file"),
        (["migrate", "--database", "sqlite:///x", "--database-file", "y"], "either"),
    ],
)
def test_what_is_wrong_is_named(
    words: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = said(capsys, *words, status=2)
    assert expected in line
    assert "word@" not in line
    assert len(line.splitlines()) == 1


def test_who_owns_the_tables_does_not_serve(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    if database.backend == "postgresql":
        line = said(capsys, "serve", "--database", database.owner, "--port", "0", status=2)
        assert "--grant-to" in line


def test_tls_of_postgresql_comes_from_the_environment(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The server here has none: who asks for it by libpq's own variable is not let in without."""
    if database.backend == "postgresql":
        monkeypatch.setenv("PGSSLMODE", "require")
        line = said(capsys, "tenant", "list", "--database", database.url, status=1)
        assert "does not support SSL" in line


def test_without_a_first_key(tmp_path: Path) -> None:
    """As where what is printed is kept: containers and journals."""
    where = f"sqlite:///{tmp_path}/portal.sqlite"
    with running(tmp_path, where, "--no-first-key") as portal:
        assert portal.key == ""
        assert portal.ask("GET", "/readyz").status_code == 200
        assert portal.ask("GET", "/api/v1/tests", key="x").status_code == 401
    assert run(["portal", "tenant", "list", "--database", where]) == 0


def test_users_by_commands(
    database: Database, engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ("--database", database.url)
    said(capsys, "tenant", "create", "ops", *where)
    file = tmp_path / "password"
    file.write_text("correct horse battery\n")
    given = ("--password-file", str(file))
    said(capsys, "user", "create", "ada", "--scope", "read", *given, *where)
    again = said(capsys, "user", "create", "ada", *given, *where, status=1)
    assert "taken" in again
    one = browser(engine)
    assert one.log_in(name="ada", password="correct horse battery").status_code == 303
    listed = said(capsys, "user", "list", *where)
    assert listed.startswith("enabled  read  logged in ")
    assert listed.endswith("  ada")
    file.write_text("another long password")
    said(capsys, "user", "password", "ada", *given, *where)
    assert one.client.get("/").status_code == 303
    assert one.log_in(name="ada", password="another long password").status_code == 303
    said(capsys, "user", "disable", "ada", *where)
    assert one.client.get("/").status_code == 303
    file.write_text("short")
    wrong = said(capsys, "user", "password", "ada", *given, *where, status=2)
    assert "12 to 1024" in wrong
    assert "short" not in wrong
