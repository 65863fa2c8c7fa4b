"""A real Alertmanager on the loopback address, and a webhook that keeps what it is sent."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests
import yaml

from demo.servers import DemoServer
from perfanalysis.fast_yaml import load_fast


class Inbox(ThreadingHTTPServer):
    """A webhook receiver that keeps what it got."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _InboxHandler)
        self.messages: list[dict[str, Any]] = []


class _InboxHandler(BaseHTTPRequestHandler):
    server: Inbox

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.messages.append(json.loads(data))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


def quick_alertmanager(folder: Path, url: str) -> None:
    """Let every receiver of the copied configuration be a webhook, at any hour, at once."""
    path = folder / "alertmanager.yml"
    config = load_fast(path.read_bytes())
    routes = [config["route"], *config["route"]["routes"]]
    for route in routes:
        for key in ("active_time_intervals", "mute_time_intervals"):
            route.pop(key, None)
        route.update(group_wait="0s", group_interval="1s")
    config["receivers"] = [
        {"name": receiver["name"], "webhook_configs": [{"url": f"{url}/{receiver['name']}"}]}
        for receiver in config["receivers"]
    ]
    path.write_text(yaml.safe_dump(config))


def start_alertmanager(program: list[str], folder: Path, port: int) -> DemoServer:
    """Start Alertmanager on a loopback port, alone, and wait until it is ready."""
    command = [
        *program,
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'alertmanager-data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ]
    server = DemoServer("Alertmanager", command, folder / "alertmanager.log", outlives=False)

    def ready() -> bool:
        try:
            return requests.get(f"http://127.0.0.1:{port}/-/ready", timeout=2).ok
        except requests.RequestException:
            return False

    server.wait_until(ready, "readiness", 30)
    return server
