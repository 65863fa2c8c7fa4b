"""A whole installation on loopback: exporter, engine, alerts, portal, its database and an agent.

Times are scaled: what waits for minutes in `prometheus/` waits for seconds here.
"""

from __future__ import annotations

import contextlib
import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
import yaml

from demo.servers import free_port, prometheus_program
from perfanalysis.delivery.credentials import Credentials
from perfanalysis.delivery.destinations import Destination
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.delivery.spool import Spool, SpoolFullError
from perfanalysis.fast_yaml import load_fast
from tests.chaos.parts import Part, answers
from tests.chaos.replicated import Server, servers
from tests.chaos.test_database_fails_over import prepared
from tests.portal.postgres import SERVING
from tests.portal.serving import document
from tests.prometheus.conftest import PROMETHEUS, alertmanager_words
from tests.prometheus.receiving import Inbox, quick_alertmanager

PERFANALYSIS = (sys.executable, "-m", "perfanalysis")
ALERTS = ("MachineNotScraped", "PortalGone")
QUEUED = re.compile(r"queued the push of (\d+) ms")
MACHINE, PUSHED = "web-1", "pushed-1"


def quick_rules() -> str:
    """The shipped rules of ALERTS, which wait for seconds."""
    found = []
    for path in (PROMETHEUS / "rules").glob("*_alerts.yml"):
        for group in load_fast(path.read_bytes())["groups"]:
            found += [rule for rule in group["rules"] if rule.get("alert") in ALERTS]
    assert {rule["alert"] for rule in found} == set(ALERTS)
    for rule in found:
        rule |= {"for": "2s", "keep_firing_for": "1s"}
    return yaml.safe_dump({"groups": [{"name": "quick", "interval": "1s", "rules": found}]})


class Feeder:
    """Puts a result into the agent's spool all the time; what it took is acknowledged."""

    def __init__(self, spool: Spool, seconds: float) -> None:
        self.spool, self._seconds = spool, seconds
        self.acknowledged: list[str] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._feed, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _feed(self) -> None:
        while not self._stop.wait(self._seconds):
            name = f"fed-{len(self.acknowledged)}"
            with contextlib.suppress(SpoolFullError):
                self.spool.add(document(test_id=name), "application/json", name)
                self.acknowledged.append(name)


