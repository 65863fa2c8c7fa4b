"""Live frames of portals as people run them, over real WebSockets."""

from __future__ import annotations

import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, text
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from portal.records.base import now
from portal.records.jobs import JobRow
from portal.records.opening import open_engine, url_of
from portal.records.tenants import TenantRow
from portal.tenancy.provisioning import provision
from tests.portal.conftest import Database
from tests.portal.live.watching import Agent, address, ask, wait_until, watching
from tests.portal.running import Running, running

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("live")


@pytest.fixture(scope="module")
def portal(folder: Path) -> Iterator[Running]:
    url = f"sqlite:///{folder}/portal.sqlite"
    with running(folder, url, "--live-connections-of-tenant", "3") as found:
        yield found


@pytest.fixture(scope="module")
def agent(portal: Running) -> Agent:
    return Agent(portal, portal.key, "web-1")


def key_of(portal: Running, *scopes: str) -> tuple[str, str]:
    said = {"name": "k", "scopes": scopes}
    answer = portal.ask("POST", "/api/v1/keys", json=said).json()
    return answer["key"], answer["about"]["id"]


def refusal(url: str, **headers: str) -> int:
    with (
        pytest.raises(InvalidStatus) as raised,
        connect(url, additional_headers=headers, proxy=None),
    ):
        pass
    answer = raised.value.response
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert b'"detail"' in (answer.body or b"")
    return answer.status_code


def test_who_is_let_in(portal: Running) -> None:
    url = address(portal)
    reader, reporter = key_of(portal, "read")[0], key_of(portal, "report")[0]
    assert refusal(url) == 401
    assert refusal(url, Authorization="Bearer nonsense") == 401
    assert refusal(url, Authorization=f"Bearer {reader[:-1]}") == 401
    assert refusal(url, Authorization=f"Bearer {reporter}") == 403
    good = {"Authorization": f"Bearer {reader}"}
    assert refusal(url, **good, Origin="http://elsewhere.example") == 403
    assert refusal(url, **good, Origin="null") == 403
    for more in ({}, {"Origin": portal.url}):
        with connect(url, additional_headers={**good, **more}, proxy=None) as one:
            one.recv(timeout=30)


def test_a_ticket_opens_one_connection(portal: Running) -> None:
    ticket = portal.ask("POST", "/api/v1/live-tickets").json()["ticket"]
    foreign = {"Origin": "http://elsewhere.example"}
    assert refusal(address(portal, ticket), **foreign) == 403
    with connect(address(portal, ticket), origin=Origin(portal.url), proxy=None) as one:
        one.recv(timeout=30)
    assert refusal(address(portal, ticket)) == 401
    assert refusal(address(portal, f"{uuid.uuid4().hex}.x")) == 401
    assert ticket not in portal.log


@pytest.mark.parametrize("wish", ["nonsense", '{"machines": ["x"]}', '{"sql": 1}', "[" * 9000])
def test_a_wish_that_is_none_ends_the_connection(portal: Running, wish: str) -> None:
    with watching(portal) as watcher:
        watcher.connection.send(wish)
        with pytest.raises(ConnectionClosed) as raised:
            watcher.until(lambda: False)
    assert raised.value.rcvd is not None
    assert raised.value.rcvd.code == 1008


def test_progress_and_readings_are_seen(portal: Running, agent: Agent) -> None:
    with watching(portal) as watcher, watching(portal) as beside:
        watcher.watch(agent.machine)
        beside.watch(jobs=True)
        job = ask(portal, portal.key, agent.machine)
        watcher.until(lambda: job in watcher.jobs)
        assert agent.work()["taken"]["job"]["id"] == job
        agent.progress(job, kernel="rmw", phase="50 %", progress_ratio=0.5, units_per_second=7.5)
        watcher.until(lambda: watcher.jobs[job].get("progress_ratio") == 0.5)
        # The agent hears that somebody watches.
        assert agent.work(takes=False)["watched"] is True
        assert agent.read(cpu_busy_ratio=0.25, load1=1.5) is True
        watcher.until(lambda: bool(watcher.machines.get(agent.machine, {}).get("readings")))
        assert watcher.machines[agent.machine]["readings"] == {"cpu_busy_ratio": 0.25, "load1": 1.5}
        agent.end(job, outcome="done", test_ids=["t-1"])
        watcher.until(lambda: watcher.jobs[job]["state"] == "done")
        assert watcher.jobs[job]["test_ids"] == ["t-1"]
        beside.until(lambda: beside.jobs.get(job, {}).get("state") == "done")
        assert beside.machines == {}


def test_an_agent_that_waits_is_called_at_once(portal: Running) -> None:
    taken: list[str] = []
    # Whose machine is watched would not wait.
    agent = Agent(portal, portal.key, "web-2")
    waits = threading.Thread(
        target=lambda: taken.append(agent.work(wait_seconds=50)["taken"]["job"]["id"])
    )
    waits.start()
    began = time.monotonic()
    job = ask(portal, portal.key, agent.machine)
    waits.join()
    assert taken == [job]
    # Far from the 50 seconds that it would have waited.
    assert time.monotonic() - began < 40
    agent.end(job, outcome="failed")


