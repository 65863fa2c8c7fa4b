"""Machines are merged while documents of them arrive: each document that was taken is there."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from portal.records.opening import open_engine, url_of
from portal.tenancy.provisioning import provision
from tests.portal.conftest import Database
from tests.portal.running import Running, running
from tests.portal.serving import document

pytestmark = pytest.mark.e2e
MACHINES = ("a", "b", "c", "d")


def test_a_merge_moves_each_document_that_was_taken(database: Database, tmp_path: Path) -> None:
    engine = open_engine(url_of(database.url, "test"))
    _, key = provision(engine, None, "one", is_operator=True)
    engine.dispose()
    taken: list[str] = []
    stop = threading.Event()

    def send(portal: Running, name: str) -> None:
        with requests.Session() as session:
            count = 0
            while not stop.is_set() or count < 5:
                test_id, count = f"{name}-{count}", count + 1
                answer = session.post(
                    f"{portal.url}/api/v1/tests",
                    data=document(test_id=test_id, machine={"name": name}),
                    headers={"X-Api-Key": key.text},
                    timeout=60,
                )
                assert answer.status_code == 201, answer.text
                taken.append(test_id)

    def wait_for(count: int) -> None:
        until = time.monotonic() + 60
        while len(taken) < count and time.monotonic() < until:
            time.sleep(0.01)

    with running(tmp_path, database.url) as portal:
        threads = [threading.Thread(target=send, args=(portal, name)) for name in MACHINES]
        for thread in threads:
            thread.start()
        wait_for(20)
        # On SQLite one of them may have had to wait for all others so far.
        until = time.monotonic() + 60
        while {test.partition("-")[0] for test in taken} < set(MACHINES):
            assert time.monotonic() < until
            time.sleep(0.01)
        found = portal.ask("GET", "/api/v1/machines", key.text).json()["machines"]
        ids = {machine["name"]: machine["id"] for machine in found}
        for source, target in (("a", "b"), ("b", "c"), ("d", "c")):
            url = f"/api/v1/machines/{ids[source]}/merge"
            merged = portal.ask("POST", url, key.text, json={"into": ids[target]})
            assert merged.status_code == 200, merged.text
            wait_for(len(taken) + 10)
        stop.set()
        for thread in threads:
            thread.join()
        of_the_last: list[Any] = []
        cursor: str | None = ""
        while cursor is not None:
            url = f"/api/v1/tests?limit=500&machine_id={ids['c']}{cursor}"
            answer = portal.ask("GET", url, key.text).json()
            of_the_last += answer["tests"]
            following = answer["next_cursor"]
            cursor = None if following is None else f"&cursor={following}"
        assert len(taken) == len(set(taken)) >= 50
        assert {test["test_id"] for test in of_the_last} == set(taken)
