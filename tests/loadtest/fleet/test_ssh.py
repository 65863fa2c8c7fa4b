from __future__ import annotations

import shlex
from pathlib import Path

from loadtest.fleet import ssh
from perfanalysis.fast_yaml import load_fast
from perfanalysis.machines.inventory import InventoryMachine, SshAccess

CLIENT = ssh.Client("/usr/bin/ssh", Path("/etc/bench/ssh_config"), 7, Path("/etc/bench"))


def test_all_that_the_inventory_says_of_a_machine_is_used() -> None:
    access = SshAccess("10.0.0.7", "bench", 2222, "keys/bench", "bastion", "sudo -n /opt/p")
    machine = InventoryMachine("web 1", cpus="0-1", ssh=access)
    words = ssh.command(CLIENT, machine, ["--quick"])
    assert words[:4] == ["/usr/bin/ssh", "-T", "-F", "/etc/bench/ssh_config"]
    assert {"BatchMode=yes", "ConnectTimeout=7", "ControlMaster=no"} <= set(words)
    start = words.index("-l")
    assert words[start:-1] == shlex.split(
        "-l bench -p 2222 -i /etc/bench/keys/bench -J bastion -- 10.0.0.7"
    )
    assert words[-1] == (
        "sudo -n /opt/p loadtest run --json --progress json --inventory - --machine-name 'web 1' "
        "--cpus 0-1 --quick"
    )


def test_the_rest_is_left_to_ssh() -> None:
    client = ssh.Client("ssh", None, 10, Path("/"))
    words = ssh.command(client, InventoryMachine("web-1"), [])
    assert words[-3:-1] == ["--", "web-1"]
    assert not {"-F", "-l", "-p", "-i", "-J"} & set(words)
    assert words[-1].startswith("perfanalysis loadtest run --json")


def test_what_a_person_gives_is_no_command_there() -> None:
    machine = InventoryMachine("$(reboot)", cpus="0")
    words = shlex.split(ssh.remote_command(machine, ["--fail-if", "valid<1; reboot", "--cpus=1"]))
    assert "$(reboot)" in words
    assert words[-3:] == ["--fail-if", "valid<1; reboot", "--cpus=1"]
    assert "--cpus" not in words


def test_the_machine_is_told_its_identity_and_prices_only() -> None:
    access = SshAccess(user="bench", command="secret-path")
    machine = InventoryMachine("web-1", region="here", cpus="0", prices={"spot": 0.5}, ssh=access)
    assert load_fast(ssh.standard_input(machine)) == {
        "machines": [{"name": "web-1", "region": "here", "prices": {"spot": 0.5}}]
    }
