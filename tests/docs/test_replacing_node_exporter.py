"""All commands of docs/replacing-node-exporter.md, with a real node_exporter and Prometheus."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from demo.servers import DemoServer, free_port, prometheus_program
from tests.conftest import REPOSITORY
from tests.deploy.test_systemd_commands import links
from tests.deploy.test_systemd_commands import run as run_in_root
from tests.exporter.conftest import flags_of

PAGE = (REPOSITORY / "docs" / "replacing-node-exporter.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
BY_SYSTEMD = [block for block in BLOCKS if "systemctl" in block]
BY_HAND = [block for block in BLOCKS if "systemctl" not in block]
# What a machine's node_exporter may be started with; the last has no meaning here.
FLAGS = [
    "--collector.filesystem.mount-points-exclude=^/(sys|proc|dev|etc|mnt)($|/)",
    "--no-collector.wifi",
    "--collector.runit.servicedir=a b",
]
# What another row of docs/differences.md explains, on machines that have it.
EXPLAINED = {"node_exporter_build_info", "node_scrape_collector_success"} | {
    "node_scrape_collector_duration_seconds"
}

# What may step back by its last binary digit, as the page says.
SCALED = re.compile(r"node_(disk|pressure)_\w+_seconds_total")


def node_exporter() -> Path:
    """node_exporter; the test is skipped where it was not built."""
    program = REPOSITORY / ".tools" / "node_exporter" / "node_exporter"
    if not program.is_file():
        pytest.skip("no node_exporter here: scripts/build-node-exporter builds it")
    return program


class Machine:
    """A folder and ports that stand for the page's machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {port: str(free_port()) for port in ("9100", "9101", "9090")}
        self.path = folder / "bin"
        self.path.mkdir()
        for name in ("prometheus", "promtool"):
            (self.path / name).symlink_to(prometheus_program(name))
        (self.path / "node_exporter").symlink_to(node_exporter())
        (self.path / "perfanalysis").write_text(
            f'#!/bin/sh\nPYTHONPATH={REPOSITORY} exec {sys.executable} -m perfanalysis "$@"\n'
        )
        (self.path / "perfanalysis").chmod(0o755)

    def here(self, text: str) -> str:
        """A text of the page with this machine's ports."""
        for port, ours in self.ports.items():
            text = re.sub(rf"\b{port}\b", ours, text)
        return text

    def url(self, port: str, path: str) -> str:
        """An address here."""
        return f"http://127.0.0.1:{self.ports[port]}{path}"

    def wait_for(self, port: str, path: str) -> None:
        """Wait until something answers."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if requests.get(self.url(port, path), timeout=5).ok:
                    return
            except requests.RequestException:
                time.sleep(0.05)
        raise AssertionError(f"{port}{path}: no answer")

    def query(self, expression: str) -> list[dict[str, str]]:
        """The labels of what Prometheus answers."""
        answer = requests.get(
            self.url("9090", "/api/v1/query"), params={"query": expression}, timeout=30
        )
        return [series["metric"] for series in answer.json()["data"]["result"]]


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """The page's machine as it is at its beginning."""
    made = Machine(tmp_path)
    (tmp_path / "prometheus.yml").write_text(
        # On a busy machine a scrape takes its time, and one that fails has no series.
        "global: {scrape_interval: 3s, scrape_timeout: 3s}\nscrape_configs:\n  - job_name: node\n"
        f"    static_configs: [{{targets: ['localhost:{made.ports['9100']}']}}]\n"
    )
    words = {
        "node_exporter": [f"--web.listen-address=:{made.ports['9100']}", *FLAGS],
        "prometheus": [
            *("--config.file=prometheus.yml", "--storage.tsdb.path=data"),
            *(f"--web.listen-address=127.0.0.1:{made.ports['9090']}", "--web.enable-lifecycle"),
        ],
    }
    servers = [
        DemoServer(
            name,
            ["env", f"--chdir={tmp_path}", str(made.path / name), *given],
            tmp_path / f"{name}.log",
            outlives=False,
        )
        for name, given in words.items()
    ]
    try:
        made.wait_for("9100", "/metrics")
        made.wait_for("9090", "/-/ready")
        yield made
    finally:
        for server in servers:
            server.stop()


# Of `prometheus-node-exporter --help` of Debian 12 (1.5.0), as it prints them.
DEBIANS_HELP = r"""
      --collector.diskstats.device-exclude="^(ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\\d+n\\d+p)\\d+$"  
                                 Regexp of diskstats devices to exclude
      --collector.filesystem.mount-points-exclude="^/(dev|proc|run|sys|mnt|media|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)"  
      --collector.netdev.device-exclude="^lo$"  
      --collector.netdev.address-info  
      --collector.textfile.directory="/var/lib/prometheus/node-exporter"  
                                 Directory to read text files with metrics from.
"""  # noqa: W291
MOUNTS = (
    "--collector.filesystem.mount-points-exclude="
    "^/(dev|proc|run|sys|mnt|media|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)"
)
TEXTS = "--collector.textfile.directory=/var/lib/prometheus/node-exporter"
LOOPBACK = "--collector.netdev.device-exclude=^lo$"


