"""Sizes of Azure's virtual machines, as ``az vm list-skus --output json`` writes them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from perfanalysis.errors import MalformedError
from prices.reading.amounts import decimal_of, refused, text_of
from prices.reading.json_stream import dotted, members
from prices.types.machine_type import GIB, MIB, MachineType, TypeSource, whole

NAME = "azure-skus"
ARCHITECTURES = {"x64": "x86_64", "Arm64": "aarch64"}


def read(path: Path) -> Iterator[MachineType]:
    """The sizes, each once though the list has it for each region."""
    seen = set()
    for place, key, value in members(path, [("value",), ()]):
        if not isinstance(value, dict) or value.get("resourceType") != "virtualMachines":
            continue
        try:
            found = type_of(value, f"{NAME} {path.name}")
        except MalformedError as error:
            raise refused(str(path), dotted((*place, key)), error) from error
        if found.instance_type not in seen:
            seen.add(found.instance_type)
            yield found


def type_of(entry: dict[str, Any], source: str) -> MachineType:
    """One entry of the list.

    Raises:
        MalformedError: it is none.
    """
    try:
        stated = {each["name"]: each["value"] for each in entry["capabilities"]}
        vcpus = whole(decimal_of(stated.get("vCPUsAvailable") or stated["vCPUs"]))
        per_core = stated.get("vCPUsPerCore")
        return MachineType(
            "azure",
            text_of(entry["name"]),
            vcpus,
            whole(decimal_of(stated["MemoryGB"]), GIB),
            source,
            cores=None if per_core is None else max(1, vcpus // max(1, whole(Decimal(per_core)))),
            architecture=ARCHITECTURES.get(stated.get("CpuArchitectureType", ""), ""),
            volume_peak_bytes=_stated(stated, "UncachedDiskBytesPerSecond"),
            volume_peak_operations=_stated(stated, "UncachedDiskIOPS"),
            local_disk_bytes=_stated(stated, "MaxResourceVolumeMB", MIB),
            accelerators=_stated(stated, "GPUs"),
        )
    except (KeyError, TypeError, ArithmeticError) as error:
        raise MalformedError(f"expected a size ({error} is missing or no number)") from error


def _stated(stated: dict[str, str], name: str, unit: int = 1) -> int | None:
    return whole(decimal_of(stated[name]), unit) if name in stated else None


SOURCE = TypeSource(
    NAME,
    "sizes of Azure, by `az vm list-skus --resource-type virtualMachines --output json`",
    "https://learn.microsoft.com/en-us/rest/api/compute/resource-skus/list",
    read,
)
