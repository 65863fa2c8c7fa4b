"""``NAME.system_info.json``: what the old system kept of a machine's CPUs beside its capture."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from exporter.collectors.cpu.facts import CpuInfo
from exporter.collectors.cpu.info import info_samples
from importing.machines import SystemInfo
from perfanalysis import json_faults
from perfanalysis.errors import InputError

ENDING = ".system_info.json"
COUNTS = ("total_cpus", "physical_cpus", "cpu_cores", "siblings")
# Fields of it by the names that they have in /proc/cpuinfo.
_FIELDS = {"vendor_id": "vendor_id", "model_name": "model name", "cache_size": "cache size"}
_RECORDING = re.compile(r"(\.nested)?\.jsonl(\.gz)?$|(\.portal)?\.csv(\.gz)?$")


def beside(recording: Path) -> Path | None:
    """The file that belongs to a recording by its name, when it is there."""
    found = recording.with_name(_RECORDING.sub("", recording.name) + ENDING)
    return found if found != recording and found.is_file() else None


def read(path: Path) -> SystemInfo:
    """Read such a file.

    Raises:
        InputError: it cannot be read, or is none.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(str(path), "", f"a readable file ({error.strerror})") from error
    return parse(data, str(path))


def parse(data: bytes, where: str) -> SystemInfo:
    """Read its text.

    Args:
        data: the text.
        where: the file's name, for messages.

    Raises:
        InputError: it is none.
    """
    found = json_faults.parse(data, where, "a JSON object")
    if not isinstance(found, dict):
        raise InputError(where, "", "a JSON object of a machine's CPUs", found)
    fields = {name: _text(found, key, where) for key, name in _FIELDS.items()}
    total, packages, cores, siblings = (_count(found, key, where) for key in COUNTS)
    # Which CPUs share a core is told only where all of one package do, or none.
    told = packages == 1 and total == siblings and cores in {1, siblings}
    cpus = [_cpu(number, number if cores > 1 else 0, fields) for number in range(total)]
    return SystemInfo(fields["model name"], total, info_samples(cpus, None, None) if told else ())


def _cpu(number: int, core: int, fields: Mapping[str, str]) -> CpuInfo:
    return CpuInfo(number, {**fields, "physical id": "0", "core id": str(core)})


def _text(found: Mapping[str, Any], key: str, where: str) -> str:
    value = found.get(key, "")
    if not isinstance(value, str):
        raise InputError(where, key, "a text", value)
    return value


def _count(found: Mapping[str, Any], key: str, where: str) -> int:
    value = found.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 65536:
        raise InputError(where, key, "how many there are, a whole number above 0", value)
    return value
