"""Types of AWS inside the Python package service-capacity-modeling.

Its memory is some 5 % below what AWS states, as if mebibytes had been taken for megabytes.
Where ``aws ec2 describe-instance-types`` can be had, that is the better source.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from perfanalysis.errors import InputError, MalformedError
from prices.reading.amounts import refused
from prices.reading.installed import INSTALLED, package_folder
from prices.reading.json_stream import members
from prices.types.aws_instance_types import baseline_of
from prices.types.machine_type import GIB, MIB, MachineType, TypeSource, whole, whole_or_none

NAME = "service-capacity-shapes"
_PACKAGE = "service_capacity_modeling"
_FOLDER = "hardware/profiles/shapes/aws"
_PLATFORMS = {"amd64": "x86_64", "arm64": "aarch64"}


def read(path: Path) -> Iterator[MachineType]:
    """The types of a file of the package, of a folder of them, or of the package installed here."""
    if str(path) == INSTALLED:
        path = package_folder(_PACKAGE, "service-capacity-modeling") / _FOLDER
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    if not files:
        raise InputError(str(path), "", "files of shapes (*.json)")
    for file in files:
        for place, key, value in members(file, [("instances",)]):
            # Types of databases and caches stand beside those of EC2.
            if place != ("instances",) or str(key).startswith(("db.", "cache.")):
                continue
            try:
                yield type_of(str(key), value, f"{NAME} {file.name}")
            except MalformedError as error:
                raise refused(str(file), f"instances.{key}", error) from error


def type_of(name: str, entry: Any, source: str) -> MachineType:
    """One of ``instances``.

    Raises:
        MalformedError: it is none.
    """
    try:
        platforms = entry.get("platforms") or ["amd64"]
        return MachineType(
            "aws",
            name,
            whole(entry["cpu"]),
            whole(entry["ram_gib"], GIB),
            source,
            cores=whole_or_none(entry.get("cpu_cores")) or None,
            architecture=_PLATFORMS.get(str(platforms[0]), ""),
            cpu_baseline=baseline_of(name),
            network_baseline_bits=whole_or_none(entry.get("net_mbps"), 10**6),
            volume_baseline_bytes=whole_or_none(
                entry.get("ebs_baseline_throughput_mib_per_s"), MIB
            ),
            volume_peak_bytes=whole_or_none(entry.get("ebs_max_throughput_mib_per_s"), MIB),
            volume_baseline_operations=whole_or_none(entry.get("ebs_baseline_iops")),
            volume_peak_operations=whole_or_none(entry.get("ebs_max_iops")),
            local_disk_bytes=whole((entry.get("drive") or {}).get("size_gib", 0), GIB),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise MalformedError(f"expected a shape ({error} is missing)") from error


SOURCE = TypeSource(
    NAME,
    "types of AWS, of the Python package service-capacity-modeling",
    "https://github.com/Netflix-Skunkworks/service-capacity-modeling",
    read,
)
