"""`perfanalysis portal ask`, of a portal that runs; and the client's functions behind it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from perfanalysis.cli import run
from perfanalysis.portal_client import (
    audit,
    discovery,
    health,
    load_tests,
    machine_imports,
    machines,
    tenants,
)
from perfanalysis.portal_client.connection import PortalConnection
from perfanalysis.portal_client.machines import MachineEdit, MachineToRegister
from tests.portal.running import Running
from tests.portal.serving import DOCUMENT, document

pytestmark = pytest.mark.e2e
TEST = DOCUMENT["test_id"]


@pytest.fixture(scope="module", autouse=True)
def handed_in(portal: Running) -> None:
    for ask in (document(), document(test_id="second")):
        assert portal.ask("POST", "/api/v1/tests", data=ask).status_code == 201


class Asked:
    """The command, with address and key."""

    def __init__(self, portal: Running, capsys: pytest.CaptureFixture[str]) -> None:
        key = str(portal.folder / "key")
        self._where = ("--portal", portal.url, "--portal-bearer-token-file", key)
        self._capsys = capsys

    def __call__(self, *words: str, status: int = 0) -> str:
        assert run(["portal", "ask", *words, *self._where]) == status
        captured = self._capsys.readouterr()
        return captured.out if status == 0 else captured.err

    def json(self, *words: str) -> Any:
        return json.loads(self(*words, "--json"))


@pytest.fixture
def ask(portal: Running, capsys: pytest.CaptureFixture[str]) -> Asked:
    return Asked(portal, capsys)


def test_who(ask: Asked) -> None:
    assert "of tenant default, the operator's: read, write, report, run, admin" in ask("who")
    assert ask.json("who")["tenant"] == "default"


def test_tests_and_documents(ask: Asked, tmp_path: Path) -> None:
    rows = ask.json("tests", "--kernel", DOCUMENT["kernel"])
    assert {row["test_id"] for row in rows} == {TEST, "second"}
    assert len(ask.json("tests", "--most", "1")) == 1
    assert ask.json("tests", "--to", "2001-01-01") == []
    table = ask("tests", "--most", "1")
    assert "units/s" in table
    assert "--most shows them" in table
    ask("document", "second", "--output", str(tmp_path / "it.json"))
    assert (tmp_path / "it.json").read_bytes() == document(test_id="second")


def test_comparison_notes_and_baselines(ask: Asked) -> None:
    found = ask.json("compare", TEST, "second")
    assert [side["tests"] for side in found["sides"]] == [[TEST], ["second"]]
    assert "95 % interval" in ask("compare", TEST, "second")
    noted = ask.json("notes", TEST, "--add", "before [bold]the update")
    assert "before [bold]the update" in ask("notes", TEST)
    assert ask.json("notes", TEST, "--remove", noted[0]["id"]) == []
    assert ask.json("baselines", "--pin", "main", TEST)[0]["test_id"] == TEST
    assert ask.json("compare", "second", "--baseline", "main")["sides"][0]["tests"] == [TEST]
    assert "main" not in ask("baselines", "--unpin", "main")


def test_keys(ask: Asked, portal: Running) -> None:
    made = ask("keys", "create", "--name", "agents", "--scope", "report").strip()
    assert portal.ask("GET", "/api/v1/keys/own", key=made).status_code == 403
    new = ask("keys", "rotate", made, "--overlap", "0s").strip()
    assert portal.ask("GET", "/api/v1/keys/own", key=made).status_code == 401
    ask("keys", "revoke", new[:15])
    states = {row["prefix"]: row["usable"] for row in ask.json("keys", "list")}
    assert (states[made[:15]], states[new[:15]]) == (False, False)
    assert new not in ask("keys", "list")
    wrong = ask("keys", "revoke", "perf_nothere0000_secret", status=2)
    assert "public prefix" in wrong
    assert "secret" not in wrong


def test_machines(ask: Asked, connection: PortalConnection) -> None:
    told = MachineToRegister(name="web-1", address="10.0.0.7:9100", region="eu-1", zone="a")
    made = machines.register(connection, told)
    assert (made.outcome, machines.register(connection, told).outcome) == ("created", "unchanged")
    changed = machines.change(connection, made.machine.id, MachineEdit(zone=None, owner="ada"))
    assert (changed.zone, changed.owner, changed.region) == (None, "ada", "eu-1")
    assert discovery.targets(connection, owner="ada")[0].targets == ["10.0.0.7:9100"]
    actions = [one.action for one in machines.history(connection, made.machine.id)]
    assert len(actions) == 2
    assert machines.retire(connection, made.machine.id).state == "retired"
    assert [row["name"] for row in ask.json("machines", "--state", "retired")] == ["web-1"]
    assert "web-1" in ask("machines")
    counts = machine_imports.import_machines(connection, "csv", b"name\nweb-2\n", dry_run=True)
    assert (counts.created, counts.dry_run) == (1, True)


def test_what_the_operator_does(connection: PortalConnection) -> None:
    assert health.ready(connection).status == "ok"
    made = tenants.make(connection, "search")
    assert made.key not in repr(made)
    assert tenants.suspend(connection, made.tenant.id).state == "suspended"
    assert tenants.resume(connection, made.tenant.id).state == "active"
    assert {row.name for row in tenants.tenants(connection)} == {"default", "search"}
    lines = b"".join(tenants.export(connection, made.tenant.id)).splitlines()
    assert "api_keys" in {json.loads(line)["table"] for line in lines}
    assert set(tenants.delete(connection, made.tenant.id, "search").left.values()) == {0}
    assert next(audit.acts(connection)).action == "tenant.delete"
    log = b"".join(audit.export(connection)).splitlines()
    assert json.loads(log[-1])["action"] == "tenant.delete"
    assert load_tests.hand_in(connection, document()).new is False


@pytest.mark.parametrize(
    ("words", "status", "expected"),
    [
        (["tests", "--machine-id", "x"], 2, "--machine-id: expected an id"),
        (["tests", "--from", "soon"], 2, "--from: expected a moment"),
        (["notes", "nothing"], 2, "404: there is no test 'nothing'; look for a typing error"),
        (["compare", TEST], 2, "422: request: side: expected 2 to 8 sides"),
    ],
)
def test_what_is_wrong_is_named(ask: Asked, words: list[str], status: int, expected: str) -> None:
    said = ask(*words, status=status)
    assert expected in said
    assert len(said.splitlines()) == 1


def test_a_portal_has_to_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["portal", "ask", "who"]) == 2
    assert "--portal: expected the portal's address" in capsys.readouterr().err
