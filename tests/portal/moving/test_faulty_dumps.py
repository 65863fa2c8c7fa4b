"""What cannot be taken is named, by file, record and field; and nothing is half taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.portal.moving.dumps import ALL, UNITS, WEB, counts, dumped, record
from tests.portal.serving import portal


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
    assert "there is no tenant 'three'" in said(dump, "--tenant", "three", status=2)
    assert "into tenant 'two'" in said(dump, "--tenant", "two")
    assert "at least one file" in said(status=2)