class Stack:
    """All parts; ``postgres`` is one of them, with words of its own."""

    def __init__(self, folder: Path, postgres: Server, inbox: Inbox, fed_each: float) -> None:
        self.folder, self.postgres, self.inbox = folder, postgres, inbox
        self.key = prepared(postgres)
        names = ("exporter", "prometheus", "alertmanager", "portal")
        self.ports = {name: free_port() for name in names}
        (folder / "key").write_text(self.key)
        (folder / "state").mkdir()
        tests = f"{self.url('portal')}/api/v1/tests"
        credentials = Credentials(file=str(folder / "key"))
        destination = Destination("upload", Endpoint(tests, credentials))
        outbox = folder / "state" / "outbox" / destination.name
        self.feeder = Feeder(Spool(outbox), fed_each)
        destination.save(outbox)
        self._write_settings()
        self.parts = {part.name: part for part in self._made()}

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    def _write_settings(self) -> None:
        (self.folder / "rules.yml").write_text(quick_rules())
        (self.folder / "alertmanager.yml").write_bytes(
            (PROMETHEUS / "alertmanager.yml").read_bytes()
        )
        quick_alertmanager(self.folder, f"http://127.0.0.1:{self.inbox.server_port}")
        scraped: list[dict[str, Any]] = [
            {
                "job_name": job,
                "static_configs": [
                    {
                        "targets": [f"127.0.0.1:{self.ports[part]}"],
                        "labels": {"instance": instance},
                    }
                ],
            }
            for job, part, instance in (("node", "exporter", MACHINE), ("portal", "portal", "p"))
        ]
        told = {
            "global": {"scrape_interval": "1s", "external_labels": {"cluster": "chaos"}},
            "rule_files": ["rules.yml"],
            "alerting": {
                "alertmanagers": [
                    {"static_configs": [{"targets": [f"127.0.0.1:{self.ports['alertmanager']}"]}]}
                ]
            },
            "scrape_configs": scraped,
        }
        (self.folder / "prometheus.yml").write_text(yaml.safe_dump(told))

    def _made(self) -> Iterator[Part]:
        folder, ports = self.folder, self.ports
        listen = {name: f"127.0.0.1:{port}" for name, port in ports.items()}
        yield Part(
            "alertmanager",
            folder,
            [
                *alertmanager_words(),
                f"--config.file={folder / 'alertmanager.yml'}",
                f"--storage.path={folder / 'alertmanager'}",
                f"--web.listen-address={listen['alertmanager']}",
                "--cluster.listen-address=",
            ],
            answers(f"{self.url('alertmanager')}/-/ready"),
        )
        yield Part(
            "prometheus",
            folder,
            [
                str(prometheus_program()),
                f"--config.file={folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={folder / 'prometheus'}",
                f"--web.listen-address={listen['prometheus']}",
                "--web.enable-remote-write-receiver",
                "--rules.alert.resend-delay=1s",
            ],
            answers(f"{self.url('prometheus')}/-/ready"),
        )
        yield Part(
            "exporter",
            folder,
            [
                *PERFANALYSIS,
                "exporter",
                f"--web.listen-address={listen['exporter']}",
                f"--push.remote-write-url={self.url('prometheus')}/api/v1/write",
                f"--push.queue.directory={folder / 'push'}",
                "--push.interval=500ms",
                f"--machine.name={PUSHED}",
                "--log.level=debug",
            ],
            answers(f"{self.url('exporter')}/healthz"),
        )
        portal = [*PERFANALYSIS, "portal", "serve", f"--port={ports['portal']}", "--no-first-key"]
        portal += ["--database", self.postgres.url(SERVING, "portal")]
        yield Part("portal", folder, portal, answers(f"{self.url('portal')}/readyz"))
        agent = [*PERFANALYSIS, "loadtest", "agent", "--portal", self.url("portal")]
        agent += ["--portal-bearer-token-file", str(folder / "key"), "--machine", MACHINE]
        agent += ["--state-directory", str(folder / "state")]
        agent += ["--exporter-url", f"{self.url('exporter')}/metrics"]
        yield Part("agent", folder, [*agent, "--", "--force", "--wait", "200"])
        # What a timer does.
        deliver = f"{sys.executable} -m perfanalysis loadtest deliver --deliver-timeout 5"
        deliver += f" --state-directory {folder / 'state'}"
        yield Part("deliver", folder, ["sh", "-c", f"while :; do {deliver}; sleep 1; done"])

    def start(self) -> None:
        for part in self.parts.values():
            part.start()
        self.feeder.start()

    def stop(self) -> None:
        self.feeder.stop()
        for part in reversed(self.parts.values()):
            part.end()

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        """The portal, with the first key."""
        headers = {"Authorization": f"Bearer {self.key}"}
        url = self.url("portal") + path
        return requests.request(method, url, headers=headers, timeout=60, **more)

    def stored(self) -> list[str]:
        """The test ids in the portal, read through its pages."""
        found, cursor = list[str](), ""
        while True:
            more = {"cursor": cursor} if cursor else {}
            answer = self.ask("GET", "/api/v1/tests", params={"limit": "500", **more}).json()
            found += [one["test_id"] for one in answer["tests"]]
            cursor = answer["next_cursor"] or ""
            if not cursor:
                return found

    def stored_or_none(self) -> list[str]:
        """The same; none while the portal says "not now"."""
        with contextlib.suppress(requests.RequestException, KeyError):
            return self.stored()
        return []

    def query(self, query: str) -> list[dict[str, Any]]:
        url = f"{self.url('prometheus')}/api/v1/query"
        found: list[dict[str, Any]] = requests.get(url, {"query": query}, timeout=30).json()[
            "data"
        ]["result"]
        return found

    def pushed(self) -> list[int]:
        """The times of all pushes that Prometheus has, in milliseconds."""
        found = self.query(f'node_load1{{instance="{PUSHED}"}}[1d]')
        return [round(when * 1000) for series in found for when, _ in series["values"]]

    def acknowledged_pushes(self) -> list[int]:
        return [int(when) for when in QUEUED.findall(self.parts["exporter"].text)]

    def news(self, status: str) -> list[str]:
        """The alerts that the receivers were told of, in this state."""
        return [
            alert["labels"]["alertname"]
            for message in self.inbox.messages
            for alert in message["alerts"]
            if alert["status"] == status
        ]

    def goes_on(self) -> bool:
        """Whether something that was begun just now is at its end, on both ways."""
        with contextlib.suppress(requests.RequestException, KeyError):
            young = (time.time() - 3) * 1000
            newest = [one for one in self.pushed() if one > young]
            return bool(newest) and len(self.feeder.spool.waiting()) < 20
        return False


@contextmanager
def running_stack(folder: Path, fed_each: float = 0.2) -> Iterator[Stack]:
    """A stack that runs; nothing of it is left at the end."""
    with servers("primary") as (postgres,):
        postgres.start()
        inbox = Inbox()
        stack = Stack(folder, postgres, inbox, fed_each)
        thread = threading.Thread(target=inbox.serve_forever, daemon=True)
        thread.start()
        try:
            stack.start()
            yield stack
        finally:
            stack.stop()
            inbox.shutdown()
            thread.join()
            inbox.server_close()
