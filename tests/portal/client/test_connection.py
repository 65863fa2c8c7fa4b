"""How calls are sent, sent again, and what is said when they fail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.servers import free_port
from perfanalysis.delivery.backoff import Backoff
from perfanalysis.delivery.credentials import Credentials
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.errors import InputError
from perfanalysis.portal_client import baselines, keys, load_tests, notes
from perfanalysis.portal_client.connection import PortalConnection
from perfanalysis.portal_client.faults import PortalRefusedError, PortalUnreachableError
from tests.portal.scripted import Said, Scripted, problem, scripted

KEY = "perf_0123456789_" + "s" * 42
OWN = Said(
    body=json.dumps(
        {
            "tenant": "one",
            "tenant_id": "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
            "is_operator": False,
            "key": "k (perf_0123456789)",
            "scopes": ["read"],
        }
    ).encode()
)
BREAKS = Said(breaks=True)


@pytest.fixture
def server() -> Iterator[Scripted]:
    with scripted() as found:
        yield found


@pytest.fixture
def connection(server: Scripted, tmp_path: Path) -> Iterator[PortalConnection]:
    (tmp_path / "key").write_text(KEY)
    endpoint = Endpoint(f"{server.url}/behind/", Credentials(str(tmp_path / "key")))
    with PortalConnection(endpoint, attempts=3, backoff=Backoff(0.001, 0.001)) as found:
        yield found


@pytest.mark.parametrize(
    "first", [problem(408, "slow"), problem(429, "often"), problem(503, "not now"), BREAKS]
)
def test_what_may_pass_is_tried_again(
    server: Scripted, connection: PortalConnection, first: Said
) -> None:
    server.answers = [first, first, OWN]
    assert keys.own(connection).tenant == "one"
    assert [path for _, path, _, _ in server.came] == ["/behind/api/v1/keys/own"] * 3
    assert server.came[0][2]["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("first", [problem(429, "too often"), BREAKS])
def test_it_gives_up(server: Scripted, connection: PortalConnection, first: Said) -> None:
    server.answers = [first]
    with pytest.raises(PortalUnreachableError, match=r"/api/v1/keys/own: .* 3 times") as raised:
        keys.own(connection)
    assert raised.value.exit_status == 1
    assert len(server.came) == 3


def test_who_asks_for_long_patience_is_not_waited_for(
    server: Scripted, connection: PortalConnection
) -> None:
    often = problem(429, "too often")
    server.answers = [Said(429, often.body, {"Retry-After": "600"})]
    with pytest.raises(PortalUnreachableError, match="it asks to come back in 600 s"):
        keys.own(connection)
    assert len(server.came) == 1


def test_what_may_have_been_done_is_not_said_twice(
    server: Scripted, connection: PortalConnection
) -> None:
    server.answers = [BREAKS]
    with pytest.raises(PortalUnreachableError, match="whether it was done is not known"):
        notes.add(connection, "t", "text")
    assert len(server.came) == 1


def test_what_did_not_get_there_is_tried_again() -> None:
    endpoint = Endpoint(f"http://127.0.0.1:{free_port()}")
    with (
        PortalConnection(endpoint, attempts=2, backoff=Backoff(0.001, 0.001)) as connection,
        pytest.raises(PortalUnreachableError, match=r"refused.* 2 times"),
    ):
        notes.add(connection, "t", "text")


@pytest.mark.parametrize(
    ("said", "status", "exit_status", "words"),
    [
        (problem(401, "this key was revoked"), 401, 1, "revoked; give a key"),
        (problem(403, "lacks the scope 'read'"), 403, 1, "may do this (request r1)"),
        (problem(404, "there is no test 't'"), 404, 2, "there is no test 't'"),
        (problem(422, "expected text"), 422, 2, "422: expected text (request r1)"),
        (problem(500, "a mistake of the portal"), 500, 1, "a mistake of the portal"),
        (Said(404, b"<html>not here"), 404, 2, "expected an answer of the portal, found '<html>"),
        (Said(302, b"", {"Location": "http://x/"}), 302, 1, "it stands elsewhere now"),
        (problem(403, f"no right: {KEY}"), 403, 1, "no right"),
    ],
)
def test_a_refusal_says_what_where_and_what_to_do(  # noqa: PLR0917 - one a column
    server: Scripted,
    connection: PortalConnection,
    said: Said,
    status: int,
    exit_status: int,
    words: str,
) -> None:
    server.answers = [said]
    with pytest.raises(PortalRefusedError) as raised:
        load_tests.test(connection, "t")
    assert (raised.value.status, raised.value.exit_status) == (status, exit_status)
    assert str(raised.value).startswith(f"{server.url}/behind/api/v1/tests/t: {status}: ")
    assert words in str(raised.value)
    assert KEY not in str(raised.value)
    assert len(server.came) == 1


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"tenant": 1}', b"\xff"])
def test_another_answer_is_said_to_be_another(
    server: Scripted, connection: PortalConnection, body: bytes
) -> None:
    server.answers = [Said(body=body)]
    with pytest.raises(PortalUnreachableError, match="is this its address"):
        keys.own(connection)


def pages(*cursors: str | None) -> list[Said]:
    rows = [
        {"name": f"b{at}", "test_id": "t", "pinned_at": "2026-11-30T12:00:00Z", "pinned_by": "x"}
        for at in range(len(cursors))
    ]
    return [
        Said(body=json.dumps({"baselines": [row], "next_cursor": cursor}).encode())
        for row, cursor in zip(rows, cursors, strict=True)
    ]


def test_pages_are_asked_for_when_they_are_needed(
    server: Scripted, connection: PortalConnection
) -> None:
    server.answers = pages("one", "t&o", None)
    found = baselines.baselines(connection)
    assert (next(found).name, len(server.came)) == ("b0", 1)
    assert [row.name for row in found] == ["b1", "b2"]
    paths = [path.removeprefix("/behind/api/v1/baselines") for _, path, _, _ in server.came]
    assert paths == ["", "?cursor=one", "?cursor=t%26o"]


def test_a_list_in_a_circle_ends(server: Scripted, connection: PortalConnection) -> None:
    server.answers = pages("one", "two", "one")
    with pytest.raises(PortalUnreachableError, match="circle"):
        list(baselines.baselines(connection))


@pytest.mark.parametrize("part", ["", ".", ".."])
def test_no_part_of_a_path_leads_elsewhere(connection: PortalConnection, part: str) -> None:
    with pytest.raises(InputError, match="a name or id"):
        load_tests.document(connection, part)


def test_parts_are_quoted(server: Scripted, connection: PortalConnection) -> None:
    server.answers = [Said(body=b"it")]
    assert load_tests.document(connection, "a/../b?c") == b"it"
    assert server.came[0][1] == "/behind/api/v1/tests/a%2F..%2Fb%3Fc/document"
