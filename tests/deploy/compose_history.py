"""Prometheus by the words of a Compose service, on folders that stand for the volumes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from demo.servers import DemoServer, free_port, prometheus_program
from tests.conftest import REPOSITORY
from tests.deploy.test_compose import SERVICES
from tests.deploy.test_compose_services import answer
from tests.prometheus.conftest import run

DAY = 86400
# What the volume had before: one sample at noon of each day, so to say.
SERIES = 'history_days{job="node",text="a b,} {cluster=\\"default\\",x"}'


def volume(volumes: Path, service: str, target: str) -> Path:
    """The folder that stands for the volume that a service has at a path."""
    (source,) = [
        mount.split(":")[0]
        for mount in SERVICES[service]["volumes"]
        if mount.split(":")[1] == target
    ]
    return volumes / source


@contextmanager
def prometheus_of(service: str, volumes: Path, folder: Path) -> Iterator[tuple[DemoServer, str]]:
    """A service's Prometheus with its own words and mounts, and its address, until the end."""
    words = list(SERVICES[service]["command"])
    for mount in SERVICES[service]["volumes"]:
        source, target = mount.split(":")[:2]
        if source.startswith("."):
            place = folder / Path(target).relative_to("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to((REPOSITORY / source).resolve())
        else:
            words = [word.replace(f"={target}", f"={volumes / source}") for word in words]
    words = [word.replace("=/etc/", f"={folder}/etc/") for word in words]
    port = free_port()
    words.append(f"--web.listen-address=127.0.0.1:{port}")
    server = DemoServer(
        service, [str(prometheus_program()), *words], folder / "log", outlives=False
    )
    url = f"http://127.0.0.1:{port}"
    try:
        server.wait_until(
            lambda: bool((got := answer(f"{url}/-/ready")) and got.ok), "readiness", 60
        )
        yield server, url
    finally:
        server.stop()


def record_days(data: Path, folder: Path, days: int) -> None:
    """Give a data folder a block of each of the last days, with one sample of SERIES in each."""
    now = int(time.time())
    lines = [f"{SERIES} {day} {now - day * DAY}.123\n" for day in range(days, 0, -1)]
    (folder / "history.om").write_text("".join(lines) + "# EOF\n")
    data.mkdir(parents=True, exist_ok=True)
    words = ("tsdb", "create-blocks-from", "openmetrics", folder / "history.om", data)
    made = run(prometheus_program("promtool"), *words)
    assert made.returncode == 0, made.stdout


def values(url: str, selector: str) -> list[float]:
    """The values of all samples of the last 30 days that a selector finds, the oldest first."""
    asked = requests.get(
        f"{url}/api/v1/query", params={"query": f"{selector}[30d]"}, timeout=30
    ).json()
    assert asked["status"] == "success", asked
    found = [sample for series in asked["data"]["result"] for sample in series["values"]]
    return [float(value) for _, value in sorted(found)]
