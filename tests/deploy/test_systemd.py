"""The systemd units are right to systemd, and the exporter works with what they leave it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import requests

from loadtest.commands.agent import agent
from loadtest.commands.run import run as run_load_test
from perfanalysis.errors import InputError
from portal.commands.serve import serving
from reporter.app import report
from tests.conftest import REPOSITORY
from tests.exporter.conftest import Running, flags_of, samples_of
from tests.reporter.conftest import END, START, prometheus  # noqa: F401 - a fixture

UNITS = REPOSITORY / "deploy" / "systemd"
SERVICE = "perfanalysis-exporter.service"
PROGRAM = "/opt/perfanalysis/bin/perfanalysis"
SERVICES = (
    "perfanalysis-exporter",
    "perfanalysis-loadtest",
    "perfanalysis-agent",
    "perfanalysis-report",
    "perfanalysis-portal",
    "perfanalysis-backup",
)

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="no systemd-analyze on PATH"
)


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units, with a program that is here."""
    for path in (*UNITS.glob("*.service"), *UNITS.glob("*.socket"), *UNITS.glob("*.timer")):
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
@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_as_exposed_as_the_page_says(units: Path, name: str) -> None:
    page = (REPOSITORY / "docs" / "deployment.md").read_text()
    stated = re.search(rf"\| `{name}.service` \| (\d\.\d) of 10", page)
    assert stated is not None
    checked = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", f"{name}.service"],
        cwd=units,
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{units}:"},
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"exposure level for \S+: (\d\.\d)", checked.stdout)
    assert found is not None, checked.stdout + checked.stderr
    # systemd's own weights change between its versions, a little.
    assert float(found[1]) == pytest.approx(float(stated[1]), abs=0.3)


@pytest.mark.parametrize(
    ("name", "command"),
    [("loadtest", run_load_test), ("report", report)],
    ids=["loadtest", "report"],
)
def test_a_timer_starts_what_we_take(name: str, command: click.Command) -> None:
    text = (UNITS / f"perfanalysis-{name}.service").read_text()
    (line,) = re.findall(r"^ExecStart=(.*)$", text, flags=re.M)
    program, *words = line.split()
    assert program == PROGRAM
    assert words.pop() == "$OPTIONS"
    command.make_context(name, words[words.index("run" if name == "loadtest" else name) + 1 :])
    assert (UNITS / f"perfanalysis-{name}.timer").is_file()
    # The exporter, another user, reads what they leave; it could not in a DynamicUser's folder.
    assert "User=perfanalysis\n" in text
    assert "StateDirectoryMode=0755\n" in text
    assert re.match(
        r"u perfanalysis ", (UNITS / "perfanalysis.sysusers").read_text().split("\n")[1]
    )


@pytest.mark.parametrize("path", sorted(UNITS.glob("*.service")), ids=lambda path: path.name)
def test_bad_settings_are_not_tried_again(path: Path) -> None:
    """Our programs say so by exit status 2 (perfanalysis/errors.py)."""
    text = path.read_text()
    assert "Restart=on-failure\n" in text
    assert f"RestartPreventExitStatus={InputError.exit_status}\n" in text


def test_the_portals_flags_are_flags_of_the_portal() -> None:
    program, *words = setting("perfanalysis-portal.service", "ExecStart").split()
    assert (program, words[:2], words.pop()) == (PROGRAM, ["portal", "serve"], "$OPTIONS")
    serving.make_context("serve", words[2:]).close()
    # A key of the first start would stand in the journal.
    assert "--no-first-key" in words


def setting(unit: str, key: str) -> str:
    """The only value of a key in a unit."""
    (value,) = re.findall(rf"^{key}=(.*)$", (UNITS / unit).read_text(), flags=re.M)
    return str(value)


def minutes(unit: str, key: str) -> float:
    """A span of time as systemd reads it."""
    shown = subprocess.run(
        ["systemd-analyze", "timespan", setting(unit, key)],
        capture_output=True,
        text=True,
        check=True,
    )
    (microseconds,) = re.findall(r"s: (\d+)", shown.stdout)
    return int(microseconds) / 60e6


