"""No process has more rights than docs/security.md says, and each works with those."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from demo.servers import DemoServer
from tests.conftest import REPOSITORY
from tests.deploy.test_state_folders import CLOUD_CONFIG, SERVICES, WRITTEN
from tests.deploy.test_systemd import EXECUTE, in_sandbox, sandbox  # noqa: F401 - a fixture

PAGE = (REPOSITORY / "docs" / "security.md").read_text()
# What a hardened service of ours has at least.
CLOSED = {
    "NoNewPrivileges": "yes",
    "ProtectKernelTunables": "yes",
    "ProtectKernelModules": "yes",
    "ProtectKernelLogs": "yes",
    "ProtectControlGroups": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "RestrictNamespaces": "yes",
    "RestrictSUIDSGID": "yes",
    "LockPersonality": "yes",
    "SystemCallArchitectures": "native",
}
ROOTS = {"perfanalysis-backup.service"}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_service_is_closed_but_for_what_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert {key: service.get(key) for key in CLOSED} == CLOSED
    assert "@system-service" in text_of(name)
    if name in ROOTS:
        return
    assert service["CapabilityBoundingSet"] == ""
    assert "AmbientCapabilities" not in service
    assert service["ProtectSystem"] == "strict"
    assert service.get("DynamicUser") == "yes" or service["User"] == "perfanalysis"
    assert "ReadWritePaths" not in service
    assert "SystemCallFilter=~@privileged\n" in text_of(name)


def text_of(name: str) -> str:
    if name.startswith("cloud-init's "):
        path = f"/etc/systemd/system/{name.partition(' ')[2]}"
        return str(WRITTEN[path])
    return (REPOSITORY / "deploy" / "systemd" / name).read_text()


def test_the_one_that_is_root_has_the_capabilities_that_the_page_argues() -> None:
    (name,) = ROOTS
    service = SERVICES[name]
    assert "User" not in service and "DynamicUser" not in service
    has = set(service["CapabilityBoundingSet"].split())
    (row,) = re.findall(r"^\| backup \|.*$", PAGE, re.MULTILINE)
    assert set(re.findall(r"`(CAP_\w+)`", row)) == has
    assert "CAP_SYS_ADMIN" not in has


def test_the_page_has_a_row_for_each_service() -> None:
    table = PAGE[PAGE.index("## What each process may do") :]
    named = set(re.findall(r"`(perfanalysis-\w+\.service)`", table))
    assert named == {name for name in SERVICES if not name.startswith("cloud-init's")}


def test_a_machine_that_measures_itself_opens_nothing_and_holds_no_secret() -> None:
    text = (REPOSITORY / "deploy" / "cloud-init" / "loadtest.yaml").read_text()
    entries = CLOUD_CONFIG["write_files"]
    assert all(entry["permissions"] == "0644" for entry in entries)
    # Whoever is on the machine can read its user data.
    assert not re.search(r"(?i)password|secret|token|\bkey\b|passwd|chpasswd|authorized", text)
    assert not [path for path in WRITTEN if path.endswith(".socket")]
    assert not {"users", "ssh_pwauth", "ssh_authorized_keys"} & set(CLOUD_CONFIG)
    fetched = re.findall(r"\bhttps?://\S+", text)
    assert fetched and all(address.startswith("https://") for address in fetched)
    steps = [" ".join(step) for step in CLOUD_CONFIG["runcmd"]]
    assert not [step for step in steps if re.search(r"curl|wget|\| *sh|systemctl enable", step)]


ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/mnt/state",
    "PERFANALYSIS_STATE_DIRECTORY": "/mnt/state",
}


def without_rights(*words: str) -> subprocess.CompletedProcess[str]:
    """Run as user 65534, without capabilities, where only the state folder can be written."""
    return subprocess.run(
        in_sandbox("-c", EXECUTE, *words),
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.e2e
@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["workload", "record", "/mnt/state/w.gz", "--duration=1s", "--step=1s"], ""),
        (["prices", "template"], ","),
        (["exporter", "check", "--looks=2", "--interval=0.05"], "rule"),
        (["loadtest", "list"], "kernel"),
        (["kinds", "list"], ""),
        (["backup", "--help"], "restore"),
        (["portal", "migrate"], ""),
    ],
    ids=lambda value: "-".join(value[:2]) if isinstance(value, list) else "",
)
def test_commands_work_without_any_right(words: list[str], said: str) -> None:
    done = without_rights(*words)
    assert "Traceback" not in done.stderr
    assert (done.returncode, said in done.stdout) == (0, True), done.stderr


@pytest.fixture
def portal_without_rights(
    sandbox: None,  # noqa: F811 - the fixture
    tmp_path: Path,
) -> Iterator[DemoServer]:
    del sandbox
    words = ["portal", "serve", "--port=0", "--database=sqlite:////mnt/state/portal.sqlite"]
    environment = [f"{name}={value}" for name, value in ENVIRONMENT.items()]
    command = ["env", "-i", *environment, "PYTHONUNBUFFERED=1", *in_sandbox("-c", EXECUTE, *words)]
    server = DemoServer("portal", command, tmp_path / "log", outlives=False)
    try:
        server.wait_until(lambda: "portal is at" in server.text(), "its address", 120)
        yield server
    finally:
        server.stop()


@pytest.mark.e2e
def test_the_portal_serves_without_any_right(portal_without_rights: DemoServer) -> None:
    status = Path(f"/proc/{portal_without_rights.pid}/status").read_text()
    assert re.search(r"^Uid:\s+65534\s", status, re.MULTILINE)
    for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert re.search(rf"^{kind}:\s+0+$", status, re.MULTILINE), kind
    assert re.search(r"^NoNewPrivs:\s+1$", status, re.MULTILINE)
    text = portal_without_rights.text()
    url, key = (
        re.search(pattern, text)
        for pattern in (r"the portal is at (\S+)", r"shown this once: (\S+)")
    )
    assert url and key
    headers = {"Authorization": f"Bearer {key[1]}"}
    document = (REPOSITORY / "tests" / "fixtures" / "results" / "version-3.json").read_bytes()
    path = f"{url[1]}/api/v1/tests"
    assert requests.post(path, data=document, headers=headers, timeout=60).status_code == 201
    assert len(requests.get(path, headers=headers, timeout=60).json()["tests"]) == 1


@pytest.mark.usefixtures("sandbox")
def test_the_sandbox_is_one() -> None:
    """What the tests here rely on: no other file can be written, and no right be had back."""
    code = (
        "import os\n"
        "for path in ('/etc/x', '/tmp/x', '/mnt/x', '/var/x'):\n"
        "    try:\n        open(path, 'w')\n    except OSError:\n        continue\n"
        "    print('written', path)\n"
        "open('/mnt/state/x', 'w')\n"
        "for change in (lambda: os.setuid(0), lambda: os.chroot('/mnt'), lambda: os.nice(-1)):\n"
        "    try:\n        change()\n    except OSError:\n        continue\n"
        "    print('done', change)\n"
    )
    done = subprocess.run(in_sandbox("-c", code), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
