"""The inventory file: which machines there are, where they run, and what an hour of each costs.

price_note: Example prices, not an offer.
ssh:                             # how to reach them; of all machines that do not say otherwise
  user: bench
  command: /opt/perfanalysis/bin/perfanalysis
machines:
  - name: web-1                  # becomes the label `instance`
    provider: aws
    region: eu-central-1
    zone: eu-central-1a
    instance_type: m7i.large
    cpus: 0-1                    # the CPUs that stand for this machine; all when absent
    prices:                      # dollars per hour, by purchase option
      on_demand: 0.1197
      reserved_1y: 0.0791
    ssh:                         # each key may be left to ssh's own configuration
      address: 10.0.0.7          # the machine's name when absent
      port: 2222
      identity_file: keys/bench  # relative to this file's folder
      proxy_jump: bastion
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from perfanalysis.errors import InputError
from perfanalysis.machines.identity import PURCHASE_OPTIONS, Identity
from perfanalysis.strict_yaml import load_yaml

_IDENTITY = ("provider", "region", "zone", "instance_type", "cpus")
_SSH_OF_ALL = ("user", "port", "identity_file", "proxy_jump", "command")
# A word that ssh cannot take for an option.
_SSH_WORD = re.compile(r"[^\s-]\S*")
STANDARD_INPUT = Path("-")


@dataclass(frozen=True)
class SshAccess:
    """How OpenSSH reaches a machine; what is empty is left to ssh's own configuration.

    Attributes:
        address: host name or address; empty: the machine's name.
        user, identity_file, proxy_jump: as ssh's options ``-l``, ``-i`` and ``-J`` have them.
        port: None: ssh's own.
        command: how ``perfanalysis`` is called there, in words of the login shell.
    """

    address: str = ""
    user: str = ""
    port: int | None = None
    identity_file: str = ""
    proxy_jump: str = ""
    command: str = ""


@dataclass(frozen=True)
class InventoryMachine:
    """One machine of the inventory; what the file does not say is an empty string.

    ``prices`` maps a purchase option (one of ``PURCHASE_OPTIONS``) to dollars per hour, always
    above 0; an unknown price is absent.
    """

    name: str
    provider: str = ""
    region: str = ""
    zone: str = ""
    instance_type: str = ""
    cpus: str = ""
    prices: Mapping[str, float] = field(default_factory=dict)
    ssh: SshAccess = SshAccess()

    def identity(self) -> Identity:
        """Who it is, as far as the inventory says."""
        return Identity(
            name=self.name,
            provider=self.provider,
            region=self.region,
            zone=self.zone,
            instance_type=self.instance_type,
            prices=self.prices,
        )


@dataclass(frozen=True)
class Inventory:
    """All machines of one inventory file, in its order."""

    path: Path
    price_note: str
    machines: tuple[InventoryMachine, ...]

    @property
    def names(self) -> list[str]:
        """The machines' names, in the file's order."""
        return [machine.name for machine in self.machines]

    def has(self, name: str) -> bool:
        """Whether it has a machine of that name."""
        return name in self.names

    def machine(self, name: str) -> InventoryMachine:
        """The machine of that name.

        Raises:
            InputError: the inventory has no such machine.
        """
        for machine in self.machines:
            if machine.name == name:
                return machine
        known = ", ".join(machine.name for machine in self.machines)
        raise InputError(str(self.path), "machines", f"a machine named {name!r} (has: {known})")


def read_inventory(path: Path) -> Inventory:
    """Read and check an inventory file.

    Args:
        path: of the file; ``-`` is standard input.

    Raises:
        InputError: the file is missing, unreadable, no YAML, or says something unusable; the
            message names the field.
    """
    if path == STANDARD_INPUT:
        return parse_inventory(sys.stdin.buffer.read(), Path("standard input"))
    try:
        text = path.read_bytes()
    except OSError as error:
        raise InputError(str(path), "", f"a readable inventory file ({error.strerror})") from error
    return parse_inventory(text, path)


def parse_inventory(text: bytes, path: Path) -> Inventory:
    """Build an inventory from the bytes of its file; ``path`` is used in messages only.

    Raises:
        InputError: see ``read_inventory``.
    """
    root = load_yaml(text, str(path))
    if not isinstance(root, dict):
        raise InputError(str(path), "", "a mapping with the key 'machines'", root)
    _refuse_unknown(path, "", root, ("price_note", "ssh", "machines"))
    note = root.get("price_note", "")
    if not isinstance(note, str):
        raise InputError(str(path), "price_note", "text", note)
    entries = root.get("machines")
    if not isinstance(entries, list) or not entries:
        raise InputError(str(path), "machines", "a list with at least one machine")
    ssh = _ssh(path, "ssh", root.get("ssh"), _SSH_OF_ALL, SshAccess())
    machines = tuple(
        _machine(path, f"machines[{i}]", entry, ssh) for i, entry in enumerate(entries)
    )
    seen: set[str] = set()
    for i, machine in enumerate(machines):
        if machine.name in seen:
            raise InputError(str(path), f"machines[{i}].name", "a unique name", machine.name)
        seen.add(machine.name)
    return Inventory(path, note, machines)


def _machine(path: Path, where: str, entry: object, ssh: SshAccess) -> InventoryMachine:
    if not isinstance(entry, dict):
        raise InputError(str(path), where, "a mapping with the key 'name'", entry)
    _refuse_unknown(path, f"{where}.", entry, ("name", *_IDENTITY, "prices", "ssh"))
    name = entry.get("name")
    if not isinstance(name, str) or not name:
        raise InputError(str(path), f"{where}.name", "a name", name)
    if not name.isprintable():
        raise InputError(str(path), f"{where}.name", "a name of printable characters", name)
    identity = {}
    for key in _IDENTITY:
        value = entry.get(key, "")
        # YAML reads `cpus: 0` as a number, which is what a person means by it.
        if key == "cpus" and isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise InputError(str(path), f"{where}.{key}", "text", value)
        if not value.isprintable():
            raise InputError(str(path), f"{where}.{key}", "text of printable characters", value)
        identity[key] = value
    return InventoryMachine(
        name=name,
        prices=_prices(path, where, entry.get("prices")),
        ssh=_ssh(path, f"{where}.ssh", entry.get("ssh"), ("address", *_SSH_OF_ALL), ssh),
        **identity,
    )


def _ssh(
    path: Path, where: str, entry: object, known: tuple[str, ...], otherwise: SshAccess
) -> SshAccess:
    if entry is None:
        return otherwise
    if not isinstance(entry, dict):
        expected = f"a mapping with some of the keys {', '.join(known)}"
        raise InputError(str(path), where, expected, entry)
    _refuse_unknown(path, f"{where}.", entry, known)
    given: dict[str, Any] = {
        key: _ssh_value(path, f"{where}.{key}", key, value) for key, value in entry.items()
    }
    return replace(otherwise, **given)


def _ssh_value(path: Path, where: str, key: str, value: object) -> str | int:
    if key == "port":
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 1 << 16:
            raise InputError(str(path), where, "a port from 1 to 65535", value)
        return value
    if key in {"command", "identity_file"}:
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise InputError(str(path), where, "text in one line", value)
        return value
    if not isinstance(value, str) or not _SSH_WORD.fullmatch(value):
        raise InputError(str(path), where, "one word that does not start with '-'", value)
    return value


def _prices(path: Path, where: str, entry: object) -> dict[str, float]:
    if entry is None:
        return {}
    if not isinstance(entry, dict):
        raise InputError(str(path), f"{where}.prices", "a mapping of purchase option to price")
    _refuse_unknown(path, f"{where}.prices.", entry, PURCHASE_OPTIONS)
    prices = {}
    for purchase, value in entry.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InputError(str(path), f"{where}.prices.{purchase}", "dollars per hour", value)
        # Not math.isfinite: it raises at a whole number of 400 digits.
        if not 0 < value <= sys.float_info.max:
            expected = "dollars per hour above 0 (leave an unknown price out)"
            raise InputError(str(path), f"{where}.prices.{purchase}", expected, value)
        prices[purchase] = float(value)
    return prices


def _refuse_unknown(
    path: Path, where: str, entry: Mapping[object, object], known: tuple[str, ...]
) -> None:
    for key in entry:
        if key not in known:
            raise InputError(str(path), f"{where}{key}", f"one of {', '.join(known)}", key)