class TestBuiltInDefaults:
    @pytest.mark.parametrize(
        ("given", "added"),
        [
            ([], [MOUNTS, LOOPBACK, TEXTS]),
            (["--no-collector.wifi"], [MOUNTS, LOOPBACK, TEXTS]),
            (["--collector.textfile.directory=/srv"], [MOUNTS, LOOPBACK]),
            (["--collector.textfile.directory", "/srv"], [MOUNTS, LOOPBACK]),
            # Older words for the same, and for something else.
            (["--collector.filesystem.ignored-mount-points=^/x"], [LOOPBACK, TEXTS]),
            (["--collector.diskstats.ignored-devices=^x"], [MOUNTS, LOOPBACK, TEXTS]),
            # One excludes the other.
            (["--collector.netdev.device-include=^eth"], [MOUNTS, TEXTS]),
        ],
    )
    def test_what_is_added(self, tmp_path: Path, given: list[str], added: list[str]) -> None:
        (block,) = [block for block in BLOCKS if "built-in" in block]
        assert block.count('"/proc/$pid/exe" --help') == 1
        (tmp_path / "help").write_text(DEBIANS_HELP)
        (tmp_path / "flags").write_text("".join(f"{flag}\n" for flag in given))
        text = block.replace('"/proc/$pid/exe" --help', "cat help")
        subprocess.run(["bash", "-euo", "pipefail", "-c", text], cwd=tmp_path, check=True)
        flags = (tmp_path / "flags").read_text().splitlines()
        assert flags == given + added
        # The exporter takes them as they stand there.
        flags_of(f"@{tmp_path / 'flags'}")


@pytest.mark.e2e
@pytest.mark.skipif(
    not all(map(shutil.which, ("bash", "curl", "ss", "xargs"))), reason="no curl or no ss on PATH"
)
def test_the_page_from_its_beginning_to_its_end(machine: Machine) -> None:
    *forth, back = BY_HAND
    assert "xargs" in back
    # Scrapes are closer here. What is started is ended with the shell.
    text = re.sub(r"^sleep 60\b", "sleep 7", machine.here("\n".join(forth)), flags=re.MULTILINE)
    text = text.replace("[5m:15s]", "[5m:1s]")
    text += "cat prometheus.yml > at-the-end.yml\n"
    text += f"curl -s {machine.url('9100', '/metrics')} > at-the-end.prom\n"
    text += machine.here(back) + f"curl -s {machine.url('9100', '/metrics')} > back.prom\n"
    # Who listens now is no child of the shell's.
    text += machine.here(back).splitlines()[0]
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f"trap 'kill $(jobs -p)' EXIT\n{text}"],
        cwd=machine.folder,
        env=os.environ | {"PATH": f"{machine.path}:{os.environ['PATH']}", "NO_PROXY": "*"},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr

    def left(name: str) -> str:
        return (machine.folder / name).read_text()

    assert left("flags").splitlines()[1:] == FLAGS
    assert "--collector.runit.servicedir has no meaning here" in done.stdout
    gone = set(re.findall(r'name="(\w+)"', left("gone")))
    assert "node_exporter_build_info" in gone
    assert gone <= EXPLAINED
    assert "node_vmstat_" in left("new")
    # The counters went on, and who answers now is ours.
    stepped_back = set(re.findall(r'name="(\w+)"', left("resets")))
    assert all(SCALED.fullmatch(name) for name in stepped_back)
    assert "perf_machine_info" in left("ours")
    assert "perf_machine_info" in left("at-the-end.prom")
    assert "go_goroutines" not in left("at-the-end.prom")
    assert "go_goroutines" in left("back.prom")
    assert machine.query("count(node_cpu_seconds_total{job='node'}) > 0")


def test_what_steps_back_is_as_often_as_the_page_says() -> None:
    """As node_exporter 1.12.1 reckons, and as our digits with an exponent are read."""
    draw = random.Random(1)
    disk = [draw.randrange(1, 10**9) for _ in range(20000)]
    pressure = [draw.randrange(1, 10**12) for _ in range(20000)]
    of_disk = sum(float(f"{x}e-3") < x * (1.0 / 1000.0) for x in disk) / len(disk)
    of_pressure = sum(float(f"{x}e-6") < x / 1000.0 / 1000.0 for x in pressure) / len(pressure)
    assert "one\nin seven of `node_disk_*_seconds_total` and one in eight of `node_pressure" in PAGE
    assert (round(1 / of_disk), round(1 / of_pressure)) == (7, 8)


@pytest.mark.skipif(shutil.which("systemctl") is None, reason="no systemctl on PATH")
def test_the_services_change_places_and_back(tmp_path: Path) -> None:
    units = tmp_path / "etc" / "systemd" / "system"
    units.mkdir(parents=True)
    (tmp_path / "etc" / "default").mkdir()
    for path in (REPOSITORY / "deploy" / "systemd").glob("perfanalysis-exporter.*"):
        shutil.copy(path, units)
    (units / "prometheus-node-exporter.service").write_text(
        "[Service]\nExecStart=/usr/bin/prometheus-node-exporter\n"
        "[Install]\nWantedBy=multi-user.target\n"
    )
    theirs = {"multi-user.target.wants/prometheus-node-exporter.service"}
    ours = {
        "multi-user.target.wants/perfanalysis-exporter.service",
        "sockets.target.wants/perfanalysis-exporter.socket",
    }
    run_in_root(tmp_path, "systemctl enable prometheus-node-exporter")
    assert links(tmp_path) == theirs
    (tmp_path / "flags-beside").write_text("--no-collector.wifi\n")
    forth, back = BY_SYSTEMD
    for command in forth.replace("flags-beside", f"{tmp_path}/flags-beside").splitlines():
        # What is between quotes stays as it is: the service reads it.
        quoted = re.sub(r"@/etc/", "@//etc/", command)
        run_in_root(tmp_path, quoted)
    assert links(tmp_path) == ours
    options = (tmp_path / "etc" / "default" / "perfanalysis-exporter").read_text()
    assert options.replace("//", "/") == "OPTIONS=@/etc/perfanalysis/exporter.flags\n"
    flags = (tmp_path / "etc" / "perfanalysis" / "exporter.flags").read_text()
    assert flags == "--no-collector.wifi\n"
    for command in back.splitlines():
        run_in_root(tmp_path, command)
    assert links(tmp_path) == theirs
