"""A portal whose PostgreSQL stops, hangs and comes back says so at once, and goes on by itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.migrations.running import migrate
from portal.records.opening import open_engine, url_of
from portal.tenancy.provisioning import provision
from tests.portal import postgres
from tests.portal.postgres import OWNER, SERVING, Postgres
from tests.portal.running import Running, running
from tests.portal.serving import document
from tests.postgresql_programs import programs

pytestmark = pytest.mark.e2e


@pytest.fixture
def own_server() -> Iterator[Postgres]:
    """Not the one that other tests share."""
    if programs() is None:
        pytest.skip("no PostgreSQL here: scripts/setup-tests brings Debian's")
    with postgres.server() as found:
        yield found


def wait_until_ready(portal: Running) -> None:
    until = time.monotonic() + 30
    while portal.ask("GET", "/readyz").status_code != 200:
        assert time.monotonic() < until, portal.log
        time.sleep(0.1)


def test_what_is_asked_meanwhile_is_answered_503(own_server: Postgres, tmp_path: Path) -> None:
    name = own_server.database()
    engine = open_engine(url_of(own_server.url(OWNER, name), "test"))
    migrate(engine, SERVING)
    _, key = provision(engine, None, "one", is_operator=True)
    engine.dispose()

    def hand_in(portal: Running, test_id: str) -> int:
        body = document(test_id=test_id)
        return portal.ask("POST", "/api/v1/tests", key.text, data=body).status_code

    with running(tmp_path, own_server.url(SERVING, name)) as portal:
        assert hand_in(portal, "before") == 201
        own_server.stop()
        answer = portal.ask("GET", "/readyz")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        assert portal.ask("GET", "/healthz").status_code == 200
        assert hand_in(portal, "meanwhile") == 503
        own_server.start()
        wait_until_ready(portal)
        assert hand_in(portal, "meanwhile") == 201
        own_server.hold()
        try:
            # It has no answer of its own to wait for: the portal gives up waiting.
            assert portal.ask("GET", "/readyz").status_code == 503
            assert portal.ask("GET", "/readyz").status_code == 503
        finally:
            own_server.release()
        wait_until_ready(portal)
        found = portal.ask("GET", "/api/v1/tests", key.text).json()["tests"]
        assert sorted(test["test_id"] for test in found) == ["before", "meanwhile"]
        assert portal.stop() == 0
