"""Prices of an inventory's machines, from the book to real engines: text file, and remote write."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from demo.servers import start_exporter, start_prometheus
from perfanalysis.cli import run
from tests.exporter.peer.node_exporter import NodeExporter
from tests.exporter.test_peer import node_exporter
from tests.grafana.hour.stores import empty_victoria_metrics, flush
from tests.reporter.both_engines import ENGINES

__all__ = ["node_exporter"]

OWN = """provider,region,instance_type,purchase,amount,currency,valid_from
aws,eu-central-1,m7i.large,on_demand,0.1197,USD,2026-01-01
aws,eu-central-1,m7i.large,effective,0.08,USD,2026-01-01
our-cloud,,metal-8,on_demand,0.35,EUR,2026-01-01
"""
INVENTORY = """
machines:
  - {name: web-1, provider: aws, region: eu-central-1, instance_type: m7i.large}
  - {name: web-2, provider: aws, region: eu-central-1, instance_type: m7i.large}
  - {name: db-1, provider: our-cloud, instance_type: metal-8}
  - {name: new-1, provider: aws, instance_type: m9z.large}
"""
DOLLARS, OTHERS = "perf_machine_price_dollars_per_hour", "perf_machine_price_per_hour"
EXPECTED = {
    (DOLLARS, "web-1", "on_demand", ""): 0.1197,
    (DOLLARS, "web-1", "effective", ""): 0.08,
    (DOLLARS, "web-2", "on_demand", ""): 0.1197,
    (DOLLARS, "web-2", "effective", ""): 0.08,
    (OTHERS, "db-1", "on_demand", "EUR"): 0.35,
}
QUERY = f'{{__name__=~"{DOLLARS}|{OTHERS}",job="node",cluster="eu-1"}}'


@pytest.fixture
def inventory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The flag of an inventory, of whose machines a book has prices."""
    monkeypatch.setenv("PERFANALYSIS_STATE_DIRECTORY", str(tmp_path / "state"))
    (tmp_path / "own.csv").write_text(OWN)
    assert run(["prices", "import", "--cloud=off", str(tmp_path / "own.csv")]) == 0
    (tmp_path / "inventory.yaml").write_text(INVENTORY)
    return f"--inventory={tmp_path / 'inventory.yaml'}"


@contextmanager
def engine(name: str, folder: Path) -> Iterator[str]:
    """URL of an empty Prometheus or VictoriaMetrics."""
    if name == "VictoriaMetrics":
        with empty_victoria_metrics(folder) as url:
            yield url
        return
    (folder / "prometheus.yml").write_text("global: {}\n")
    log = folder / "prometheus.log"
    server, url = start_prometheus(folder / "prometheus.yml", folder / "data", log)
    try:
        yield url
    finally:
        server.stop()


def found(url: str, query: str = QUERY) -> dict[tuple[str, str, str, str], float]:
    answer = requests.get(f"{url}/api/v1/query", params={"query": query}, timeout=10)
    answer.raise_for_status()

    def key(labels: dict[str, Any]) -> tuple[str, str, str, str]:
        words = ("__name__", "instance", "purchase", "currency")
        name, instance, purchase, currency = (labels.get(word, "") for word in words)
        return name, instance, purchase, currency

    return {key(one["metric"]): float(one["value"][1]) for one in answer.json()["data"]["result"]}


def wait_for(url: str, seconds: float = 20.0) -> dict[tuple[str, str, str, str], float]:
    end = time.monotonic() + seconds
    while len(prices := found(url)) < len(EXPECTED) and time.monotonic() < end:
        time.sleep(0.1)
    return prices


