"""Each process of an installation is killed in turn: nothing is lost, and all goes on by itself."""

from __future__ import annotations

import datetime
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.parts import seconds_until
from tests.chaos.recovery import Recoveries
from tests.chaos.stack import MACHINE, Stack, running_stack
from tests.postgresql_programs import programs

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.long,
    pytest.mark.skipif(programs() is None, reason="no PostgreSQL here"),
]
# Longer than the scaled alerts wait.
AWAY_SECONDS = 8.0
ALERT_OF = {"exporter": "MachineNotScraped", "portal": "PortalGone"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(Path(tmp_path_factory.mktemp("stack"))) as found:
        seconds_until(found.goes_on, "the first results and pushes")
        yield found


def was_seen(stack: Stack, since: datetime.datetime) -> bool:
    """Whether the portal has heard of the agent since then."""
    agents = stack.ask("GET", "/api/v1/agents").json()["agents"]
    return any(datetime.datetime.fromisoformat(one["seen_at"]) > since for one in agents)


@pytest.mark.parametrize(
    "name", ["exporter", "prometheus", "alertmanager", "portal", "agent", "deliver"]
)
def test_a_process_is_killed(name: str, stack: Stack, recoveries: Recoveries) -> None:
    told = len(stack.news("firing")), len(stack.news("resolved"))
    part = stack.parts[name]
    part.end(signal.SIGKILL)
    time.sleep(AWAY_SECONDS)
    began, started = time.monotonic(), datetime.datetime.now(datetime.UTC)
    part.start()
    seconds_until(stack.goes_on, f"all after {name}")
    if name == "agent":
        seconds_until(lambda: was_seen(stack, started), "a word of the agent")
    recoveries.note(f"kill -9: {name}", time.monotonic() - began)
    if name in ALERT_OF:
        alert = ALERT_OF[name]
        assert alert in stack.news("firing")[told[0] :]
        seconds_until(lambda: alert in stack.news("resolved")[told[1] :], "the end of the alert")


def test_the_database_is_killed(stack: Stack, recoveries: Recoveries) -> None:
    stack.postgres.stop(signal.SIGKILL)
    time.sleep(AWAY_SECONDS)
    began = time.monotonic()
    stack.postgres.start()
    before = len(stack.stored_or_none())
    seconds_until(lambda: len(stack.stored_or_none()) > before, "a new result")
    seconds_until(stack.goes_on, "all after PostgreSQL")
    recoveries.note("kill -9: PostgreSQL", time.monotonic() - began)


def test_a_job_survives_its_agent_and_its_portal(stack: Stack) -> None:
    agents = stack.ask("GET", "/api/v1/agents").json()["agents"]
    (machine,) = [one["machine_id"] for one in agents]
    wanted = {"machine_id": machine, "kernels": ["rmw"], "profile": "quick", "levels": [100]}
    job = stack.ask("POST", "/api/v1/jobs", json=wanted).json()["id"]

    def state() -> str:
        return str(stack.ask("GET", f"/api/v1/jobs/{job}").json()["state"])

    for name in ("agent", "portal"):
        seconds_until(lambda: state() in {"running", "done"}, "a run")
        stack.parts[name].end()
        stack.parts[name].start()
    seconds_until(lambda: state() in {"done", "failed"}, "the end of the job", 200)
    found = stack.ask("GET", f"/api/v1/jobs/{job}").json()
    assert found["state"] == "done", found
    # Whoever empties the spool brings it, as the portal was away.
    wanted_ids = set(found["test_ids"])
    seconds_until(lambda: wanted_ids <= set(stack.stored()), "the job's result")


def test_all_is_there_exactly_once(stack: Stack) -> None:
    stack.feeder.stop()
    seconds_until(lambda: not stack.feeder.spool.waiting(), "the last result")
    found = stack.stored()
    assert len(stack.feeder.acknowledged) > 100
    assert set(stack.feeder.acknowledged) <= set(found)
    assert len(found) == len(set(found))
    assert stack.feeder.spool.dead() == []
    time.sleep(2)
    pushes, last = stack.pushed(), time.time() - 2
    sure = {one for one in stack.acknowledged_pushes() if one < last * 1000}
    assert sure <= set(pushes)
    assert len(pushes) == len(set(pushes))
    # Nothing is told any more, and nobody waits for news of something that is over.
    seconds_until(lambda: stack.query('ALERTS{alertstate="firing"}') == [], "silence")
    assert {*stack.news("firing")} == {*stack.news("resolved")}
    assert MACHINE in str(stack.inbox.messages)
