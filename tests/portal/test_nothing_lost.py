"""Portals that are killed, and two on one database: no document is lost, none is there twice."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path

import pytest
import requests

from portal.records.opening import open_engine, url_of
from portal.tenancy.provisioning import provision
from tests.portal.conftest import Database
from tests.portal.running import Running, running
from tests.portal.serving import document

pytestmark = pytest.mark.e2e


@pytest.fixture
def key(database: Database) -> str:
    engine = open_engine(url_of(database.url, "test"))
    _, text = provision(engine, None, "one", is_operator=True)
    engine.dispose()
    return text.text


def stored(portal: Running, key: str) -> list[str]:
    found, cursor = [], ""
    while True:
        answer = portal.ask("GET", f"/api/v1/tests?limit=500&cursor={cursor}".rstrip("="), key)
        if not cursor:
            answer = portal.ask("GET", "/api/v1/tests?limit=500", key)
        found += [one["test_id"] for one in answer.json()["tests"]]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return found


def test_kill_9_loses_no_acknowledged_document(
    database: Database, key: str, tmp_path: Path
) -> None:
    acknowledged: list[str] = []
    stop = threading.Event()

    def send(portal: Running, number: int) -> None:
        session = requests.Session()
        count = 0
        while not stop.is_set():
            name = f"t{number}-{count}"
            try:
                answer = session.post(
                    f"{portal.url}/api/v1/tests",
                    data=document(test_id=name),
                    headers={"X-Api-Key": key},
                    timeout=10,
                )
            except requests.RequestException:
                return
            if answer.status_code == 201:
                acknowledged.append(name)
            count += 1

    with running(tmp_path, database.url) as portal:
        threads = [threading.Thread(target=send, args=(portal, i)) for i in range(4)]
        for thread in threads:
            thread.start()
        until = time.monotonic() + 60
        while len(acknowledged) < 20 and time.monotonic() < until:
            time.sleep(0.02)
        portal.stop(signal.SIGKILL)
        stop.set()
        for thread in threads:
            thread.join()
    assert len(acknowledged) >= 20
    with running(tmp_path / "again", database.url) as portal:
        found = stored(portal, key)
        assert set(acknowledged) <= set(found)
        assert len(found) == len(set(found))
        again = [
            portal.ask("POST", "/api/v1/tests", key, data=document(test_id=name)).status_code
            for name in found[:10]
        ]
        assert again == [200] * len(again)
        assert len(stored(portal, key)) == len(found)


def test_two_portals_on_one_database_act_as_one(
    database: Database, key: str, tmp_path: Path
) -> None:
    with (
        running(tmp_path / "a", database.url) as one,
        running(tmp_path / "b", database.url) as other,
    ):
        answers: list[int] = []

        def send(portal: Running) -> None:
            for number in range(15):
                body = document(test_id=f"t{number}", machine={"name": f"m{number % 3}"})
                answers.append(portal.ask("POST", "/api/v1/tests", key, data=body).status_code)

        threads = [threading.Thread(target=send, args=(p,)) for p in (one, other, one, other)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answers) == [200] * 45 + [201] * 15
        assert sorted(stored(one, key)) == sorted(stored(other, key))
        machines = other.ask("GET", "/api/v1/machines", key).json()["machines"]
        assert [machine["name"] for machine in machines] == ["m0", "m1", "m2"]
        changes = [
            other.ask("GET", f"/api/v1/machines/{machine['id']}/history", key).json()["changes"]
            for machine in machines
        ]
        assert [len(found) for found in changes] == [1, 1, 1]
        asked = {"name": "agents", "scopes": ["read"]}
        made = one.ask("POST", "/api/v1/keys", key, json=asked).json()
        assert other.ask("GET", "/api/v1/tests", made["key"]).status_code == 200
        one.ask("DELETE", f"/api/v1/keys/{made['about']['id']}", key)
        assert other.ask("GET", "/api/v1/tests", made["key"]).status_code == 401
