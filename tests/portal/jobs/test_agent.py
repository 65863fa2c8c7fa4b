"""Agents as people run them, with real tests of this machine; no figure of theirs is looked at."""

from __future__ import annotations

import datetime
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.portal.live.watching import Agent, ask, wait_until, watching
from tests.portal.running import SECONDS, Running, running

pytestmark = pytest.mark.e2e
# Other work may go on beside the tests, also other load tests.
BESIDE_OTHERS = ("--", "--force", "--wait", "200")
SHORT = {"levels": [100]}


def command(portal: Running, folder: Path, *flags: str) -> list[str]:
    (folder / "key").write_text(portal.key)
    words = [sys.executable, "-m", "perfanalysis", "loadtest", "agent", "--portal", portal.url]
    words += ["--portal-bearer-token-file", str(folder / "key"), "--machine", "web-1"]
    words += ["--state-directory", str(folder / "state"), "--exporter-url", "", *flags]
    return [*words, *BESIDE_OTHERS]


@contextmanager
def agent_of(portal: Running, folder: Path, *flags: str) -> Iterator[subprocess.Popen[bytes]]:
    folder.mkdir(exist_ok=True)
    with (folder / "agent").open("ab") as said:
        process = subprocess.Popen(command(portal, folder, *flags), stderr=said)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(SECONDS)


def machine_of(portal: Running) -> str:
    """Of the agent, once it has asked."""
    found: list[dict[str, Any]] = []

    def listed() -> bool:
        found[:] = portal.ask("GET", "/api/v1/agents").json()["agents"]
        return bool(found)

    wait_until(listed, "an agent")
    return str(found[0]["machine_id"])


def job_of(portal: Running, job: str) -> dict[str, Any]:
    found: dict[str, Any] = portal.ask("GET", f"/api/v1/jobs/{job}").json()
    return found


def wait_for(portal: Running, job: str, *states: str) -> dict[str, Any]:
    wait_until(lambda: job_of(portal, job)["state"] in states, f"{states}: {job}")
    return job_of(portal, job)


def is_measuring(portal: Running, job: str) -> bool:
    return job_of(portal, job)["kernel"] is not None


def handed_in(portal: Running) -> list[str]:
    return [one["test_id"] for one in portal.ask("GET", "/api/v1/tests").json()["tests"]]


def test_from_the_wish_to_the_document(tmp_path: Path) -> None:
    with (
        running(tmp_path / "portal", f"sqlite:///{tmp_path}/portal.sqlite") as portal,
        agent_of(portal, tmp_path) as agent,
    ):
        machine = machine_of(portal)
        with watching(portal) as watcher:
            job = ask(portal, portal.key, machine, **SHORT)
            watcher.until(lambda: "progress_ratio" in watcher.jobs.get(job, {}))
            watcher.until(lambda: watcher.jobs[job]["state"] in {"done", "failed"})
            shown = watcher.jobs[job]
            assert (shown["state"], shown["kernels"]) == ("done", ["rmw"])
        # It was there before the job was said to be done.
        assert handed_in(portal) == shown["test_ids"]
        document = portal.ask("GET", f"/api/v1/tests/{shown['test_ids'][0]}/document").json()
        assert document["machine"]["name"] == "web-1"
        # Taken back, it ends at once; and so does one whose time is over.
        job = ask(portal, portal.key, machine, profile="default")
        wait_until(lambda: is_measuring(portal, job), "a run")
        portal.ask("POST", f"/api/v1/jobs/{job}/cancel")
        wait_for(portal, job, "cancelled")
        job = ask(portal, portal.key, machine, profile="default", limit_seconds=3)
        assert "3 seconds were over" in wait_for(portal, job, "failed")["said"]
        # An agent that stops gives its job back.
        job = ask(portal, portal.key, machine, profile="default")
        wait_until(lambda: is_measuring(portal, job), "a run")
        agent.send_signal(signal.SIGTERM)
        assert agent.wait(SECONDS) == 0
        assert "told to stop" in wait_for(portal, job, "wanted")["said"]
        assert len(handed_in(portal)) == 1
        assert list((tmp_path / "state" / "agent").glob("job-*")) == []
        assert portal.key not in (tmp_path / "agent").read_text()


def children(process: subprocess.Popen[bytes]) -> list[int]:
    task = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(pid) for pid in task.read_text().split()]


def test_kill_9_of_agent_and_portal(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/portal.sqlite"
    with running(tmp_path / "portal", database) as portal:
        with agent_of(portal, tmp_path) as agent:
            job = ask(portal, portal.key, machine_of(portal))
            wait_until(lambda: is_measuring(portal, job), "a run")
            (run,) = children(agent)
            agent.kill()
            agent.wait(SECONDS)
            # The run does not outlive it.
            wait_until(lambda: not os.path.exists(f"/proc/{run}"), "the end of the run")  # noqa: PTH110
        with agent_of(portal, tmp_path) as agent:
            wait_until(lambda: job_of(portal, job)["attempts"] == 2, "another attempt")
            wait_until(lambda: is_measuring(portal, job), "a run")
            portal.stop(signal.SIGKILL)
            again = tmp_path / "again"
            with running(again, database, "--port", str(portal.port)) as second:
                second.key = portal.key
                found = wait_for(second, job, "done", "failed")
                assert (found["state"], found["attempts"]) == ("done", 2)
                assert handed_in(second) == found["test_ids"]
                assert len(found["test_ids"]) == 1


def test_two_agents_of_one_machine(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/portal.sqlite"
    with (
        running(tmp_path / "portal", database) as portal,
        agent_of(portal, tmp_path / "one", "--allow-kernel", "divide", "--allow-window", never()),
    ):
        machine = machine_of(portal)
        offers = portal.ask("GET", "/api/v1/agents").json()["agents"][0]["offers"]
        assert (offers["kernels"], "kinds" in offers["profiles"]) == (["divide"], False)
        job = ask(portal, portal.key, machine, kernels=["divide"])
        # One state folder has one agent.
        same = ended(command(portal, tmp_path / "one", "--once"))
        assert (same.returncode, "another agent runs" in same.stderr) == (1, True)
        # Outside of its window the first one takes nothing; another one gets the job, ...
        (tmp_path / "two").mkdir()
        held = Agent(portal, portal.key, "web-1")
        assert held.work()["taken"]["job"]["id"] == job
        # ... and a third one none.
        third = ended(command(portal, tmp_path / "two", "--once"))
        assert (third.returncode, "takes job" in third.stderr) == (0, False)
        assert job_of(portal, job)["attempts"] == 1


def ended(words: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=SECONDS)


def never() -> str:
    """A minute of the day that is not soon."""
    hour = (datetime.datetime.now().astimezone().hour + 12) % 24
    return f"{hour:02}:00-{hour:02}:01"
