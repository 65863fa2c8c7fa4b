"""Machine types of Google Cloud, as ``gcloud compute machine-types list`` has them in JSON."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from perfanalysis.errors import MalformedError
from prices.reading.amounts import refused, text_of
from prices.reading.json_stream import dotted, members
from prices.types.machine_type import MIB, MachineType, TypeSource, whole

NAME = "gcp-machine-types"
ARCHITECTURES = {"ARM64": "aarch64", "X86_64": "x86_64"}
# Shared cores: two vCPUs are shown, of which this much is had for ever and paid for.
# https://docs.cloud.google.com/compute/docs/general-purpose-machines#e2-shared-core
SHARED = {
    "e2-micro": Decimal("0.25"),
    "e2-small": Decimal("0.5"),
    "e2-medium": Decimal(1),
}
ARM_FAMILIES = ("t2a", "c4a", "n4a", "a4x")


def read(path: Path) -> Iterator[MachineType]:
    """The types, each once."""
    seen = set()
    for _zone, found in read_by_zone(path):
        if found.instance_type not in seen:
            seen.add(found.instance_type)
            yield found


def read_by_zone(path: Path) -> Iterator[tuple[str, MachineType]]:
    """The types of each zone, in the file's order."""
    for place, key, value in members(path, [(), ("items",)]):
        if not isinstance(value, dict) or "guestCpus" not in value:
            continue
        try:
            zone = str(value.get("zone", "")).rsplit("/", 1)[-1]
            yield zone, type_of(value, f"{NAME} {path.name}")
        except MalformedError as error:
            raise refused(str(path), dotted((*place, key)), error) from error


def type_of(entry: dict[str, Any], source: str) -> MachineType:
    """One entry of the list.

    Raises:
        MalformedError: it is none.
    """
    try:
        name = text_of(entry["name"])
        vcpus = whole(entry["guestCpus"])
        shared = SHARED.get(name)
        family = name.split("-", 1)[0]
        architecture = ARCHITECTURES.get(str(entry.get("architecture", "")), "")
        return MachineType(
            "gcp",
            name,
            vcpus,
            whole(entry["memoryMb"], MIB),
            source,
            architecture=architecture or ("aarch64" if family in ARM_FAMILIES else "x86_64"),
            cpu_baseline=None if shared is None else shared / vcpus,
            billed_vcpus=shared,
            accelerators=sum(
                whole(each["guestAcceleratorCount"]) for each in entry.get("accelerators") or ()
            ),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise MalformedError(f"expected a machine type ({error} is missing)") from error


SOURCE = TypeSource(
    NAME,
    "machine types of Google Cloud, by `gcloud compute machine-types list --format=json`",
    "https://docs.cloud.google.com/compute/docs/reference/rest/v1/machineTypes",
    read,
)
