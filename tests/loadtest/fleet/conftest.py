"""A real SSH server on a free loopback port, with keys and a configuration of its own."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import REPOSITORY

UNPACKED = REPOSITORY / ".tools" / "openssh-server"
LIBRARIES = REPOSITORY / ".tools" / "libwrap0" / "usr" / "lib" / f"{platform.machine()}-linux-gnu"
PROGRAMS = ("/usr/sbin/sshd", UNPACKED / "usr/sbin/sshd")
# Where newer servers keep the program of a session, and the option that names it.
PARTS = {"SshdSessionPath": "sshd-session", "SshdAuthPath": "sshd-auth"}
# A server that root starts changes into this folder; its package's service makes it.
ROOTS_FOLDER = Path("/run/sshd")


@dataclass(frozen=True)
class Host:
    """A machine that ssh reaches: its port, the client's configuration, and the key."""

    folder: Path
    port: int
    config: Path
    state: Path

    def access(self, **other: object) -> dict[str, Any]:
        """The entry ``ssh`` of an inventory's machine."""
        command = f"env PERFANALYSIS_STATE_DIRECTORY={self.state} {sys.executable} -m perfanalysis"
        return {
            "address": "127.0.0.1",
            "port": self.port,
            "identity_file": "client",
            "command": command,
        } | other

    def inventory(self, machines: list[dict[str, Any]]) -> Path:
        """An inventory file beside the key."""
        path = self.folder / "inventory.yaml"
        path.write_text(yaml.safe_dump({"machines": machines}))
        return path


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def server_program() -> Path:
    """The server that is installed, or that set-up has unpacked."""
    for needed in ("ssh", "ssh-keygen"):
        if shutil.which(needed) is None:
            pytest.skip(f"{needed} is not on this machine")
    found = [Path(path) for path in PROGRAMS if Path(path).is_file()]
    if not found:
        pytest.skip("an SSH server (sshd) is not on this machine: scripts/setup-tests brings it")
    return found[0]


def configure(folder: Path, program: Path, port: int) -> Path:
    """Make keys, and the configurations of server and client."""
    for name in ("host", "client"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)]
        subprocess.run(command, check=True)
    shutil.copy(folder / "client.pub", folder / "authorized")
    public = " ".join((folder / "host.pub").read_text().split()[:2])
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {public}\n")
    lines = [
        f"ListenAddress 127.0.0.1:{port}",
        f"HostKey {folder}/host",
        f"AuthorizedKeysFile {folder}/authorized",
        "PidFile none",
        "StrictModes no",
        "UsePAM no",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "PermitRootLogin prohibit-password",
        "MaxStartups 100",
    ]
    for option, name in PARTS.items():
        part = program.parent.parent / "lib" / "openssh" / name
        if program.is_relative_to(UNPACKED) and part.is_file():
            lines.append(f"{option} {part}")
    (folder / "sshd_config").write_text("\n".join(lines) + "\n")
    config = folder / "ssh_config"
    config.write_text(
        f"Host *\n  UserKnownHostsFile {folder}/known_hosts\n  GlobalKnownHostsFile /dev/null\n"
        "  StrictHostKeyChecking yes\n  IdentitiesOnly yes\n"
    )
    return config


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """This machine, as ssh reaches it."""
    program = server_program()
    folder = tmp_path_factory.mktemp("ssh")
    port = free_port()
    config = configure(folder, program, port)
    if os.geteuid() == 0:
        ROOTS_FOLDER.mkdir(mode=0o755, exist_ok=True)
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [str(program), "-D", "-e", "-f", str(folder / "sshd_config")],
            stderr=log,
            env=os.environ | {"LD_LIBRARY_PATH": str(LIBRARIES)},
        )
    try:
        await_login(server, folder, port, config)
        yield Host(folder, port, config, folder / "state")
    finally:
        server.terminate()
        server.wait()


def await_login(server: subprocess.Popen[bytes], folder: Path, port: int, config: Path) -> None:
    """Wait until one can log in; the test is skipped where this account cannot."""
    words = ["ssh", "-T", "-F", str(config), "-i", str(folder / "client"), "-p", str(port)]
    deadline = time.monotonic() + 20
    while True:
        done = subprocess.run(
            [*words, "-o", "BatchMode=yes", "127.0.0.1", "true"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        if done.returncode == 0:
            return
        if server.poll() is not None or time.monotonic() > deadline:
            log = (folder / "log").read_text()[-500:]
            pytest.skip(f"this account cannot log in by ssh here: {done.stderr.strip()} {log}")
        time.sleep(0.1)
