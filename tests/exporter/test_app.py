"""The real process: scraped, stopped, given wrong flags."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
from pathlib import Path

import click
import pytest
import requests

from exporter.app import exporter
from exporter.catalogue import CATALOGUE
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import TEXT, Block, Layout, render_page
from tests.exporter.conftest import StartExporter, run_exporter, samples_of

REPOSITORY = Path(__file__).resolve().parents[2]
# node_exporter's own exceptions: names that follow the kernel's spelling, and entropy, which is
# counted in bits. And cAdvisor's one, which is there as long as a container is.
KEPT_NAMES = re.compile(
    r"node_\w+ metric names should be written in 'snake_case' not 'camelCase'"
    r"|node_entropy_(available|pool_size)_bits use base unit \"bytes\" instead of \"bits\""
    r"|node_power_supply_charge_counter metric name should not include type 'counter'"
    r"|node_wifi_station_(receive|transmit)_bits_per_second use base unit \"bytes\" instead of "
    r"\"bits\""
    r"|node_systemd_socket_refused_connections_total non-counter metrics should not have "
    r"\"_total\" suffix"
    r"|container_memory_failcnt counter metrics should have \"_total\" suffix"
)


def promtool() -> str:
    ours = REPOSITORY / ".tools" / "prometheus" / "usr" / "bin" / "promtool"
    found = str(ours) if ours.exists() else shutil.which("promtool")
    if not found:
        pytest.skip("no promtool: `make setup` unpacks one")
    return found


def complaints(page: bytes) -> list[str]:
    """What promtool has to say of a page, but of kept names."""
    command = [promtool(), "check", "metrics"]
    checked = subprocess.run(command, input=page, capture_output=True, check=False)
    lines = (checked.stdout + checked.stderr).decode().splitlines()
    return [line for line in lines if not KEPT_NAMES.fullmatch(line)]


def test_the_page_is_clean_to_promtool_but_for_the_kernels_names(
    start_exporter: StartExporter,
) -> None:
    page = requests.get(start_exporter().url + "/metrics", timeout=10)
    assert page.status_code == 200
    assert page.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert complaints(page.content) == []


def test_what_other_machines_show_is_clean_to_promtool_too() -> None:
    families = [f for f in CATALOGUE.families if f.name.isidentifier() and f.type != "histogram"]
    layout = Layout(Series(family, ("a",) * len(family.labels)) for family in families)
    page = render_page([Block(layout, [b"1"] * len(families))], TEXT)
    assert complaints(page) == []
    assert len(families) > 500
    wrong = Layout([Series(Family("node_wrong", "counter", "Test."))])
    assert len(complaints(render_page([Block(wrong, [b"1"])], TEXT))) == 1


def test_every_collector_that_the_machine_has_succeeds(start_exporter: StartExporter) -> None:
    samples = samples_of(requests.get(start_exporter().url + "/metrics", timeout=10).content)
    for name in ("cpu", "stat", "meminfo", "vmstat", "loadavg", "netdev", "uname", "process"):
        assert samples[f'node_scrape_collector_success{{collector="{name}"}}'] == 1
    assert samples['node_cpu_seconds_total{cpu="0",mode="idle"}'] > 0


def test_paths_methods_and_health(start_exporter: StartExporter) -> None:
    url = start_exporter("--web.telemetry-path=/m").url
    assert requests.get(url + "/healthz", timeout=10).text == "ok\n"
    assert 'href="/m"' in requests.get(url + "/", timeout=10).text
    assert requests.get(url + "/metrics", timeout=10).status_code == 404
    assert requests.post(url + "/m", timeout=10).status_code == 405
    head = requests.head(url + "/m", timeout=10)
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["Content-Length"]) > 1000


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(number: signal.Signals, start_exporter: StartExporter) -> None:
    running = start_exporter()
    requests.get(running.url + "/metrics", timeout=10)
    running.process.send_signal(number)
    assert running.process.wait(10) == 0
    assert "Traceback" not in running.log.read_text()


def test_a_taken_port_is_one_line_and_status_1() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = run_exporter(f"--web.listen-address=127.0.0.1:{port}")
    assert ended.returncode == 1
    assert len(ended.stderr.splitlines()) == 1
    assert f"127.0.0.1:{port}" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--no-such-flag"], "--no-such-flag"),
        (["--web.listen-address=nowhere"], "HOST:PORT"),
        (["--web.listen-address=HOST:99999"], "a port from 0 to 65535, found 'HOST:99999'"),
        (
            ["--collector.timeout=3600"],
            "--collector.timeout: expected seconds above 0 and below 3600",
        ),
        (["--web.telemetry-path=metrics"], "--web.telemetry-path"),
        (["--path.procfs=/no/such/folder"], "--path.procfs"),
        (["--collector.vmstat.fields=("], "--collector.vmstat.fields"),
        (["--machine.inventory=/no/such.yaml", "--machine.name=a"], "/no/such.yaml"),
        (["--collector.netdev.device-include=a", "--collector.netdev.device-exclude=b"], "netdev"),
    ],
)
def test_wrong_flags_end_with_status_2(arguments: list[str], said: str) -> None:
    ended = run_exporter(*arguments)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_options_are_given_up_when_they_are_read() -> None:
    with click.Context(exporter) as context:
        exporter.parse_args(context, ["--no-collector.arp"])
        assert context.params["collector_arp"] is False
        assert exporter.params == []
        names = {option.name for option in exporter.get_params(context)}
    assert names >= {"path_procfs", "collector_zfs"}
