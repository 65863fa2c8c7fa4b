"""The images, built and run for real by buildah, without a daemon, on a base made by debootstrap.

Chroot isolation cannot mount the root file system read-only; one test does that by hand.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from demo.servers import LISTENING, DemoServer
from tests.deploy.images import Buildah, needs_builders, pip_configuration

pytestmark = [
    pytest.mark.long,
    pytest.mark.e2e,
    pytest.mark.timeout(3600),
    *needs_builders,
]

IMAGES = {
    target: f"localhost/perfanalysis-{target}" for target in ("exporter", "loadtest", "tools")
}
ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]


@pytest.fixture(scope="module")
def buildah(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Buildah]:
    folder = tmp_path_factory.mktemp("images")
    call = Buildah(folder / "store")
    call.make_base(folder / "base", ARCHITECTURE)
    configuration = pip_configuration(folder / "pip.conf")
    for target, image in IMAGES.items():
        call.build(target, image, configuration, ARCHITECTURE)
    yield call
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("target", IMAGES)
def test_what_an_image_says_of_itself(buildah: Buildah, target: str) -> None:
    image = json.loads(buildah("inspect", "--type=image", IMAGES[target]))["Docker"]["config"]
    assert image["User"] == "65532:65532"
    assert image["Entrypoint"] == ["perfanalysis"]
    assert image["Labels"]["org.opencontainers.image.title"] == "PerfAnalysis"
    assert ("Healthcheck" in image) == (target == "exporter")
    # Nothing of this machine.
    assert not any(entry.startswith("PIP_") for entry in image["Env"])


@pytest.mark.parametrize("target", IMAGES)
def test_it_runs_without_rights_and_without_an_installer(buildah: Buildah, target: str) -> None:
    container = buildah("from", IMAGES[target])
    inside = buildah.inside(container, "sh", "-c", "id -u; id -g; touch /etc/x 2>&1; which pip gcc")
    done = subprocess.run(inside, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert lines[:2] == ["65532", "65532"]
    assert "Permission denied" in lines[2]
    assert len(lines) == 3
    load = ["loadtest", "run", "--quick", "--force", "--quiet", "--wait=600"]
    for words in (["--version"], load)[: 1 if target == "exporter" else 2]:
        done = subprocess.run(
            buildah.inside(container, "perfanalysis", *words),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def test_the_exporters_image_says_which_one_measures(buildah: Buildah) -> None:
    container = buildah("from", IMAGES["exporter"])
    done = subprocess.run(
        buildah.inside(container, "perfanalysis", "loadtest", "run"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "needs the Python package 'numpy'" in done.stderr
    assert "'.[loadtest]'" in done.stderr


def test_the_exporters_image_serves_and_its_health_check_agrees(
    buildah: Buildah, tmp_path: Path
) -> None:
    container = buildah("from", IMAGES["exporter"])
    config = json.loads(buildah("inspect", "--type=image", IMAGES["exporter"]))["Docker"]["config"]
    # Chroot isolation has the host's network: another port than the image's, on loopback.
    words = [word for word in config["Cmd"] if not word.startswith("--web.listen-address")]
    words = [word.replace("/host/root", "/").replace("/host", "") for word in words]
    command = buildah.inside(container, *config["Entrypoint"], *words)
    server = DemoServer(
        "exporter", [*command, "--web.listen-address=127.0.0.1:0"], tmp_path / "log", outlives=False
    )
    try:
        server.wait_until(lambda: bool(LISTENING.search(server.text())), "its address", 60)
        match = LISTENING.search(server.text())
        assert match
        page = requests.get(f"{match[1].rstrip('/')}/metrics", timeout=10).text
        assert "node_cpu_seconds_total{" in page
        assert "perf_machine_info{" in page
        program, *check = config["Healthcheck"]["Test"][1:]
        port = re.search(r":(\d+)", match[1].removeprefix("http:"))
        assert port
        check = [word.replace(":9100/", f":{port[1]}/") for word in check]
        healthy = subprocess.run(buildah.inside(container, program, *check), check=False)
        assert healthy.returncode == 0
    finally:
        server.stop()


def test_an_image_goes_by_a_file_to_a_machine_without_a_registry(
    buildah: Buildah, tmp_path: Path
) -> None:
    name = "docker.io/library/perfanalysis-exporter:0.2.0"
    buildah("push", IMAGES["exporter"], f"docker-archive:{tmp_path / 'image.tar'}:{name}")
    other = Buildah(tmp_path / "store")
    other("pull", f"docker-archive:{tmp_path / 'image.tar'}")
    container = other("from", "--pull-never", name)
    done = subprocess.run(
        other.inside(container, "perfanalysis", "--version"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


# The root file system read-only, the state folder writable, and the host's /proc, /sys and /dev.
READ_ONLY = """
set -e
root=$1
mount --bind "$root" "$root"
mount -o remount,bind,ro "$root"
mount -t tmpfs -o uid=65532,gid=65532 none "$root/var/lib/perfanalysis"
for tree in proc sys dev; do mount --rbind "/$tree" "$root/$tree"; done
export PATH=/opt/loadtest/bin:/usr/bin:/bin
exec /usr/sbin/chroot --userspec=65532:65532 --groups= "$root" sh -c '
    touch /tmp/x && exit 9
    cd /var/lib/perfanalysis
    perfanalysis loadtest run --quick --force --quiet --wait 600 --state-directory . || exit 8
    ls /var/lib/perfanalysis/results
    timeout 3 perfanalysis exporter --web.listen-address=127.0.0.1:0'
"""


def test_exporter_and_load_test_run_on_a_read_only_root(buildah: Buildah) -> None:
    root = buildah("mount", buildah("from", IMAGES["loadtest"]))
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", READ_ONLY, "sh", root],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Read-only file system" in done.stderr
    # timeout(1)'s own status: the exporter ran until it was ended.
    assert done.returncode == 124, done.stderr
    assert done.stdout.endswith(".json\n")
    assert "listening on" in done.stderr


def test_the_tools_image_reports(buildah: Buildah) -> None:
    container = buildah("from", IMAGES["tools"])
    script = (
        "import matplotlib.pyplot, weasyprint; print(len(weasyprint.HTML(string='x').write_pdf()))"
    )
    done = subprocess.run(
        buildah.inside(container, "python", "-c", script),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 500
