"""The file of candidates that a person writes: YAML, as docs/prediction.md describes it. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import Any

from perfanalysis.errors import InputError
from perfanalysis.strict_yaml import load_yaml

GIB = 1 << 30
_TOP = ("candidates", "types")
_TYPES = ("source", "file")


@dataclass(frozen=True)
class ListedCandidate:
    """One entry; what is not stated is None, "" or ().

    Attributes:
        where: the entry's place in the file, for messages.
        results: files or folders of result documents, relative to the file.
        machines: names of recorded machines that are of this type.
        limits: documents of ``loadtest disk`` and ``loadtest network``, relative to the file.
        cpu_baseline: of a burstable type, 0 to 1.
    """

    where: str
    name: str = ""
    provider: str = ""
    region: str = ""
    instance_type: str = ""
    architecture: str = ""
    purchase: str = ""
    currency: str = ""
    results: tuple[str, ...] = ()
    machines: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    cpus: int | None = None
    memory_bytes: float | None = None
    price: Decimal | None = None
    disk_bytes_per_second: float | None = None
    disk_operations_per_second: float | None = None
    network_bytes_per_second: float | None = None
    cpu_baseline: float | None = None


@dataclass(frozen=True)
class CandidateList:
    """A whole file: its candidates, and the lists of types that it names, as (source, file)."""

    candidates: tuple[ListedCandidate, ...]
    types: tuple[tuple[str, str], ...] = ()


def parse(data: bytes, where: str) -> CandidateList:
    """Read the file.

    Raises:
        InputError: it is no such file; with the field.
    """
    tree = load_yaml(data, where, texts=True)
    top = _mapping(tree, where, "", _TOP)
    entries = top.get("candidates")
    if not isinstance(entries, list) or not entries:
        raise InputError(where, "candidates", "a list of candidates", entries)
    found = tuple(_candidate(one, where, f"candidates[{i}]") for i, one in enumerate(entries))
    lists = top.get("types", [])
    if not isinstance(lists, list):
        raise InputError(where, "types", "a list", lists)
    return CandidateList(found, tuple(_types(one, where, i) for i, one in enumerate(lists)))


def _types(value: Any, where: str, number: int) -> tuple[str, str]:
    field = f"types[{number}]"
    entry = _mapping(value, where, field, _TYPES)
    return tuple(_text(entry.get(name), where, f"{field}.{name}") for name in _TYPES)  # type: ignore[return-value]


_TEXTS = ("name", "provider", "region", "instance_type", "architecture", "purchase", "currency")
_LISTS = ("results", "machines", "limits")
_AMOUNTS = ("disk_bytes_per_second", "disk_operations_per_second", "network_bytes_per_second")
_OWN = ("memory_gib",)


def _candidate(value: Any, where: str, field: str) -> ListedCandidate:
    names = {one.name for one in fields(ListedCandidate)} - {"where"}
    entry = _mapping(value, where, field, (*sorted(names), *_OWN))
    found: dict[str, Any] = {}
    for name in (name for name in _TEXTS if name in entry):
        found[name] = _text(entry[name], where, f"{field}.{name}")
    for name in (name for name in _LISTS if name in entry):
        found[name] = _texts(entry[name], where, f"{field}.{name}")
    for name in (name for name in (*_AMOUNTS, "memory_bytes") if name in entry):
        found[name] = _number(entry[name], where, f"{field}.{name}")
    if "memory_gib" in entry:
        if "memory_bytes" in entry:
            raise InputError(where, f"{field}.memory_gib", "memory_gib or memory_bytes, not both")
        found["memory_bytes"] = GIB * _number(entry["memory_gib"], where, f"{field}.memory_gib")
    if "cpus" in entry:
        found["cpus"] = _whole(entry["cpus"], where, f"{field}.cpus")
    if "cpu_baseline" in entry:
        found["cpu_baseline"] = _ratio(entry["cpu_baseline"], where, f"{field}.cpu_baseline")
    if "price" in entry:
        found["price"] = _price(entry["price"], where, f"{field}.price")
    if not (found.get("name") or found.get("instance_type") or found.get("results")):
        raise InputError(where, field, "a name, an instance_type or results")
    return ListedCandidate(f"{where}: {field}", **found)


def _mapping(value: Any, where: str, field: str, allowed: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise InputError(where, field, "a mapping", value)
    for key in value:
        if key not in allowed:
            inner = f"{field}.{key}" if field else str(key)
            raise InputError(where, inner, f"one of {', '.join(allowed)}")
    return value


def _text(value: Any, where: str, field: str) -> str:
    if not isinstance(value, str) or not value:
        raise InputError(where, field, "a text", value)
    return value


def _texts(value: Any, where: str, field: str) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(_text(one, where, f"{field}[{i}]") for i, one in enumerate(values))


def _number(value: Any, where: str, field: str) -> float:
    try:
        found = float(_text(value, where, field))
    except ValueError:
        found = math.nan
    if not (math.isfinite(found) and found > 0):
        raise InputError(where, field, "a number above 0", value)
    return found


def _whole(value: Any, where: str, field: str) -> int:
    found = _number(value, where, field)
    if found != int(found):
        raise InputError(where, field, "a whole number", value)
    return int(found)


def _ratio(value: Any, where: str, field: str) -> float:
    found = _number(value, where, field)
    if found > 1:
        raise InputError(where, field, "a share above 0, up to 1", value)
    return found


def _price(value: Any, where: str, field: str) -> Decimal:
    try:
        found = Decimal(_text(value, where, field))
    except InvalidOperation:
        found = Decimal("nan")
    if not found.is_finite() or found < 0:
        raise InputError(where, field, "an amount for an hour, such as 0.0960", value)
    return found
