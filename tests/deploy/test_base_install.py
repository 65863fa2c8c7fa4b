"""The base install in a bare environment: the exporter serves, and nothing of it needs numpy."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import requests

from demo.servers import LISTENING, DemoServer
from tests.conftest import REPOSITORY

pytestmark = [pytest.mark.long, pytest.mark.e2e, pytest.mark.timeout(1200)]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    archive = folder / "source.tar"
    made = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=True
    )
    with tarfile.open(archive, "w") as tar:
        for name in made.stdout.decode().split("\0"):
            if name and (REPOSITORY / name).exists():
                tar.add(REPOSITORY / name, name)
    source = folder / "source"
    with tarfile.open(archive) as tar:
        tar.extractall(source, filter="data")
    subprocess.run([sys.executable, "-m", "venv", folder / "environment"], check=True)
    install = ["-m", "pip", "install", "--quiet", "--constraint", "constraints.txt", "."]
    python = folder / "environment" / "bin" / "python"
    subprocess.run([python, *install], cwd=source, check=True)
    return python.with_name("perfanalysis")


def test_it_has_no_numpy(program: Path) -> None:
    listed = subprocess.run(
        [program.with_name("pip"), "list"], capture_output=True, text=True, check=True
    )
    assert "perfanalysis" in listed.stdout
    assert "numpy" not in listed.stdout


def test_the_exporter_serves(program: Path, tmp_path: Path) -> None:
    command = [str(program), "exporter", "--web.listen-address=127.0.0.1:0"]
    server = DemoServer("exporter", command, tmp_path / "log", outlives=False)
    try:
        server.wait_until(lambda: bool(LISTENING.search(server.text())), "its address", 60)
        match = LISTENING.search(server.text())
        assert match
        page = requests.get(f"{match[1].rstrip('/')}/metrics", timeout=10).text
        assert "node_cpu_seconds_total{" in page
        for collector in ("cpu", "meminfo", "cgroup", "loadtest", "diskstats"):
            assert f'node_scrape_collector_success{{collector="{collector}"}} 1' in page
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("words", "extra"),
    [(["loadtest", "run"], "loadtest"), (["report"], "report"), (["dashboards"], "dashboards")],
)
def test_what_is_missing_is_named(program: Path, words: list[str], extra: str) -> None:
    done = subprocess.run([program, *words, "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"'.[{extra}]'" in done.stderr
