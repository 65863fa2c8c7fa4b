"""A portal on PostgreSQL with 100,000 tests of 1,000 machines: documents taken in, and lists."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from importlib import metadata
from typing import Any

import psutil
from sqlalchemy import Connection, Engine, insert, text

from benchmarks.case import Case, Figure, Goal, Outcome, PeerMissingError, Settings
from perfanalysis import __version__
from portal.load_tests import intake
from portal.migrations.running import migrate
from portal.records.base import moment
from portal.records.load_tests import DocumentRow, LoadTestRow
from portal.records.machines import MachineEntryRow
from portal.records.opening import open_engine, url_of
from portal.tenancy.provisioning import provision
from tests.portal import postgres
from tests.portal.running import Running, running
from tests.portal.serving import document
from tests.postgresql_programs import programs

TESTS, MACHINES, KERNELS = 100_000, 1_000, 6
QUICK_TESTS = 1_000
# A fleet hands in by many at a time; with few, what is measured is how long one of them waits.
# All of them together stay within the rate of their key.
SENDERS, FEW_SENDERS = 16, 4
DOCUMENTS = {SENDERS: 1_200, FEW_SENDERS: 400}
REQUESTS_PER_SECOND, SECONDS, ASKERS = 50, 20, 8
_AT_ONCE = 5_000
_QUIET = ("--log-level", "warning")


def run(settings: Settings) -> Outcome:
    """Fill a database, take documents in, and ask for lists at a steady pace."""
    if programs() is None:
        raise PeerMissingError("PostgreSQL is not installed")
    count = QUICK_TESTS if settings.quick else TESTS
    with ExitStack() as stack:
        server = stack.enter_context(postgres.server(durable=True))
        name = server.database()
        settings.say(f"writing {count:,} tests")
        key = _filled(server, name, count)
        url = server.url(postgres.SERVING, name)
        portal = stack.enter_context(running(settings.folder, url, *_QUIET))
        settings.say("taking documents in")
        rates, spent = _rounds(portal, key, settings)
        by_few, _ = _rounds(portal, key, settings, FEW_SENDERS)
        settings.say("asking for lists")
        slow = {what: _paced(portal, key, path, settings) for what, path in _lists().items()}
        memory = psutil.Process(portal.process.pid).memory_info().rss
        settings.say("taking documents in with SQLite")
        small = stack.enter_context(running(settings.folder / "small", _sqlite(settings), *_QUIET))
        in_sqlite, _ = _rounds(small, small.key, settings)
    figures = [
        Figure("documents taken in", "1/s", rates, goal=Goal(">= 300", 1e9, 300)),
        Figure("the portal's CPU for a document", "s", spent),
        Figure(f"documents taken in, of {FEW_SENDERS} senders", "1/s", by_few),
        Figure("documents taken in, SQLite", "1/s", in_sqlite),
    ]
    goal = Goal("<= 50 ms", 0.05)
    figures += [Figure(f"{what}, 99 of 100", "s", [p99], goal=goal) for what, p99 in slow.items()]
    figures.append(Figure("memory of the portal", "B", [memory], goal=Goal("<= 150 MB", 150e6)))
    versions = {"perfanalysis": __version__, "SQLAlchemy": metadata.version("sqlalchemy")}
    facts: dict[str, object] = {
        "tests": count,
        "machines": MACHINES,
        "senders that each wait for their answer": SENDERS,
        "requests a second": REQUESTS_PER_SECOND,
    }
    return Outcome(versions, figures, facts)


def _filled(server: postgres.Postgres, name: str, count: int) -> str:
    engine = open_engine(url_of(server.url(postgres.OWNER, name), "benchmark"))
    migrate(engine, postgres.SERVING)
    tenant, key = provision(engine, None, "one", is_operator=True)
    packed = intake.read(document())
    machines = [uuid.UUID(int=i) for i in range(MACHINES)]
    own = {"tenant_id": tenant.id}
    with _of_tenant(engine, tenant.id) as connection:
        made = [{**own, "id": m, "name": f"m{i}", "revision": 1} for i, m in enumerate(machines)]
        connection.execute(insert(MachineEntryRow), made)
    for start in range(0, count, _AT_ONCE):
        with _of_tenant(engine, tenant.id) as connection:
            numbers = range(start, min(start + _AT_ONCE, count))
            _write(connection, own, numbers, machines, packed)
        # As autovacuum does: else references are still looked up as in an empty table.
        _tidy(engine)
    engine.dispose()
    return key.text


@contextmanager
def _of_tenant(engine: Engine, tenant: uuid.UUID) -> Iterator[Connection]:
    with engine.begin() as connection:
        connection.execute(text(f"SET LOCAL perfanalysis.tenant = '{tenant}'"))
        yield connection


def _tidy(engine: Engine) -> None:
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _write(
    connection: Connection,
    own: dict[str, Any],
    numbers: range,
    machines: list[uuid.UUID],
    packed: intake.Read,
) -> None:
    rows = [
        {
            **own,
            **packed.values,
            "test_id": f"t{i}",
            "kernel": f"k{i % KERNELS}",
            "machine_id": machines[i % MACHINES],
            "measured_at": moment(i * 10**9),
            "received_by": "x",
        }
        for i in numbers
    ]
    body = {"digest": packed.digest, "size": packed.size, "body": packed.packed}
    connection.execute(insert(LoadTestRow), rows)
    connection.execute(insert(DocumentRow), [{**own, **body, "test_id": f"t{i}"} for i in numbers])


def _lists() -> dict[str, str]:
    machine, one = uuid.UUID(int=7), f"n0of{SENDERS}"
    return {
        "a list": "/api/v1/tests?limit=50",
        "a list of a kernel": "/api/v1/tests?limit=50&kernel=k3",
        "a list of a machine": f"/api/v1/tests?limit=50&machine_id={machine}",
        "a comparison of two": f"/api/v1/comparison?side={one}-0-0&side={one}-1-0",
        "a comparison of eight": "/api/v1/comparison?"
        + "&".join(f"side={one}-{sender}-0" for sender in range(8)),
    }


def _sqlite(settings: Settings) -> str:
    return f"sqlite:///{settings.folder / 'small.sqlite'}"


def _rounds(
    portal: Running, key: str, settings: Settings, senders: int = SENDERS
) -> tuple[list[float], list[float]]:
    """Documents a second, and the portal's seconds of CPU for one; a round each."""
    rates, spent = [], []
    process = psutil.Process(portal.process.pid)
    _taken_in(portal, key, f"first{senders}", senders, 5)
    each = DOCUMENTS[senders] // (10 if settings.quick else 1) // senders
    for number in range(1 if settings.quick else 3):
        before = process.cpu_times()
        rates.append(_taken_in(portal, key, f"{number}of{senders}", senders, each))
        after = process.cpu_times()
        used = after.user + after.system - before.user - before.system
        spent.append(used / (each * senders))
    return rates, spent


