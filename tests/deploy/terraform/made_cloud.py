"""A cloud, a portal and a store of metrics in its network, and an OpenTofu for it."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.deploy.terraform.conftest import Tofu, cost_document
from tests.deploy.terraform.fake_cloud import GATEWAY, TOOLS

PORT = 9480
VICTORIA_METRICS = TOOLS / "victoria-metrics" / "usr" / "bin" / "victoria-metrics"


@dataclass
class CloudOfTest:
    """The cloud, a portal in its network, and a tofu for it."""

    folder: Path
    wheels: Path
    server: subprocess.Popen[bytes]
    tofu: Tofu
    portal: subprocess.Popen[bytes] | None = None
    store: subprocess.Popen[bytes] | None = None
    receiver: str | None = None
    key: str = field(default="", repr=False)

    def machines(self) -> dict[str, str]:
        """How each machine ended; "" of one that is there."""
        found = json.loads(self._ask("GET", "machines"))
        assert isinstance(found, dict)
        return found

    def freeze(self, name: str) -> None:
        self._ask("POST", "frozen", "--data-binary", name)

    def _ask(self, method: str, path: str, *words: str) -> str:
        socket = ("--unix-socket", str(self.folder / "cloud.sock"))
        curl = ["curl", "--fail", "--silent", "--show-error", "--request", method, *socket, *words]
        return subprocess.run(
            [*curl, f"http://cloud/{path}"], capture_output=True, text=True, check=True
        ).stdout

    def within(self, *words: str) -> list[str]:
        """A command in the region's network."""
        return ["nsenter", "--target", str(self.server.pid), "--net", *words]

    def begin_portal(self) -> None:
        """The portal; its short-lived key is in the store of secrets, and nowhere else."""
        own = [sys.executable, "-m", "perfanalysis", "portal"]
        state = os.environ | {"PERFANALYSIS_STATE_DIRECTORY": str(self.folder / "portal")}
        serve = ["serve", "--host", GATEWAY, "--port", str(PORT), "--behind-proxy"]
        with (self.folder / "portal.log").open("wb") as log:
            self.portal = subprocess.Popen(
                self.within(*own, *serve), env=state, stdout=log, stderr=log
            )
        until(lambda: b"the portal is at" in (self.folder / "portal.log").read_bytes(), 120)
        words = ["key", "create", "--name", "comparison", "--scope", "report", "--scope", "read"]
        made = subprocess.run(
            [*own, *words, "--expires-in", "1h"], env=state, capture_output=True, check=True
        )
        self.key = made.stdout.decode().strip()
        (self.folder / "secrets").mkdir(exist_ok=True)
        (self.folder / "secrets" / "portal-key").write_text(self.key)

    def begin_store(self) -> None:
        """VictoriaMetrics, where it is here; it takes every token."""
        if not VICTORIA_METRICS.is_file():
            return
        data = self.folder / "store"
        words = [f"-storageDataPath={data}", f"-httpListenAddr={GATEWAY}:8428"]
        # What came just now is asked for, too.
        words.append("-search.latencyOffset=0s")
        with (self.folder / "store.log").open("wb") as log:
            self.store = subprocess.Popen(
                self.within(str(VICTORIA_METRICS), *words), stdout=log, stderr=log
            )
        self.receiver = f"http://{GATEWAY}:8428/api/v1/write"
        (self.folder / "secrets" / "receiver-key").write_text("a token")

    def stored(self, query: str) -> list[str]:
        """The machines that have such series."""
        curl = ["curl", "--fail", "--silent", "--get", "--data-urlencode", f"query={query}"]
        words = [*curl, f"http://{GATEWAY}:8428/api/v1/query"]
        asked = subprocess.run(self.within(*words), capture_output=True, text=True, check=True)
        found = json.loads(asked.stdout)["data"]["result"]
        return sorted({one["metric"]["instance"] for one in found})

    def tests(self) -> list[tuple[str, str]]:
        """Name and type of the machines that the portal has tests of."""
        names = {one["id"]: one["name"] for one in self._portals("machines")}
        tests = self._portals("tests")
        return sorted((names[test["machine_id"]], test["instance_type"]) for test in tests)

    def _portals(self, what: str) -> list[dict[str, Any]]:
        curl = ["curl", "--fail", "--silent", "--header", f"X-Api-Key: {self.key}"]
        address = f"http://{GATEWAY}:{PORT}/api/v1/{what}"
        asked = subprocess.run(
            self.within(*curl, address), capture_output=True, text=True, check=True
        )
        found: list[dict[str, Any]] = json.loads(asked.stdout)[what]
        return found

    def variables(self, *, hours: float, count: int = 1, grace: int = 60) -> tuple[str, ...]:
        """Of a comparison of these machines; its cost is asked anew."""
        machines = [{"instance_type": "namespace.small", "count": count}]
        cost = self.folder / "cost.json"
        cost.write_text(json.dumps(cost_document(machines, hours=str(hours), total="0.9")))
        (release,) = self.wheels.glob("perfanalysis-*.whl")
        comparison: dict[str, Any] = {
            "name": "life",
            "machines": machines,
            "hours": hours,
            "budget": 1,
            "cost_file": str(cost),
            "release_url": f"file:///srv/wheels/{release.name}",
            "release_sha256": hashlib.sha256(release.read_bytes()).hexdigest(),
            "loadtest_options": ["--quick", "--force"],
            "portal_url": f"http://{GATEWAY}:{PORT}",
            "portal_key_name": "portal-key",
            "remote_write_url": self.receiver,
        }
        given = {"comparison": comparison, "socket": str(self.folder / "cloud.sock")}
        return self.tofu.with_variables(given | {"grace": grace})


def until(holds: Callable[[], bool], seconds: float) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to pass in time"
        time.sleep(0.5)
