"""A network that is slow, loses packets, or is cut: between portal and database, and for pushes."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from demo.servers import DemoServer, free_port, prometheus_program
from tests.chaos.cable import Cable, cabled
from tests.chaos.parts import Part, answers, seconds_until
from tests.chaos.recovery import Recoveries
from tests.chaos.replicated import servers
from tests.chaos.stack import PERFANALYSIS, QUEUED
from tests.chaos.test_database_fails_over import Writers, portal_on_both, prepared
from tests.e2e.namespaces import Namespace
from tests.portal.postgres import SERVING
from tests.portal.running import running
from tests.portal.test_nothing_lost import stored
from tests.postgresql_programs import programs

pytestmark = [pytest.mark.e2e, pytest.mark.long]
needs_postgresql = pytest.mark.skipif(programs() is None, reason="no PostgreSQL here")
CUT_SECONDS = 30.0


@needs_postgresql
def test_the_way_to_the_database(tmp_path: Path, recoveries: Recoveries) -> None:
    with (
        cabled() as (place, cable),
        servers("far", host=place.address, words=place.command()) as (far,),
    ):
        far.start()
        key = prepared(far)
        with running(tmp_path, far.url(SERVING, "portal")) as portal, Writers(portal, key) as given:
            given.until(20)
            cable.delay_seconds, cable.loss = 0.05, 0.05
            given.until(20)
            assert cable.lost > 0
            cable.delay_seconds = cable.loss = 0.0
            cable.is_cut = True
            time.sleep(CUT_SECONDS)
            assert portal.ask("GET", "/healthz").status_code == 200
            assert portal.ask("GET", "/readyz").status_code == 503
            cable.is_cut = False
            recoveries.note("network: no way to PostgreSQL for 30 s", given.until(1))
            given.until(20)
        with running(tmp_path / "again", far.url(SERVING, "portal")) as portal:
            found = stored(portal, key)
        assert set(given.acknowledged) <= set(found)
        assert len(found) == len(set(found))
        assert given.answers <= {0, 200, 201, 503}


@needs_postgresql
def test_the_databases_machine_is_gone_without_a_word(
    tmp_path: Path, recoveries: Recoveries
) -> None:
    with (
        cabled() as (place, cable),
        servers("far", "near", host=place.address, words=place.command()) as (far, near),
    ):
        near.host, near.words = "127.0.0.1", ()
        with portal_on_both(tmp_path, far, near) as (_, given):
            cable.is_cut = True
            near.run("SELECT pg_promote()")
            recoveries.note("network: PostgreSQL's machine gone, standby promoted", given.until(1))
            given.until(20)


@contextmanager
def far_prometheus(place: Namespace, folder: Path) -> Iterator[str]:
    (folder / "prometheus.yml").write_text("global: {scrape_interval: 1h}\n")
    url = f"http://{place.address}:{free_port()}"
    command = place.command(
        str(prometheus_program()),
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={url.removeprefix('http://')}",
        "--web.enable-remote-write-receiver",
    )
    server = DemoServer("Prometheus", command, folder / "prometheus.log", outlives=False)
    try:
        server.wait_until(answers(f"{url}/-/ready"), "readiness", 60)
        yield url
    finally:
        server.stop()


def test_the_way_of_pushes(tmp_path: Path, recoveries: Recoveries) -> None:
    with cabled() as (place, cable), far_prometheus(place, tmp_path) as url:
        port = free_port()
        words = [*PERFANALYSIS, "exporter", f"--web.listen-address=127.0.0.1:{port}"]
        words += ["--collector.disable-defaults", "--collector.loadavg", "--log.level=debug"]
        words += [f"--push.remote-write-url={url}/api/v1/write", "--push.interval=200ms"]
        words += [f"--push.queue.directory={tmp_path / 'queue'}", "--machine.name=web-1"]
        page = f"http://127.0.0.1:{port}/metrics"
        exporter = Part("exporter", tmp_path, words, answers(page))
        exporter.start()
        try:
            _slow_then_cut(cable, exporter, page, recoveries)
        finally:
            exporter.end()
        time.sleep(1)
        answer = requests.get(f"{url}/api/v1/query", {"query": "node_load1[1h]"}, timeout=10)
        (series,) = answer.json()["data"]["result"]
        found = [round(when * 1000) for when, _ in series["values"]]
        assert len(found) == len(set(found))
        # What waits in the queue when it is killed comes with the next start.
        sure = [int(when) for when in QUEUED.findall(exporter.text)][:-5]
        assert set(sure) <= set(found)


def _slow_then_cut(cable: Cable, exporter: Part, page: str, recoveries: Recoveries) -> None:
    cable.delay_seconds, cable.loss = 0.1, 0.1
    seconds_until(lambda: len(QUEUED.findall(exporter.text)) >= 50, "pushes")
    cable.delay_seconds = cable.loss = 0.0
    seconds_until(lambda: _waiting(page) <= 2, "an empty queue")
    cable.is_cut = True
    time.sleep(CUT_SECONDS)
    assert _waiting(page) > 50
    cable.is_cut = False
    took = seconds_until(lambda: _waiting(page) <= 2, "an empty queue")
    recoveries.note("network: no way to the receiver of pushes for 30 s", took)


def _waiting(page: str) -> float:
    text = requests.get(page, timeout=10).text
    found = re.search(r"^perf_push_queue_documents (\S+)", text, re.M)
    assert found is not None
    return float(found[1])
