"""What the scripts that build programs with Go say and leave where they cannot."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.scripts.test_setup import clone, programs, setup, with_own  # noqa: F401 - clone is a fixture

NAMES = {
    "build-actionlint": "build actionlint",
    "build-cadvisor": "build cAdvisor",
    "build-docker-compose": "build Docker Compose",
    "build-gitleaks": "build gitleaks",
    "build-helm": "build helm, and none on PATH",
    "build-kube-apiserver": "build the API server of Kubernetes",
    "build-kubelet": "build the kubelet",
    "build-node-mixin": "build jsonnet",
    "build-prometheus": "build prometheus",
    "build-promtool": "build promtool",
    "build-tofu": "build OpenTofu",
    "build-victoria-metrics": "build VictoriaMetrics",
    "build-vmalert": "build vmalert",
    "build-vmauth": "build vmauth",
    "fetch-operator-schemas": "fetch the Prometheus Operator's schemas",
}
# It has got something to do, and waits for a process of its own.
SLOW_GO = """#!/bin/sh
[ "$1" != version ] || { echo go version go1 linux/amd64; exit; }
sleep 60 &
echo $! >"$CLONE/sleeping"
wait
"""


def test_each_script_that_builds_is_tested() -> None:
    found = {path.name for path in (REPOSITORY / "scripts").glob("*-*") if path.is_file()}
    found -= {"setup-bench", "setup-drawing", "setup-runtimes", "setup-tests"}
    found -= {"unpack-debian-package", "fill-chart", "pin-images", "image-size", "scan-secrets"}
    assert found == {*NAMES, "build-node-exporter"}


@pytest.mark.parametrize("script", NAMES)
def test_without_go_one_line_says_so(
    clone: Path,  # noqa: F811 - the fixture
    script: str,
) -> None:
    path = programs("go", "helm")
    status, errors = setup(clone, {"PATH": path}, script=f"scripts/{script}")
    line = f"setup: error: there is no Go that could {NAMES[script]}\n"
    assert (status, errors) == (1, line)
    assert list((clone / ".tools").iterdir()) == []


def test_without_go_the_peer_is_debians_and_without_apt_nothing(
    clone: Path,  # noqa: F811
) -> None:
    path = programs("go", "apt-get")
    status, errors = setup(clone, {"PATH": path}, script="scripts/build-node-exporter")
    first, last = errors.splitlines()
    assert status == 1
    assert first.endswith("taking Debian's package")
    assert last.startswith("setup: error: the program of Debian's package prometheus-node-exporter")


@pytest.mark.skipif(shutil.which("go") is None, reason="no go on PATH")
@pytest.mark.parametrize("script", NAMES)
def test_without_a_network_one_line_names_the_log(
    clone: Path,  # noqa: F811
    script: str,
) -> None:
    given = {
        "PATH": programs("helm"),
        # Nobody listens on this port.
        "GOPROXY": "http://127.0.0.1:9",
        "GOMODCACHE": str(clone / "modules"),
        "GOFLAGS": "-modcacherw",
    }
    status, errors = setup(clone, given, script=f"scripts/{script}")
    said, last = errors.splitlines()
    assert status == 1
    assert said.startswith(("setup: building ", "setup: fetching "))
    assert last == (
        f"setup: error: Go could not {NAMES[script]} (the reason is at the end of"
        f" {clone}/out/setup.log)"
    )
    assert "connection refused" in (clone / "out" / "setup.log").read_text()
    assert list((clone / ".tools").iterdir()) == []


def gone(pid: int) -> bool:
    """Whether a process has ended, also where nobody asks for its status."""
    try:
        return " Z " in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return True


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_build_that_is_interrupted_leaves_neither_folder_nor_process(
    clone: Path,  # noqa: F811
    how: signal.Signals,
) -> None:
    path = with_own(clone / "bin", "go", SLOW_GO, "go", "helm")
    process = subprocess.Popen(
        # Whoever runs the tests in the background ignores SIGINT, and so would all that they start.
        ["env", "--default-signal=INT", "scripts/build-helm"],
        cwd=clone,
        env=dict(os.environ) | {"PATH": path, "CLONE": str(clone)},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    noted = clone / "sleeping"
    while not (noted.exists() and noted.read_text().strip()):
        assert process.poll() is None
        time.sleep(0.05)
    assert [entry.name.split(".")[0] for entry in (clone / ".tools").iterdir()] == ["build"]
    # The script alone gets it.
    process.send_signal(how)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.splitlines()[-1] == "setup: interrupted"
    assert list((clone / ".tools").iterdir()) == []
    sleeping = int(noted.read_text())
    deadline = time.monotonic() + 30
    while not gone(sleeping):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a full disk")
@pytest.mark.skipif(shutil.which("go") is None, reason="no go on PATH")
def test_a_disk_that_is_full_or_read_only_ends_it_in_one_line(
    clone: Path,  # noqa: F811
) -> None:
    (clone / ".tools").mkdir()
    for options, expected in (
        ("size=4k,nr_inodes=8", "setup: error: Go could not build Docker Compose"),
        ("ro", f"setup: error: no folder can be made in {clone}/.tools"),
    ):
        mount = f"mount -t tmpfs -o {options} none .tools && exec scripts/build-docker-compose"
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-c", mount],
            cwd=clone,
            capture_output=True,
            text=True,
            check=False,
        )
        if "unshare" in done.stderr or "mount:" in done.stderr:
            pytest.skip(f"no mounts here: {done.stderr.strip()[-200:]}")
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1].startswith(expected), done.stderr
