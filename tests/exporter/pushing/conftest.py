"""A real Prometheus that is stopped and started, and what it holds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from demo.servers import DemoServer, free_port, start_prometheus
from tests.perfanalysis.delivery.conftest import receiver, small_disk

__all__ = ["receiver", "small_disk"]

SMALL = ("--collector.disable-defaults", "--collector.time", "--collector.loadavg")


class Prometheus:
    """A Prometheus that takes remote write, always at the same address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.write_url = f"{self.url}/api/v1/write"
        self.configuration = "global: {scrape_interval: 1h}\n"
        self.logs: list[Path] = []
        self._server: DemoServer | None = None

    def start(self) -> None:
        (self.folder / "prometheus.yml").write_text(self.configuration)
        self.logs.append(self.folder / f"prometheus-{len(self.logs)}.log")
        self._server, _ = start_prometheus(
            self.folder / "prometheus.yml", self.folder / "data", self.logs[-1], port=self.port
        )

    def stop(self) -> None:
        if self._server:
            self._server.stop()
            self._server = None

    def ask(self, what: str, **parameters: str) -> Any:
        answer = requests.get(f"{self.url}/api/v1/{what}", params=parameters, timeout=10).json()
        assert answer["status"] == "success", answer
        return answer["data"]

    def now(self, query: str) -> dict[str, float]:
        """Values by the label ``instance``, of now."""
        found = self.ask("query", query=query)["result"]
        return {one["metric"].get("instance", ""): float(one["value"][1]) for one in found}

    def times(self, selector: str, span: str = "3h") -> list[int]:
        """The times of all samples of one series, in milliseconds."""
        found = self.ask("query", query=f"{selector}[{span}]")["result"]
        return [round(when * 1000) for series in found for when, _ in series["values"]]

    def complaints(self) -> list[str]:
        """What its logs say of samples that it did not want."""
        lines = [line for log in self.logs for line in log.read_text().splitlines()]
        return [line for line in lines if "remote write" in line or "remote_write" in line]


@pytest.fixture
def prometheus(tmp_path: Path) -> Iterator[Prometheus]:
    made = Prometheus(tmp_path)
    yield made
    made.stop()


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.05)
