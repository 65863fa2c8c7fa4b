"""Machines of files: our inventory.yaml, CSV, and targets as Prometheus' file discovery has them.

Each format is read whole before anything is kept. Pure.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from perfanalysis.errors import InputError
from perfanalysis.machines.inventory import parse_inventory
from perfanalysis.strict_yaml import load_yaml
from portal.inventory.discovery import META
from portal.inventory.facts import FIELDS, MachineFacts, check

MOST_MACHINES = 10_000
# YAML is read at some 100 kB a second, and holds up others meanwhile.
MOST_BYTES = 1 << 20
_NUMBERS = ("logical_cpus", "memory_bytes")
_LABEL = "label:"
_HOST = re.compile(r"\[([0-9a-fA-F:.]+)\](?::\d+)?|([^:/]+)(?::\d+)?")


def parse(data: bytes, form: str, where: str) -> list[MachineFacts]:
    """The machines of a file.

    Args:
        data: its bytes.
        form: one of ``FORMATS``.
        where: its name, for messages.

    Raises:
        InputError: it is not of that form; with the field.
    """
    if len(data) > MOST_BYTES:
        raise InputError(where, "", f"a file of at most {MOST_BYTES} bytes", len(data))
    found = FORMATS[form](data, where)
    if len(found) > MOST_MACHINES:
        raise InputError(where, "", f"at most {MOST_MACHINES} machines", len(found))
    seen: set[str] = set()
    for facts in found:
        check(facts, f"{where}: {facts.name}" if facts.name else where)
        if facts.name in seen:
            raise InputError(where, "name", "each machine once", facts.name)
        seen.add(facts.name)
    return found


def _inventory(data: bytes, where: str) -> list[MachineFacts]:
    """Prices stay where they are: the price book reads them from the same file."""
    found = []
    for machine in parse_inventory(data, Path(where)).machines:
        known: dict[str, object] = {
            name: value
            for name in ("provider", "region", "zone", "instance_type")
            if (value := getattr(machine, name))
        }
        found.append(MachineFacts(machine.name, known))
    return found


def _csv(data: bytes, where: str) -> list[MachineFacts]:
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        names = reader.fieldnames or []
        _check_columns(names, where)
        return [_row(row, f"{where}:{reader.line_num}") for row in reader]
    except UnicodeDecodeError as error:
        raise InputError(where, "", "a CSV file in UTF-8") from error
    except csv.Error as error:
        raise InputError(where, "", f"a CSV file ({error})") from error


def _check_columns(names: Sequence[str], where: str) -> None:
    if "name" not in names:
        raise InputError(where, "", "a first line of columns, one of them 'name'")
    columns = ("name", *(field for field in FIELDS if field != "labels"))
    for name in names:
        if name not in columns and not (name or "").startswith(_LABEL):
            expected = f"columns of {', '.join(columns)} and {_LABEL}NAME"
            raise InputError(where, "", expected, name)
    if len(set(names)) != len(names):
        raise InputError(where, "", "each column once")


def _row(row: dict[str, str | None], where: str) -> MachineFacts:
    if None in row or None in row.values():
        raise InputError(where, "", "as many values as there are columns")
    labels = {k.removeprefix(_LABEL): v for k, v in row.items() if k.startswith(_LABEL) and v}
    known: dict[str, object] = {
        name: _number(value, where, name) if name in _NUMBERS else value
        for name, value in row.items()
        if name in FIELDS and value
    }
    return MachineFacts(row["name"] or "", known | ({"labels": labels} if labels else {}))


def _number(text: str | None, where: str, field: str) -> int:
    if text is None or not (text.isascii() and text.isdigit() and len(text) < 20):
        raise InputError(where, field, "a whole number", text)
    return int(text)


def _targets(data: bytes, where: str) -> list[MachineFacts]:
    """JSON is YAML, too, but read in a hundredth of the time."""
    try:
        root = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError):
        root = load_yaml(data, where)
    if not isinstance(root, list):
        raise InputError(where, "", "a list of groups with targets and labels", root)
    return [facts for i, group in enumerate(root) for facts in _group(group, where, f"[{i}]")]


def _group(group: object, where: str, field: str) -> list[MachineFacts]:
    if not isinstance(group, dict) or not isinstance(group.get("targets"), list):
        raise InputError(where, field, "a mapping with the list 'targets'", group)
    labels = group.get("labels") or {}
    if not isinstance(labels, dict):
        raise InputError(where, f"{field}.labels", "a mapping", labels)
    texts = {str(name): str(value) for name, value in labels.items()}
    targets = group["targets"]
    if "instance" in texts and len(targets) != 1:
        raise InputError(where, f"{field}.targets", "one target, where the label instance is given")
    return [
        _target(target, texts, where, f"{field}.targets[{i}]") for i, target in enumerate(targets)
    ]


def _target(target: object, labels: dict[str, str], where: str, field: str) -> MachineFacts:
    match = _HOST.fullmatch(target) if isinstance(target, str) else None
    if match is None:
        raise InputError(where, field, "an address such as 10.0.0.7:9100", target)
    known: dict[str, object] = {"address": target}
    others = {}
    for label, value in labels.items():
        name = label.removeprefix(META)
        if name in FIELDS and name not in {"labels", "address", *_NUMBERS} and value:
            known[name] = value
        elif name.startswith("label_") and label.startswith(META):
            others[name.removeprefix("label_")] = value
        elif not label.startswith("__") and label not in {"instance", "job"}:
            others[label] = value
    name = labels.get("instance") or match[1] or match[2]
    return MachineFacts(name, known | ({"labels": others} if others else {}))


FORMATS: dict[str, Callable[[bytes, str], list[MachineFacts]]] = {
    "inventory": _inventory,
    "csv": _csv,
    "targets": _targets,
}
