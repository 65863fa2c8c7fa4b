"""Watch a portal that runs, and act as an agent there."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.portal.running import SECONDS, Running
from tests.portal.serving import call

AGENT = call("web-1")["agent"]


class Watcher:
    """A live connection, and all that it was sent."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.jobs: dict[str, dict[str, Any]] = {}
        self.machines: dict[str, dict[str, Any]] = {}
        self.states: list[tuple[str, str]] = []

    def watch(self, *machines: str, jobs: bool = True) -> None:
        self.connection.send(json.dumps({"machines": machines, "jobs": jobs}))

    def until(self, seen: Callable[[], bool]) -> None:
        """Read until something was seen.

        Raises:
            websockets.ConnectionClosed: the portal ended it.
        """
        end = time.monotonic() + SECONDS
        while not seen():
            assert time.monotonic() < end, (self.jobs, self.machines)
            self.read()

    def read(self) -> None:
        frame = json.loads(self.connection.recv(timeout=SECONDS))
        assert frame["type"] == "live"
        for job in frame["jobs"]:
            self.jobs[job["id"]] = job
            self.states.append((job["id"], job["state"]))
        for machine in frame["machines"]:
            self.machines[machine["machine_id"]] = machine


def address(portal: Running, ticket: str = "") -> str:
    return f"ws{portal.url[4:]}/api/v1/live{f'?ticket={ticket}' if ticket else ''}"


@contextmanager
def watching(portal: Running, key: str = "", **more: Any) -> Iterator[Watcher]:
    headers = {"Authorization": f"Bearer {key or portal.key}"}
    # No proxy stands between.
    with connect(address(portal), additional_headers=headers, proxy=None, **more) as connection:
        yield Watcher(connection)


class Agent:
    """What an agent says, by hand."""

    def __init__(self, portal: Running, key: str, machine: str, agent: str = AGENT) -> None:
        self._portal, self._key = portal, key
        self._call = call(machine, agent=agent)
        self.machine = self.work(takes=False)["machine_id"]

    def work(self, **more: Any) -> dict[str, Any]:
        return self._said("/api/v1/agents/work", **self._call, **more)

    def progress(self, job: str, **more: Any) -> dict[str, Any]:
        own = {"agent": self._call["agent"], "attempt": 1}
        return self._said(f"/api/v1/agents/jobs/{job}/progress", **own, **more)

    def end(self, job: str, **more: Any) -> dict[str, Any]:
        own = {"agent": self._call["agent"], "attempt": 1}
        return self._said(f"/api/v1/agents/jobs/{job}/end", **own, **more)

    def read(self, **readings: float) -> bool:
        said = {"agent": self._call["agent"], "readings": readings}
        return bool(self._said(f"/api/v1/agents/{self.machine}/readings", **said)["watched"])

    def _said(self, path: str, **said: Any) -> dict[str, Any]:
        answer = self._portal.ask("POST", path, self._key, json=said)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


def ask(portal: Running, key: str, machine: str, **more: Any) -> str:
    said = {"machine_id": machine, "profile": "quick", **more}
    answer = portal.ask("POST", "/api/v1/jobs", key, json=said)
    assert answer.status_code == 201, answer.text
    return str(uuid.UUID(answer.json()["id"]))


def wait_until(found: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + SECONDS
    while not found():
        assert time.monotonic() < end, what
        time.sleep(0.05)