@needs_systemd
def test_a_load_test_stays_in_the_window_that_the_page_names() -> None:
    service, timer = "perfanalysis-loadtest.service", "perfanalysis-loadtest.timer"
    begins = minutes(timer, "RandomizedDelaySec") + minutes(timer, "AccuracySec")
    tries = int(setting(service, "StartLimitBurst"))
    lasts = tries * minutes(service, "TimeoutStartSec")
    lasts += (tries - 1) * minutes(service, "RestartSec")
    # The limit counts what begins within its interval: the tries of one window, no other's.
    assert lasts < minutes(service, "StartLimitIntervalSec") < 7 * 24 * 60
    assert setting(timer, "Persistent") == "no"
    page = (REPOSITORY / "docs" / "deployment.md").read_text()
    window = re.search(r"Sunday from (\d) to (\d) o'clock: it begins by \d:(\d\d)", page)
    assert window is not None
    start, end, latest = map(int, window.groups())
    assert setting(timer, "OnCalendar") == f"Sun {start:02}:00"
    assert begins == latest
    assert begins + lasts < (end - start) * 60


def test_the_agent_starts_with_what_we_take() -> None:
    words = setting("perfanalysis-agent.service", "ExecStart").split()
    assert words[:3] == [PROGRAM, "loadtest", "agent"]
    assert words.pop() == "$OPTIONS"
    options = ["--portal=https://portal.example", "--", "--cpus=0"]
    context = agent.make_context("agent", [*words[3:], *options])
    assert context.params["run_options"] == ("--cpus=0",)
    (name,) = re.findall(r"^LoadCredential=([^:]+):", agent_unit(), flags=re.M)
    assert f"${{CREDENTIALS_DIRECTORY}}/{name} " in agent_unit()
    # It shares the state folder with the timer's load tests, and must be of the same user.
    for line in ("User=perfanalysis\n", "StateDirectoryMode=0755\n"):
        assert line in agent_unit()


def agent_unit() -> str:
    return (UNITS / "perfanalysis-agent.service").read_text()


def test_the_report_touches_what_the_alert_watches() -> None:
    text = (UNITS / "perfanalysis-report.service").read_text()
    (name,) = re.findall(r"/(perfanalysis_report_\w+[.]prom)'", text)
    rules = (REPOSITORY / "prometheus" / "rules" / "stack_alerts.yml").read_text()
    assert name.replace(".", "[.]") in rules


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
mkdir /mnt/proc /mnt/sys /mnt/state
mount --rbind /proc /mnt/proc
mount --rbind /sys /mnt/sys
mount -t tmpfs -o uid=65534,gid=65534 none /mnt/state
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


@pytest.fixture(scope="module")
def sandbox() -> None:
    """Skips the test where there can be no sandbox."""
    if os.geteuid() != 0:
        pytest.skip("only root can take rights away; this whole run is without them")
    probe = subprocess.run(
        in_sandbox("-c", "import exporter.app"), capture_output=True, text=True, check=False
    )
    if probe.returncode:
        pytest.skip(f"no such sandbox here: {probe.stderr.strip()[-200:]}")


def short(what: str, prometheus: str, folder: Path) -> list[str]:  # noqa: F811
    """The words of a short load test, or of a report with charts and two pages."""
    if what == "loadtest":
        # Another load test on this host may be under way.
        return [what, "run", "--force", "--wait=200", "--levels=50", "--seconds-per-level=0.3"]
    words = [what, f"--prometheus={prometheus}", f"--from={START}", f"--to={END}"]
    return [*words, "--template=executive", f"--output={folder / 'report.pdf'}"]


@pytest.mark.e2e
@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize("what", ["loadtest", "report"])
def test_load_test_and_report_run_in_it(what: str, prometheus: str) -> None:  # noqa: F811
    done = subprocess.run(
        in_sandbox("-c", EXECUTE, *short(what, prometheus, Path("/mnt/state"))),
        env={
            "PATH": os.environ["PATH"],
            "PERFANALYSIS_STATE_DIRECTORY": "/mnt/state",
            "MPLCONFIGDIR": "/mnt/state",
            "XDG_CACHE_HOME": "/mnt/state",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert ("written: /mnt/state/report.pdf" if what == "report" else "50 %") in done.stdout


@pytest.fixture
def unprivileged(sandbox: None, tmp_path: Path) -> Iterator[Running]:
    """An exporter in the sandbox."""
    del sandbox
    log = tmp_path / "log"
    command = in_sandbox("-c", EXECUTE, "exporter")
    flags = ["--web.listen-address=127.0.0.1:0", "--path.procfs=/mnt/proc", "--path.sysfs=/mnt/sys"]
    with log.open("w") as stream:
        process = subprocess.Popen([*command, *flags], stderr=stream, text=True)
    try:
        yield Running(process, log)
    finally:
        process.terminate()
        process.wait(60)


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
    assert unprivileged.process.wait(60) == 0
    assert "Traceback" not in unprivileged.log.read_text()
