"""Jobs over the API: asked for, taken, watched over; one at a time on a machine."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, insert, text
from sqlalchemy.exc import IntegrityError

from portal.jobs.settling import GRACE, LEASE, MOST_ATTEMPTS
from portal.records.base import now
from portal.records.jobs import JobRow
from portal.records.tenant_session import TenantSession
from tests.portal.conftest import Database
from tests.portal.serving import Tenant, call, client, portal

AGENT = call("web-1")["agent"]
OTHER_AGENT = str(uuid.UUID(int=4))


@pytest.fixture
def tenant(engine: Engine) -> Tenant:
    return portal(engine, "one")


@pytest.fixture
def machine(tenant: Tenant) -> str:
    """Its agent has asked for work once."""
    return str(work(tenant)["machine_id"])


def work(tenant: Tenant, **changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = tenant.ok("POST", "/api/v1/agents/work", json=call("web-1", **changes))
    return found


def ask(tenant: Tenant, machine: str, status: int = 201, **more: Any) -> dict[str, Any]:
    said = {"machine_id": machine, "profile": "quick", **more}
    found: dict[str, Any] = tenant.ok("POST", "/api/v1/jobs", status, json=said)
    return found


def seen(tenant: Tenant, job: str) -> dict[str, Any]:
    found: dict[str, Any] = tenant.ok("GET", f"/api/v1/jobs/{job}")
    return found


def report(tenant: Tenant, job: str, attempt: int = 1, **more: Any) -> str | None:
    said = {"agent": AGENT, "attempt": attempt, "progress_ratio": 0.5, **more}
    found: str | None = tenant.ok("POST", f"/api/v1/agents/jobs/{job}/progress", json=said)["stop"]
    return found


def end(tenant: Tenant, job: str, outcome: str, attempt: int = 1, **more: Any) -> dict[str, Any]:
    said = {"agent": AGENT, "attempt": attempt, "outcome": outcome, **more}
    found: dict[str, Any] = tenant.ok("POST", f"/api/v1/agents/jobs/{job}/end", json=said)
    return found


def passes(engine: Engine, tenant: Tenant, job: str, time: timedelta) -> None:
    """Let time go by for a job: its moments move into the past."""
    with TenantSession(engine, uuid.UUID(tenant.id), writes=True) as session, session.begin():
        row = session.get_one(JobRow, (uuid.UUID(tenant.id), uuid.UUID(job)))
        for name in ("due_at", "started_at", "deadline_at"):
            if getattr(row, name) is not None:
                setattr(row, name, getattr(row, name) - time)


def test_a_job_from_wish_to_result(tenant: Tenant, machine: str) -> None:
    assert work(tenant)["taken"] is None
    job = ask(tenant, machine, kernels=["divide"], levels=[100, 10])["id"]
    assert seen(tenant, job)["state"] == "wanted"
    taken = work(tenant)["taken"]
    assert (taken["attempt"], taken["job"]["id"]) == (1, job)
    assert (taken["job"]["kernels"], taken["job"]["levels"]) == (["divide"], ["10", "100"])
    assert report(tenant, job, kernel="divide", phase="50 %", units_per_second=9.0) is None
    shown = seen(tenant, job)
    assert [shown[name] for name in ("state", "phase", "progress_ratio", "units_per_second")] == [
        "running",
        "50 %",
        0.5,
        9.0,
    ]
    ended = end(tenant, job, "done", test_ids=["t-1", "t-2"])
    assert (ended["state"], ended["test_ids"]) == ("done", ["t-1", "t-2"])
    # The answer was lost, and it is said again.
    assert end(tenant, job, "done", test_ids=["t-1", "t-2"]) == ended
    assert work(tenant)["taken"] is None
    listed = tenant.ok("GET", "/api/v1/jobs", params={"state": "done", "machine_id": machine})
    assert [one["id"] for one in listed["jobs"]] == [job]
    actions = [one["action"] for one in tenant.ok("GET", "/api/v1/audit")["entries"]]
    assert {"agent.bind", "job.ask"} <= set(actions)


def test_one_at_a_time_in_the_order_of_asking(tenant: Tenant, machine: str) -> None:
    first, second = ask(tenant, machine)["id"], ask(tenant, machine)["id"]
    assert work(tenant)["taken"]["job"]["id"] == first
    # Another agent of the same machine gets nothing meanwhile.
    assert work(tenant, agent=OTHER_AGENT)["taken"] is None
    end(tenant, first, "failed", said="no memory")
    assert work(tenant, agent=OTHER_AGENT)["taken"]["job"]["id"] == second


def test_the_database_holds_one_at_a_time(engine: Engine, tenant: Tenant, machine: str) -> None:
    own = {"tenant_id": uuid.UUID(tenant.id), "machine_id": uuid.UUID(machine), "kernels": "rmw"}
    own |= {"profile": "quick", "limit_seconds": 9, "wait_seconds": 9, "asked_by": "x"}
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SET LOCAL perfanalysis.tenant = '{tenant.id}'"))
        for number, state in enumerate(("running", "wanted", "done", "wanted", "taken")):
            values = own | {"id": uuid.UUID(int=number), "request_key": str(number)}
            occupies = uuid.UUID(machine) if state in {"running", "taken"} else None
            statement = insert(JobRow).values(**values, state=state, occupies=occupies)
            if state != "taken":
                connection.execute(statement)
        with pytest.raises(IntegrityError, match=r"occupies"):
            connection.execute(statement)
        connection.rollback()


@pytest.mark.parametrize("occupies", [True, False])
def test_a_state_says_whether_the_machine_is_busy(
    engine: Engine, tenant: Tenant, machine: str, occupies: bool
) -> None:
    own = {"tenant_id": uuid.UUID(tenant.id), "machine_id": uuid.UUID(machine), "kernels": "rmw"}
    own |= {"profile": "quick", "limit_seconds": 9, "wait_seconds": 9, "asked_by": "x"}
    own |= {"request_key": "1", "state": "wanted" if occupies else "running"}
    own["occupies"] = uuid.UUID(machine) if occupies else None
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SET LOCAL perfanalysis.tenant = '{tenant.id}'"))
        with pytest.raises(IntegrityError, match="ck_jobs_occupies"):
            connection.execute(insert(JobRow).values(**own))
        connection.rollback()


def test_agents_that_ask_at_once_get_one_job(
    database: Database, open_database: Callable[[str], Engine], tenant: Tenant, machine: str
) -> None:
    """As of two portals: each has connections of its own."""
    ask(tenant, machine)
    ask(tenant, machine)
    clients = [client(open_database(database.url), tenant.key) for _ in range(4)]
    taken: list[object] = []
    failed: list[str] = []
    start = threading.Barrier(len(clients))

    def go(number: int) -> None:
        said = call("web-1", agent=str(uuid.UUID(int=100 + number)))
        start.wait()
        answer = clients[number].post("/api/v1/agents/work", json=said)
        if answer.status_code == 200:
            taken.append(answer.json()["taken"])
        else:
            failed.append(answer.text)

    threads = [threading.Thread(target=go, args=(n,)) for n in range(len(clients))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len([one for one in taken if one is not None]) == 1


def test_the_same_request_is_the_same_job(tenant: Tenant, machine: str) -> None:
    headers = {"Idempotency-Key": "nightly-7"}
    said = {"machine_id": machine, "profile": "quick"}
    first = tenant.ok("POST", "/api/v1/jobs", 201, json=said, headers=headers)
    assert tenant.ok("POST", "/api/v1/jobs", 200, json=said, headers=headers) == first
    other = said | {"profile": "default"}
    assert "another job" in tenant.no("POST", "/api/v1/jobs", 409, json=other, headers=headers)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"kernels": ["rmw; reboot"]}, "kernels"),
        ({"kernels": ["crypto_sha256"]}, "what the machine's agent offers: rmw, divide"),
        ({"profile": "precise"}, "what the machine's agent offers"),
        ({"profile": "--force"}, "profile"),
        ({"profile": "kinds", "kernels": ["rmw"]}, "neither kernels nor levels"),
        ({"levels": [55]}, "levels"),
        ({"limit_seconds": 7200}, "at most 3600"),
        ({"limit_seconds": 0}, "limit_seconds"),
        ({"command": "reboot"}, "command"),
    ],
)
def test_nothing_else_may_be_started(
    tenant: Tenant, machine: str, said: dict[str, Any], expected: str
) -> None:
    full = {"machine_id": machine, "profile": "quick"} | said
    assert expected in tenant.no("POST", "/api/v1/jobs", 422, json=full)


def test_a_machine_without_an_agent_gets_no_job(tenant: Tenant) -> None:
    made = tenant.ok("POST", "/api/v1/machines", json={"name": "db-1"})["machine"]["id"]
    assert "loadtest agent" in tenant.no("POST", "/api/v1/jobs", 409, json={"machine_id": made})


def test_cancel(tenant: Tenant, machine: str) -> None:
    waiting = ask(tenant, machine)["id"]
    assert tenant.ok("POST", f"/api/v1/jobs/{waiting}/cancel")["state"] == "cancelled"
    running = ask(tenant, machine)["id"]
    work(tenant)
    assert report(tenant, running) is None
    assert tenant.ok("POST", f"/api/v1/jobs/{running}/cancel")["state"] == "running"
    assert report(tenant, running) == "cancelled"
    assert end(tenant, running, "cancelled")["state"] == "cancelled"
    assert tenant.ok("POST", f"/api/v1/jobs/{running}/cancel")["state"] == "cancelled"


def test_an_agent_that_died_frees_its_job(engine: Engine, tenant: Tenant, machine: str) -> None:
    job = ask(tenant, machine)["id"]
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert work(tenant)["taken"]["attempt"] == attempt
        assert report(tenant, job, attempt) is None
        passes(engine, tenant, job, LEASE)
        assert seen(tenant, job)["state"] == ("failed" if attempt == MOST_ATTEMPTS else "wanted")
    assert "at each of 3 attempts" in seen(tenant, job)["said"]
    assert work(tenant)["taken"] is None


def test_an_agent_that_was_away_goes_on(engine: Engine, tenant: Tenant, machine: str) -> None:
    job = ask(tenant, machine)["id"]
    work(tenant)
    report(tenant, job)
    passes(engine, tenant, job, LEASE)
    assert seen(tenant, job)["state"] == "wanted"
    assert report(tenant, job) is None
    assert seen(tenant, job)["state"] == "running"
    # But not where another one has taken it.
    passes(engine, tenant, job, LEASE)
    assert work(tenant, agent=OTHER_AGENT)["taken"]["attempt"] == 2
    assert report(tenant, job) == "lost"
    said = {"agent": AGENT, "attempt": 1, "outcome": "done"}
    assert "no more" in tenant.no("POST", f"/api/v1/agents/jobs/{job}/end", 409, json=said)


def test_an_agent_that_began_anew_gets_its_job_again(tenant: Tenant, machine: str) -> None:
    job = ask(tenant, machine)["id"]
    work(tenant)
    report(tenant, job)
    taken = work(tenant)["taken"]
    assert (taken["attempt"], taken["job"]["id"]) == (2, job)
    # Its earlier run is not heard any more.
    assert report(tenant, job, 1) == "lost"
    assert report(tenant, job, 2) is None


def test_the_time_limit(engine: Engine, tenant: Tenant, machine: str) -> None:
    job = ask(tenant, machine, limit_seconds=10)["id"]
    work(tenant)
    report(tenant, job)
    passes(engine, tenant, job, timedelta(seconds=10) + GRACE)
    assert report(tenant, job) == "time limit"
    assert seen(tenant, job)["state"] == "failed"


def test_what_nobody_took_expires(engine: Engine, tenant: Tenant, machine: str) -> None:
    job = ask(tenant, machine, wait_seconds=60)["id"]
    passes(engine, tenant, job, timedelta(seconds=60))
    assert seen(tenant, job)["state"] == "expired"
    assert work(tenant)["taken"] is None


def test_an_agent_that_stops_gives_its_job_back(tenant: Tenant, machine: str) -> None:
    job = ask(tenant, machine)["id"]
    work(tenant)
    assert end(tenant, job, "released", said="it was told to stop")["state"] == "wanted"
    assert work(tenant)["taken"]["attempt"] == 2


def made_key(tenant: Tenant, *scopes: str) -> tuple[str, str]:
    asked = {"name": "k", "scopes": scopes}
    found = tenant.ok("POST", "/api/v1/keys", 201, json=asked)
    return found["key"], found["about"]["id"]


def test_a_machine_is_bound_to_a_key(engine: Engine, tenant: Tenant) -> None:
    key, key_id = made_key(tenant, "report")
    agent = client(engine, key)
    first = agent.post("/api/v1/agents/work", json=call("web-1"))
    machine = first.json()["machine_id"]
    other = client(engine, made_key(tenant, "report")[0])
    refused = other.post("/api/v1/agents/work", json=call("web-1", agent=OTHER_AGENT))
    assert (refused.status_code, "another key" in refused.text) == (409, True)
    # Nor may it speak of its jobs.
    job = ask(tenant, machine)["id"]
    assert agent.post("/api/v1/agents/work", json=call("web-1")).json()["taken"]
    said = {"agent": AGENT, "attempt": 1}
    url = f"/api/v1/agents/jobs/{job}"
    assert other.post(f"{url}/progress", json=said).status_code == 409
    assert other.post(f"{url}/end", json=said | {"outcome": "done"}).status_code == 409
    shown = {"agent": AGENT, "readings": {"load1": 1.0}}
    assert other.post(f"/api/v1/agents/{machine}/readings", json=shown).status_code == 409
    # A rotated key goes on.
    new = tenant.ok("POST", f"/api/v1/keys/{key_id}/rotate", 201, json={"overlap_seconds": 0})
    rotated = client(engine, new["key"])
    assert rotated.post(f"{url}/progress", json=said).json() == {"stop": None}
    listed = tenant.ok("GET", "/api/v1/agents")["agents"]
    assert [(one["machine"], one["key_id"]) for one in listed] == [("web-1", new["about"]["id"])]
    # And an admin frees the machine.
    tenant.ok("DELETE", f"/api/v1/agents/{machine}", 204)
    assert other.post("/api/v1/agents/work", json=call("web-1")).status_code == 200


def test_scopes(engine: Engine, tenant: Tenant, machine: str) -> None:
    agent = client(engine, made_key(tenant, "report")[0])
    reader = client(engine, made_key(tenant, "read")[0])
    runner = client(engine, made_key(tenant, "run")[0])
    said = {"machine_id": machine, "profile": "quick"}
    assert [one.post("/api/v1/jobs", json=said).status_code for one in (agent, reader, runner)] == [
        403,
        403,
        201,
    ]
    assert reader.get("/api/v1/jobs").status_code == 200
    assert reader.post("/api/v1/agents/work", json=call("web-1")).status_code == 403
    assert reader.post("/api/v1/live-tickets").status_code == 201
    assert agent.post("/api/v1/live-tickets").status_code == 403


def test_a_retired_machine_gets_no_work(tenant: Tenant, machine: str) -> None:
    tenant.ok("POST", f"/api/v1/machines/{machine}/retire")
    assert "retired" in tenant.no("POST", "/api/v1/jobs", 409, json={"machine_id": machine})
    assert "retired" in tenant.no("POST", "/api/v1/agents/work", 409, json=call("web-1"))


def test_moments_are_of_the_portal(tenant: Tenant, machine: str) -> None:
    before = now()
    job = ask(tenant, machine)
    assert job["asked_by"].startswith("first key")
    assert before.isoformat()[:10] <= job["asked_at"][:10] <= now().isoformat()[:10]
