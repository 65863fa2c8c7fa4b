"""PostgreSQL dies, its standby takes over, or it becomes one that only reads."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from portal.migrations.running import migrate
from portal.records.opening import open_engine, url_of
from portal.tenancy.provisioning import provision
from tests.chaos.parts import seconds_until
from tests.chaos.recovery import Recoveries
from tests.chaos.replicated import Server, follow, servers
from tests.portal.postgres import OWNER, SERVING
from tests.portal.running import Running, running
from tests.portal.serving import document
from tests.portal.test_nothing_lost import stored
from tests.postgresql_programs import programs

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.long,
    pytest.mark.skipif(programs() is None, reason="no PostgreSQL here"),
]


class Writers:
    """Hand in documents all the time, and again what was not acknowledged, as a spool does."""

    def __init__(self, portal: Running, key: str) -> None:
        self._portal, self._key = portal, key
        self.acknowledged: list[str] = []
        self.answers: set[int] = set()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(n,)) for n in range(3)]

    def __enter__(self) -> Writers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _write(self, number: int) -> None:
        count = 0
        while not self._stop.is_set():
            name = f"t{number}-{count}"
            status = self._hand_in(name)
            self.answers.add(status)
            if status in {200, 201}:
                self.acknowledged.append(name)
                count += 1
            self._stop.wait(0.05)

    def _hand_in(self, name: str) -> int:
        try:
            return requests.post(
                f"{self._portal.url}/api/v1/tests",
                data=document(test_id=name),
                headers={"X-Api-Key": self._key},
                timeout=60,
            ).status_code
        except requests.RequestException:
            return 0

    def until(self, more: int, seconds: float = 60) -> float:
        """Wait until so many more were acknowledged; the seconds that it took."""
        began, before = time.monotonic(), len(self.acknowledged)
        while len(self.acknowledged) < before + more:
            assert time.monotonic() - began < seconds, (self.answers, self._portal.log[-3000:])
            time.sleep(0.02)
        return time.monotonic() - began


def prepared(primary: Server) -> str:
    """The first key, of a database with the schema."""
    primary.new_database("portal")
    engine = open_engine(url_of(primary.url(OWNER, "portal"), "test"))
    migrate(engine, SERVING)
    _, key = provision(engine, None, "one", is_operator=True)
    engine.dispose()
    return key.text


@contextmanager
def portal_on_both(
    folder: Path, primary: Server, standby: Server
) -> Iterator[tuple[Running, Writers]]:
    primary.start()
    key = prepared(primary)
    follow(primary, standby)
    hosts = "&".join(f"host={one.host}:{one.port}" for one in (primary, standby))
    url = f"postgresql://{SERVING}@/portal?{hosts}&target_session_attrs=read-write"
    with running(folder, url) as portal, Writers(portal, key) as writers:
        writers.until(20)
        yield portal, writers
    with running(folder / "again", url) as portal:
        found = stored(portal, key)
        assert set(writers.acknowledged) <= set(found)
        assert len(found) == len(set(found))
    # A failover is no mistake of the portal.
    assert writers.answers <= {0, 200, 201, 503}


def test_it_is_killed_and_started_again(tmp_path: Path, recoveries: Recoveries) -> None:
    with servers("primary") as (primary,):
        primary.start()
        key = prepared(primary)
        url = primary.url(SERVING, "portal")
        with running(tmp_path, url) as portal, Writers(portal, key) as writers:
            writers.until(20)
            primary.stop(signal.SIGKILL)
            time.sleep(2)
            primary.start()
            recoveries.note("PostgreSQL: kill -9, started again", writers.until(1))
            writers.until(20)
            found = stored(portal, key)
        assert set(writers.acknowledged) <= {*found, *writers.acknowledged[-3:]}
        assert len(found) == len(set(found))


def test_the_standby_is_promoted(tmp_path: Path, recoveries: Recoveries) -> None:
    with (
        servers("primary", "standby") as (primary, standby),
        portal_on_both(tmp_path, primary, standby) as (_, writers),
    ):
        primary.stop(signal.SIGKILL)
        time.sleep(1)
        standby.run("SELECT pg_promote()")
        recoveries.note("PostgreSQL: killed, its standby promoted", writers.until(1))
        writers.until(20)


def _end_writing(primary: Server) -> None:
    """No transaction writes from now on, on old connections neither."""
    primary.run("ALTER SYSTEM SET default_transaction_read_only = on")
    primary.run("SELECT pg_reload_conf()")
    # A new connection has what its postmaster read, which has told all others by then.
    shown = "SHOW default_transaction_read_only"
    seconds_until(lambda: primary.run(shown) == [("on",)], "the setting")
    ((now,),) = primary.run("SELECT clock_timestamp()::text")
    begun = f"SELECT 1 FROM pg_stat_activity WHERE datname = 'portal' AND xact_start < '{now}'"
    seconds_until(lambda: not primary.run(begun), "the end of what was begun before")


def test_it_only_reads_from_now_on(tmp_path: Path, recoveries: Recoveries) -> None:
    """A switch-over that leaves the old connections open: they must not be used for ever."""
    with (
        servers("primary", "standby") as (primary, standby),
        portal_on_both(tmp_path, primary, standby) as (_, writers),
    ):
        _end_writing(primary)
        # Else each commit waits for a standby that does not follow any more. Not before: what was
        # still written would be acknowledged, and the standby would not have it.
        primary.run("ALTER SYSTEM SET synchronous_standby_names = ''")
        primary.run("SELECT pg_reload_conf()")
        standby.run("SELECT pg_promote()")
        recoveries.note("PostgreSQL: switched over, connections stay open", writers.until(1))
        writers.until(20)
