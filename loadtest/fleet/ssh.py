"""The ssh command that runs the load test on a machine of the inventory. Pure.

Keys, host keys, jumps and whatever else ``ssh_config(5)`` knows are the person's own configuration;
only what an unattended run needs is set here.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import yaml

from perfanalysis.machines.inventory import InventoryMachine

# Never ask; notice a dead connection; no forwarding that a configuration may hold; no new shared
# connection, which would outlive its run, though one that is there is used.
OPTIONS = {
    "BatchMode": "yes",
    "ServerAliveInterval": "10",
    "ServerAliveCountMax": "3",
    "ClearAllForwardings": "yes",
    "ControlMaster": "no",
    "LogLevel": "ERROR",
}
COMMAND = "perfanalysis"


@dataclass(frozen=True)
class Client:
    """How the ssh client is called.

    Attributes:
        program: its path.
        config: a file to use in place of ``~/.ssh/config``; None: that one.
        connect_seconds: after which a connection that does not come about is given up.
        folder: of the inventory file, which identity files are relative to.
    """

    program: str
    config: Path | None
    connect_seconds: int
    folder: Path


def command(client: Client, machine: InventoryMachine, options: Sequence[str]) -> list[str]:
    """The words of the local command; the machine's inventory entry goes to its standard input.

    Args:
        client: how ssh is called.
        machine: where.
        options: of ``perfanalysis loadtest run``, beyond those that the fleet itself needs.
    """
    access = machine.ssh
    words = [client.program, "-T"]
    if client.config is not None:
        words += ["-F", str(client.config)]
    for name, value in OPTIONS.items():
        words += ["-o", f"{name}={value}"]
    words += ["-o", f"ConnectTimeout={client.connect_seconds}"]
    if access.user:
        words += ["-l", access.user]
    if access.port is not None:
        words += ["-p", str(access.port)]
    if access.identity_file:
        words += ["-i", str(client.folder / Path(access.identity_file).expanduser())]
    if access.proxy_jump:
        words += ["-J", access.proxy_jump]
    return [*words, "--", access.address or machine.name, remote_command(machine, options)]


def remote_command(machine: InventoryMachine, options: Sequence[str]) -> str:
    """What the login shell there runs; everything but the inventory's own command is quoted."""
    words = ["loadtest", "run", "--json", "--progress", "json"]
    # The older name of --machine: that of all versions that may be installed there.
    words += ["--inventory", "-", "--machine-name", machine.name]
    named = {option.partition("=")[0] for option in options}
    if machine.cpus and "--cpus" not in named:
        words += ["--cpus", machine.cpus]
    return f"{machine.ssh.command or COMMAND} {shlex.join([*words, *options])}"


def standard_input(machine: InventoryMachine) -> bytes:
    """The inventory of that one machine: its identity and prices, and not how it is reached."""
    entry = {
        key: value for key, value in asdict(machine).items() if value and key not in {"ssh", "cpus"}
    }
    return yaml.safe_dump({"machines": [entry]}).encode()
