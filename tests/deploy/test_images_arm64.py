"""The exporter's image for arm64, where the kernel runs its programs in an emulator."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from demo.servers import LISTENING, DemoServer, start_exporter
from tests.deploy.images import Buildah, needs_builders, pip_configuration

IMAGE = "localhost/perfanalysis-exporter"
# What "F" in its flags says: the emulator is open, so that a container without it can use it.
HANDLER = Path("/proc/sys/fs/binfmt_misc/qemu-aarch64")


def emulates() -> bool:
    """Whether this machine runs programs for arm64 in any container, and is not one itself."""
    if os.uname().machine != "x86_64" or not HANDLER.is_file():
        return False
    return re.search(r"^enabled\n(.*\n)*flags: \w*F", HANDLER.read_text()) is not None


pytestmark = [
    pytest.mark.long,
    pytest.mark.e2e,
    pytest.mark.timeout(3600),
    *needs_builders,
    pytest.mark.skipif(
        not emulates(), reason="no emulation of arm64 here: apt-get install qemu-user-static"
    ),
]


@pytest.fixture(scope="module")
def buildah(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Buildah]:
    folder = tmp_path_factory.mktemp("arm64")
    call = Buildah(folder / "store")
    call.make_base(folder / "base", "arm64")
    call.build("exporter", IMAGE, pip_configuration(folder / "pip.conf"), "arm64")
    yield call
    shutil.rmtree(folder, ignore_errors=True)


def test_it_is_for_arm64_and_measures_as_a_user_without_rights(buildah: Buildah) -> None:
    image = json.loads(buildah("inspect", "--type=image", IMAGE))["Docker"]
    assert image["architecture"] == "arm64"
    container = buildah("from", "--arch", "arm64", IMAGE)
    script = "uname -m; id -u; perfanalysis loadtest run --quick --force --quiet --json --wait 600"
    done = subprocess.run(
        buildah.inside(container, "sh", "-c", script), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    machine, user, document = done.stdout.split("\n", 2)
    assert (machine, user) == ("aarch64", "65532")
    assert json.loads(document)["max_units_per_second"] > 0


def test_its_exporter_serves(buildah: Buildah, tmp_path: Path) -> None:
    container = buildah("from", "--arch", "arm64", IMAGE)
    words = ["perfanalysis", "exporter", "--web.listen-address=127.0.0.1:0"]
    command = buildah.inside(container, *words)
    server = DemoServer("exporter", command, tmp_path / "log", outlives=False)
    try:
        server.wait_until(lambda: bool(LISTENING.search(server.text())), "its address", 120)
        match = LISTENING.search(server.text())
        assert match
        page = requests.get(f"{match[1].rstrip('/')}/metrics", timeout=60).text
    finally:
        server.stop()
    assert re.search(r'^perf_machine_info{.*architecture="aarch64"', page, flags=re.M)
    assert 'node_cpu_seconds_total{cpu="0",mode="idle"}' in page
    # What finds something to read here finds it there.
    command = [sys.executable, "-m", "perfanalysis"]
    server, url = start_exporter([], tmp_path / "own.log", perfanalysis=command)
    try:
        own = requests.get(f"{url}/metrics", timeout=60).text
    finally:
        server.stop()
    assert successes(page) == successes(own)


def successes(page: str) -> dict[str, str]:
    """Each collector, and whether it has read something."""
    found = re.findall(r'^node_scrape_collector_success{collector="(\w+)"} ([01])$', page, re.M)
    assert found
    return dict(found)
