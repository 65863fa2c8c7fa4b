"""The systemd units are right to systemd, and the exporter works with what they leave it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.conftest import REPOSITORY
from tests.exporter.conftest import Running, flags_of, samples_of

UNITS = REPOSITORY / "deploy" / "systemd"
SERVICE = "perfanalysis-exporter.service"
PROGRAM = "/opt/perfanalysis/bin/perfanalysis"
# The overall exposure level that docs/deployment.md states, in tenths.
EXPOSURE = 20

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="no systemd-analyze on PATH"
)


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units, with a program that is here."""
    for path in UNITS.iterdir():
        text = path.read_text().replace(PROGRAM, sys.executable)
        (tmp_path / path.name).write_text(text)
    return tmp_path


@needs_systemd
def test_systemd_finds_nothing_wrong(units: Path) -> None:
    names = sorted(str(path) for path in units.iterdir())
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *names],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in verified.stderr.splitlines() if "perfanalysis" in line]
    assert (verified.returncode, ours) == (0, [])


@needs_systemd
def test_how_exposed_the_service_is(units: Path) -> None:
    checked = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE}", SERVICE],
        cwd=units,
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    stated = re.search(r"\| (\d\.\d) of 10", (REPOSITORY / "docs" / "deployment.md").read_text())
    assert stated is not None
    assert float(stated[1]) * 10 == EXPOSURE


def test_the_services_flags_are_flags_of_the_exporter() -> None:
    line = next(
        line for line in (UNITS / SERVICE).read_text().splitlines() if line.startswith("ExecStart=")
    )
    program, command, *arguments = line.removeprefix("ExecStart=").split()
    assert (program, command) == (PROGRAM, "exporter")
    assert arguments.pop() == "$OPTIONS"
    assert flags_of(*arguments)["web_systemd_socket"]


# What the service gets: everything read-only, a user without rights, no capabilities, no memory
# that is both writable and executable; and the host's trees elsewhere, as in a container.
SANDBOX = """
set -e
mount -t tmpfs none /mnt
mkdir /mnt/proc /mnt/sys
mount --rbind /proc /mnt/proc
mount --rbind /sys /mnt/sys
mount -o remount,ro /mnt
mount -o remount,bind,ro /
exec setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs \\
    --inh-caps=-all --bounding-set=-all "$@"
"""
# prctl(2): PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN; older kernels do not know it.
EXECUTE = """
import ctypes, sys
try:
    open("/var/tmp/perfanalysis-writable", "w")
    sys.exit("the root file system can be written to")
except OSError:
    pass
ctypes.CDLL(None).prctl(65, 1, 0, 0, 0)
from perfanalysis.cli import run
sys.exit(run(sys.argv[1:]))
"""


def in_sandbox(*arguments: str) -> list[str]:
    return ["unshare", "--mount", "sh", "-c", SANDBOX, "sh", sys.executable, *arguments]


@pytest.fixture
def unprivileged(tmp_path: Path) -> Iterator[Running]:
    """An exporter in the sandbox."""
    if os.geteuid() != 0:
        pytest.skip("only root can take rights away; this whole run is without them")
    probe = subprocess.run(
        in_sandbox("-c", "import exporter.app"), capture_output=True, text=True, check=False
    )
    if probe.returncode:
        pytest.skip(f"no such sandbox here: {probe.stderr.strip()[-200:]}")
    log = tmp_path / "log"
    command = in_sandbox("-c", EXECUTE, "exporter")
    flags = ["--web.listen-address=127.0.0.1:0", "--path.procfs=/mnt/proc", "--path.sysfs=/mnt/sys"]
    with log.open("w") as stream:
        process = subprocess.Popen([*command, *flags], stderr=stream, text=True)
    try:
        yield Running(process, log)
    finally:
        process.terminate()
        process.wait(10)


def test_it_needs_neither_root_nor_a_writable_file_system(unprivileged: Running) -> None:
    status = Path(f"/proc/{unprivileged.process.pid}/status").read_text()
    assert re.search(r"^Uid:\s+65534\s", status, re.MULTILINE)
    assert re.search(r"^CapEff:\s+0+$", status, re.MULTILINE)
    answer = requests.get(unprivileged.url + "/metrics", timeout=10)
    assert answer.status_code == 200
    samples = samples_of(answer.content)
    for name in ("cpu", "diskstats", "filesystem", "loadavg", "meminfo", "netdev", "stat", "timex"):
        assert samples[f'node_scrape_collector_success{{collector="{name}"}}'] == 1, name
    assert samples['node_cpu_seconds_total{cpu="0",mode="idle"}'] > 0
    unprivileged.process.terminate()
    assert unprivileged.process.wait(10) == 0
    assert "Traceback" not in unprivileged.log.read_text()