@pytest.mark.parametrize("name", ENGINES)
def test_remote_write_brings_them(
    inventory: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with engine(name, tmp_path) as url:
        words = ["prices", "export", inventory, f"--remote-write={url}/api/v1/write"]
        assert run([*words, "--label=cluster=eu-1"]) == 0
        if name == "VictoriaMetrics":
            flush(url)
        assert wait_for(url) == EXPECTED
    said = capsys.readouterr()
    assert "5 prices of 4 machines: " in said.out
    assert "1 of 4 machines have no price in the book: new-1" in said.err


@pytest.mark.parametrize("whose", ["node_exporter", "ours"])
def test_a_text_file_brings_them_under_the_machines_own_labels(
    inventory: str, whose: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = tmp_path / "text"
    folder.mkdir()
    words = ["prices", "export", inventory, f"--textfile={folder / 'prices.prom'}"]
    assert run([*words, "--label=cluster=eu-1"]) == 0
    assert [one.name for one in folder.iterdir()] == ["prices.prom"]
    flags = ["--collector.disable-defaults", "--collector.textfile"]
    flags.append(f"--collector.textfile.directory={folder}")
    with exporter(whose, flags, tmp_path, request) as address:
        assert (
            "node_textfile_scrape_error 0"
            in requests.get(f"http://{address}/metrics", timeout=10).text
        )
        (tmp_path / "prometheus.yml").write_text(
            "scrape_configs: [{job_name: prices, honor_labels: true, scrape_interval: 1s, "
            f"static_configs: [{{targets: ['{address}']}}]}}]\n"
        )
        log = tmp_path / "prometheus.log"
        server, url = start_prometheus(tmp_path / "prometheus.yml", tmp_path / "data", log)
        try:
            assert wait_for(url) == EXPECTED
        finally:
            server.stop()


@contextmanager
def exporter(
    whose: str, flags: list[str], folder: Path, request: pytest.FixtureRequest
) -> Iterator[str]:
    """Address of an exporter that shows text files alone."""
    if whose == "ours":
        command = [sys.executable, "-m", "perfanalysis"]
        server, url = start_exporter(flags, folder / "exporter.log", perfanalysis=command)
        try:
            yield url.removeprefix("http://")
        finally:
            server.stop()
        return
    program = request.getfixturevalue("node_exporter")
    with NodeExporter(program, flags, folder / "node_exporter.log") as theirs:
        yield theirs.address


def test_it_goes_on_until_it_is_ended_and_follows_the_book(inventory: str, tmp_path: Path) -> None:
    file = tmp_path / "prices.prom"
    command = [sys.executable, "-m", "perfanalysis", "prices", "export", inventory]
    with subprocess.Popen([*command, f"--textfile={file}", "--every=100ms"]) as process:
        try:
            _wait_until_it_has(file, "0.1197")
            (tmp_path / "own.csv").write_text(
                OWN.replace("0.1197", "0.2").replace("01-01", "02-01")
            )
            assert run(["prices", "import", "--cloud=off", str(tmp_path / "own.csv")]) == 0
            _wait_until_it_has(file, "0.2")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)


def _wait_until_it_has(file: Path, amount: str) -> None:
    end = time.monotonic() + 20
    line = f'instance="web-1",job="node",purchase="on_demand"}} {amount}\n'
    while not (file.exists() and line in file.read_text()):
        assert time.monotonic() < end, f"no {amount} in the file"
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--label=job=x"], "--label: expected --textfile or --remote-write beside it"),
        (["--every=1m"], "--every: expected --textfile or --remote-write beside it"),
        (["--textfile=x.prom", "--every=soon"], "--every: expected a duration such as 1m"),
        (["--textfile=x.prom", "--every=0"], "--every: expected a duration such as 1m"),
        (["--textfile=x.prom", "--label=purchase=x"], "--label: expected another label than purch"),
        (["--textfile=x.prom", "--provider=aws"], "--provider: expected no --textfile"),
        (["--textfile=x.prom", "--output=x"], "--output: expected no --textfile"),
        (["--remote-write-header=A: b"], "--remote-write-header: expected --remote-write beside"),
        (["--remote-write=http://me:secret@127.0.0.1/"], "a URL without user and password"),
    ],
)
def test_what_cannot_be_is_refused(
    inventory: str, words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    beside = [inventory] if "beside it" not in message else []
    assert run(["prices", "export", *beside, *words]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert "secret" not in said
    assert not Path("x.prom").exists()


def test_a_receiver_that_refuses_is_said_to(
    inventory: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with engine("Prometheus", tmp_path) as url:
        # Where nothing is received: the answer is 404.
        words = [inventory, f"--remote-write={url}/nothing?token=secret"]
        assert run(["prices", "export", *words]) == 1
    said = capsys.readouterr().err
    assert "/nothing does not take prices: " in said
    assert "secret" not in said


@pytest.mark.usefixtures("inventory")
def test_without_machines_it_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = f"--textfile={tmp_path / 'x.prom'}"
    assert run(["prices", "export", file]) == 2
    assert "--inventory: expected an inventory, for" in capsys.readouterr().err


def test_without_any_price_the_file_is_emptied(inventory: str, tmp_path: Path) -> None:
    file = tmp_path / "prices.prom"
    assert run(["prices", "export", inventory, f"--textfile={file}"]) == 0
    assert file.stat().st_size
    assert run(["prices", "remove-source", "csv: own.csv"]) == 0
    assert run(["prices", "export", inventory, f"--textfile={file}"]) == 0
    assert file.read_bytes() == b""
