"""A thousand live connections to one portal: what it takes to tell them all each second."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import metadata
from typing import Any

import requests

from benchmarks.case import Case, Figure, Goal, Outcome, PeerMissingError, Settings
from benchmarks.process import cpu_seconds, resident_bytes
from perfanalysis import __version__
from perfanalysis.errors import PerfAnalysisError
from portal.migrations.running import migrate
from portal.records.opening import open_engine, url_of
from portal.tenancy.provisioning import provision
from tests.portal import postgres
from tests.portal.running import Running, running
from tests.portal.serving import call
from tests.postgresql_programs import programs

CONNECTIONS, MACHINES, SECONDS = 1_000, 4, 60


def run(settings: Settings) -> Outcome:
    """Hold the connections while agents report each second."""
    if programs() is None:
        raise PeerMissingError("PostgreSQL is not installed")
    count, seconds = (50, 5) if settings.quick else (CONNECTIONS, SECONDS)
    with ExitStack() as stack:
        server = stack.enter_context(postgres.server())
        name = server.database()
        key = _provisioned(server, name)
        url = server.url(postgres.SERVING, name)
        portal = stack.enter_context(running(settings.folder, url, "--log-level", "warning"))
        before = resident_bytes(portal.process.pid)
        machines = [_agent(portal, key, number) for number in range(MACHINES)]
        job = _job(portal, key, machines[0])
        settings.say(f"opening {count:,} connections")
        watchers = stack.enter_context(_watching(portal, key, count, machines))
        stack.enter_context(_reporting(portal, key, machines, job))
        settings.say(f"telling them for {seconds} s")
        time.sleep(2)
        _say(watchers)
        spent, began = cpu_seconds(portal.process.pid), time.monotonic()
        memory = _largest(portal.process.pid, seconds)
        share = (cpu_seconds(portal.process.pid) - spent) / (time.monotonic() - began)
        took = time.monotonic() - began
        counted = json.loads(_say(watchers))
    if counted["ended"]:
        raise PerfAnalysisError(f"{counted['ended']} connections ended")
    rate = counted["frames"] / count / took
    return _outcome(count, seconds, rate, share, memory, before, counted["bytes"])


def _outcome(  # noqa: PLR0913, PLR0917 - what was measured
    count: int,
    seconds: int,
    rate: float,
    share: float,
    memory: float,
    before: float,
    size: int,
) -> Outcome:
    figures = [
        Figure("memory of the portal", "B", [memory], goal=Goal("<= 300 MB", 300e6)),
        Figure("CPU of the portal", "CPUs", [share], goal=Goal("<= 0.2 CPU", 0.2)),
        Figure("frames a second to each", "1/s", [rate]),
    ]
    versions = {"perfanalysis": __version__, "uvicorn": metadata.version("uvicorn")}
    facts: dict[str, object] = {
        "connections": count,
        "machines that report each second": MACHINES,
        "tests that run": 1,
        "seconds": seconds,
        "memory before, By": before,
        "bytes to all": size,
    }
    return Outcome(versions, figures, facts)


def _provisioned(server: postgres.Postgres, name: str) -> str:
    engine = open_engine(url_of(server.url(postgres.OWNER, name), "benchmark"))
    migrate(engine, postgres.SERVING)
    _, key = provision(engine, None, "one", is_operator=True)
    engine.dispose()
    return key.text


def _said(portal: Running, key: str, path: str, said: dict[str, Any]) -> dict[str, Any]:
    answer = portal.ask("POST", path, key, json=said)
    assert answer.status_code < 300, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _agent_id(number: int) -> str:
    return str(uuid.UUID(int=number + 1))


def _agent(portal: Running, key: str, number: int) -> str:
    said = call(f"m{number}", agent=_agent_id(number))
    return str(_said(portal, key, "/api/v1/agents/work", said)["machine_id"])


def _job(portal: Running, key: str, machine: str) -> str:
    said = {"machine_id": machine, "profile": "quick", "limit_seconds": 3600}
    job = str(_said(portal, key, "/api/v1/jobs", said)["id"])
    _said(portal, key, "/api/v1/agents/work", call("m0", agent=_agent_id(0)))
    return job


@contextmanager
def _watching(
    portal: Running, key: str, count: int, machines: list[str]
) -> Iterator[subprocess.Popen[str]]:
    url = f"ws{portal.url[4:]}/api/v1/live"
    command = [sys.executable, "-m", "benchmarks.live_watchers", url, str(count), *machines]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        try:
            assert process.stdin
            process.stdin.write(f"{key}\n")
            process.stdin.flush()
            _heard(process)
            yield process
        finally:
            process.kill()


def _say(process: subprocess.Popen[str]) -> str:
    assert process.stdin
    process.stdin.write("\n")
    process.stdin.flush()
    return _heard(process)


def _heard(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    found = process.stdout.readline()
    if not found:
        raise PerfAnalysisError("the watchers have ended")
    return found


@contextmanager
def _reporting(portal: Running, key: str, machines: list[str], job: str) -> Iterator[None]:
    """Agents that report once a second, each on a thread."""
    stop = threading.Event()

    def go(number: int, machine: str) -> None:
        with requests.Session() as session:
            session.headers["X-Api-Key"] = key
            own, turn, begin = {"agent": _agent_id(number)}, 0, time.monotonic()
            while not stop.wait(max(0.0, begin + turn - time.monotonic())):
                turn += 1
                readings = {"cpu_busy_ratio": turn % 100 / 100, "load1": float(turn)}
                url = f"{portal.url}/api/v1/agents/{machine}/readings"
                session.post(url, json=own | {"readings": readings}, timeout=30)
                if number == 0:
                    said = own | {"attempt": 1, "progress_ratio": turn % 100 / 100}
                    url = f"{portal.url}/api/v1/agents/jobs/{job}/progress"
                    session.post(url, json=said, timeout=30)

    threads = [threading.Thread(target=go, args=pair) for pair in enumerate(machines)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _largest(pid: int, seconds: float) -> float:
    """The largest resident memory within some seconds."""
    until, found = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        found = max(found, resident_bytes(pid))
        time.sleep(0.5)
    return float(found)


CASE = Case(
    name="portal_live",
    what="1,000 live connections to one portal, each told something once a second for 60 s.",
    peer="nothing; the portal by itself",
    goal="<= 300 MB, <= 20 % of a CPU",
    run=run,
)
