"""A key is rotated, and a certificate ends, while results and samples are on their way."""

from __future__ import annotations

import datetime
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from demo.servers import free_port, start_prometheus
from perfanalysis.delivery.credentials import Credentials
from perfanalysis.delivery.destinations import Destination
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.delivery.spool import Spool
from tests.chaos.parts import Part, seconds_until
from tests.chaos.recovery import Recoveries
from tests.chaos.stack import PERFANALYSIS, Feeder
from tests.exporter.serving.certificates import SERVER, Authority, Issued
from tests.portal.running import Running, running
from tests.portal.test_nothing_lost import stored

pytestmark = [pytest.mark.e2e, pytest.mark.long]
SHORT = datetime.timedelta(seconds=12)


@contextmanager
def delivering(folder: Path, portal: Running, ca_file: str = "") -> Iterator[Feeder]:
    """Results come all the time, and are sent as a timer has them sent."""
    (folder / "key").write_text(portal.key)
    credentials = Credentials(file=str(folder / "key"))
    endpoint = Endpoint(f"{portal.url}/api/v1/tests", credentials, ca_file=ca_file)
    destination = Destination("upload", endpoint)
    outbox = folder / "state" / "outbox" / destination.name
    feeder = Feeder(Spool(outbox), 0.2)
    destination.save(outbox)
    words = f"{sys.executable} -m perfanalysis loadtest deliver --deliver-timeout 5"
    words += f" --state-directory {folder / 'state'}"
    sender = Part("deliver", folder, ["sh", "-c", f"while :; do {words}; sleep 1; done"])
    sender.start()
    feeder.start()
    try:
        yield feeder
    finally:
        feeder.stop()
        sender.end()


def check_once(feeder: Feeder, portal: Running, key: str) -> None:
    feeder.stop()
    seconds_until(lambda: not feeder.spool.waiting(), "the last result")
    assert sorted(stored(portal, key)) == sorted(feeder.acknowledged)
    assert feeder.spool.dead() == []


def test_a_key_is_rotated(tmp_path: Path, recoveries: Recoveries) -> None:
    with (
        running(tmp_path / "portal", f"sqlite:///{tmp_path}/portal.sqlite") as portal,
        delivering(tmp_path, portal) as feeder,
    ):
        seconds_until(lambda: len(stored(portal, portal.key)) > 10, "results")
        (own,) = portal.ask("GET", "/api/v1/keys").json()["keys"]
        asked = {"overlap_seconds": 0}
        made = portal.ask("POST", f"/api/v1/keys/{own['id']}/rotate", json=asked).json()["key"]
        seconds_until(lambda: len(feeder.spool.waiting()) > 10, "results that wait")
        (tmp_path / "key").write_text(made)
        took = seconds_until(lambda: len(feeder.spool.waiting()) <= 10, "no more that wait")
        recoveries.note("key of a spool rotated without overlap", took)
        check_once(feeder, portal, made)


def put(issued: Issued, folder: Path) -> None:
    shutil.copy(issued.key, folder / "server-key.pem")
    shutil.copy(issued.certificate, folder / "server.pem")


def test_the_portals_certificate_ends(tmp_path: Path, recoveries: Recoveries) -> None:
    authority = Authority(tmp_path)
    names = ("localhost", "127.0.0.1")
    put(authority.issue("short", names, SERVER, SHORT), tmp_path)
    flags = ["--certificate", str(tmp_path / "server.pem")]
    flags += ["--certificate-key", str(tmp_path / "server-key.pem")]
    with (
        running(tmp_path / "portal", f"sqlite:///{tmp_path}/portal.sqlite", *flags) as portal,
        delivering(tmp_path, portal, str(authority.path)) as feeder,
    ):
        seconds_until(lambda: len(feeder.spool.waiting()) > 20, "an end of the certificate")
        with pytest.raises(requests.exceptions.SSLError, match="expired"):
            requests.get(f"{portal.url}/healthz", timeout=10, verify=str(authority.path))
        put(authority.issue("long", names, SERVER), tmp_path)
        took = seconds_until(lambda: len(feeder.spool.waiting()) <= 10, "no more that wait")
        recoveries.note("certificate of the portal ended, renewed", took)
        feeder.stop()
        seconds_until(lambda: not feeder.spool.waiting(), "the last result")
        headers = {"X-Api-Key": portal.key}
        found = requests.get(
            f"{portal.url}/api/v1/tests?limit=500",
            headers=headers,
            timeout=30,
            verify=str(authority.path),
        )
        ids = [one["test_id"] for one in found.json()["tests"]]
        assert len(ids) == len(set(ids))
        assert set(ids) <= set(feeder.acknowledged)
        if found.json()["next_cursor"] is None:
            assert len(ids) == len(feeder.acknowledged)


def test_the_exporters_certificate_ends(tmp_path: Path, recoveries: Recoveries) -> None:
    authority = Authority(tmp_path)
    put(authority.issue("short", ("127.0.0.1",), SERVER, SHORT), tmp_path)
    (tmp_path / "web.yaml").write_text(
        "tls_server_config: {cert_file: server.pem, key_file: server-key.pem}\n"
    )
    port = free_port()
    words = [*PERFANALYSIS, "exporter", f"--web.listen-address=127.0.0.1:{port}"]
    words += ["--collector.disable-defaults", "--collector.loadavg"]
    words += [f"--web.config.file={tmp_path / 'web.yaml'}"]
    exporter = Part("exporter", tmp_path, words)
    (tmp_path / "prometheus.yml").write_text(
        "global: {scrape_interval: 1s}\n"
        "scrape_configs:\n"
        f"- {{job_name: node, scheme: https, tls_config: {{ca_file: {authority.path}}},"
        f" static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}\n"
    )
    exporter.start()
    server, url = start_prometheus(
        tmp_path / "prometheus.yml", tmp_path / "data", tmp_path / "prometheus.log"
    )

    def up() -> str:
        found = requests.get(f"{url}/api/v1/query", {"query": "up"}, timeout=10).json()
        return "".join(one["value"][1] for one in found["data"]["result"])

    try:
        seconds_until(lambda: up() == "1", "scrapes")
        time.sleep(SHORT.total_seconds())
        # A connection that is open stays so; what comes after is refused.
        exporter.end()
        exporter.start()
        seconds_until(lambda: up() == "0", "scrapes that fail")
        put(authority.issue("long", ("127.0.0.1",), SERVER), tmp_path)
        took = seconds_until(lambda: up() == "1", "scrapes")
        recoveries.note("certificate of an exporter ended, renewed", took)
    finally:
        exporter.end()
        server.stop()