def _taken_in(portal: Running, key: str, number: str, senders: int, each: int) -> float:
    """Documents a second, of senders that each wait for their answer."""
    bodies = [
        [document(test_id=f"n{number}-{sender}-{i}") for i in range(each)]
        for sender in range(senders)
    ]

    def send(own: list[bytes]) -> None:
        with _connection(portal) as connection:
            for body in own:
                connection.request("POST", "/api/v1/tests", body, {"X-Api-Key": key})
                answer = connection.getresponse()
                said = answer.read()
                assert answer.status == 201, said

    began = time.monotonic()
    with ThreadPoolExecutor(senders) as pool:
        list(pool.map(send, bodies))
    return each * senders / (time.monotonic() - began)


def _connection(portal: Running) -> closing[HTTPConnection]:
    """By the plain client: `requests` costs as much of the two CPUs as the portal does."""
    return closing(HTTPConnection("127.0.0.1", portal.port, timeout=60))


def _paced(portal: Running, key: str, path: str, settings: Settings) -> float:
    """Seconds within which 99 of 100 are answered, from when each was to be asked."""
    count = REQUESTS_PER_SECOND * (2 if settings.quick else SECONDS)
    begin = time.monotonic() + 0.5

    def ask(numbers: range) -> list[float]:
        times = []
        with _connection(portal) as connection:
            for number in numbers:
                due = begin + number / REQUESTS_PER_SECOND
                time.sleep(max(0.0, due - time.monotonic()))
                connection.request("GET", path, headers={"X-Api-Key": key})
                answer = connection.getresponse()
                said = answer.read()
                assert answer.status == 200, said
                times.append(time.monotonic() - due)
        return times

    with ThreadPoolExecutor(ASKERS) as pool:
        every = pool.map(ask, [range(i, count, ASKERS) for i in range(ASKERS)])
        times = sorted(one for each in every for one in each)
    return times[count * 99 // 100]


CASE = Case(
    name="portal_lists",
    what="A portal on PostgreSQL with 100,000 tests of 1,000 machines: intake, lists, memory.",
    peer="nothing; the portal by itself",
    goal="p99 <= 50 ms, >= 300 documents a second, <= 150 MB",
    run=run,
)