def test_a_tenant_has_so_many_connections(portal: Running) -> None:
    wait_until(lambda: "perf_portal_live_connections 0.0" in metrics(portal), "an empty portal")
    with watching(portal), watching(portal), watching(portal):
        assert refusal(address(portal), Authorization=f"Bearer {portal.key}") == 503
    wait_until(lambda: "perf_portal_live_connections 0.0" in metrics(portal), "an empty portal")
    with watching(portal) as watcher:
        watcher.read()


def metrics(portal: Running) -> str:
    return portal.ask("GET", "/metrics").text


def test_a_revoked_key_is_cut_off(portal: Running) -> None:
    key, key_id = key_of(portal, "read")
    with watching(portal, key) as watcher, watching(portal) as other:
        watcher.read()
        portal.ask("DELETE", f"/api/v1/keys/{key_id}")
        with pytest.raises(ConnectionClosed) as raised:
            watcher.until(lambda: False)
        assert raised.value.rcvd is not None
        assert (raised.value.rcvd.code, "ended" in raised.value.rcvd.reason) == (1008, True)
        other.connection.ping().wait(30)


def test_a_slow_reader_is_dropped_and_hurts_nobody(
    portal: Running, agent: Agent, folder: Path
) -> None:
    """Frames of nearly a megabyte: a snapshot of many jobs, which each new wish asks for."""
    engine = open_engine(url_of(f"sqlite:///{folder}/portal.sqlite", "test"))
    fill(engine, agent.machine, 800)
    dropped = "perf_portal_live_connections_dropped_total"
    before = value_of(metrics(portal), dropped)
    with (
        watching(portal, max_queue=1, sock=narrow_socket(portal)) as slow,
        watching(portal) as fast,
    ):
        fast.until(lambda: len(fast.jobs) >= 800)

        def is_dropped() -> bool:
            slow.watch()
            fast.watch()
            fast.read()
            return value_of(metrics(portal), dropped) > before

        wait_until(is_dropped, "a reader that was dropped")
        with pytest.raises(ConnectionClosed) as raised:
            while True:
                slow.read()
        assert raised.value.rcvd is not None
        assert raised.value.rcvd.code == 1013
        fast.connection.ping().wait(30)
    empty(engine)


def narrow_socket(portal: Running) -> socket.socket:
    """The kernel keeps little of what its owner does not read."""
    found = socket.socket()
    found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 14)
    found.connect(("127.0.0.1", portal.port))
    return found


def value_of(page: str, name: str) -> float:
    (line,) = [one for one in page.splitlines() if one.startswith(f"{name} ")]
    return float(line.partition(" ")[2])


def fill(engine: Engine, machine: str, count: int) -> None:
    with engine.connect() as connection:
        tenant = connection.execute(select(TenantRow.id)).scalar_one()
    own: dict[str, Any] = {"tenant_id": tenant, "machine_id": uuid.UUID(machine)}
    own |= {"kernels": "x" * 1000, "profile": "quick", "limit_seconds": 9, "wait_seconds": 9}
    own |= {"asked_by": "x", "state": "wanted", "due_at": now() + timedelta(days=1)}
    rows = [
        {**own, "id": uuid.uuid4(), "request_key": f"f{n}", "attempts": 0} for n in range(count)
    ]
    with engine.begin() as connection:
        connection.execute(insert(JobRow), rows)


def empty(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM jobs"))
    engine.dispose()


@pytest.fixture
def two_tenants(database: Database, open_database: Callable[[str], Engine]) -> tuple[str, str]:
    engine = open_database(database.url)
    return tuple(provision(engine, None, name)[1].text for name in ("one", "other"))  # type: ignore[return-value]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_two_portals_on_one_database_show_the_same(
    database: Database, two_tenants: tuple[str, str], tmp_path: Path
) -> None:
    """What an agent tells one is seen at the other; and by no other tenant."""
    key, foreign = two_tenants
    with (
        running(tmp_path / "a", database.url) as here,
        running(tmp_path / "b", database.url) as there,
        watching(there, key) as watcher,
        watching(there, foreign) as stranger,
    ):
        agent = Agent(here, key, "web-1")
        watcher.watch(agent.machine)
        stranger.watch(agent.machine)
        job = ask(there, key, agent.machine)
        assert agent.work(wait_seconds=50)["taken"]["job"]["id"] == job
        agent.progress(job, progress_ratio=0.25)
        watcher.until(lambda: watcher.jobs.get(job, {}).get("progress_ratio") == 0.25)
        wait_until(lambda: agent.read(load1=2.0), "that the agent is told of who watches")
        watcher.until(lambda: bool(watcher.machines.get(agent.machine, {}).get("readings")))
        there.ask("POST", f"/api/v1/jobs/{job}/cancel", key)
        assert agent.progress(job) == {"stop": "cancelled"}
        agent.end(job, outcome="cancelled")
        watcher.until(lambda: watcher.jobs[job]["state"] == "cancelled")
        # Whoever has a ticket of one comes in at the other.
        ticket = here.ask("POST", "/api/v1/live-tickets", key).json()["ticket"]
        with connect(address(there, ticket), proxy=None) as one:
            one.recv(timeout=30)
        stranger.read()
        assert (stranger.jobs, stranger.machines) == ({}, {})
        # They end with the portal, and so does the wait of an agent.
        assert there.stop() == 0
        with pytest.raises(ConnectionClosed) as raised:
            watcher.until(lambda: False)
        assert raised.value.rcvd is not None
        assert raised.value.rcvd.code == 1012
