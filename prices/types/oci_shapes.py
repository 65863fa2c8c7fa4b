"""Shapes of Oracle Cloud, as ``oci compute shape list --all`` writes them.

An x86 OCPU is a core with two threads, and so two vCPUs; an Arm OCPU is one core and one vCPU.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from perfanalysis.errors import MalformedError
from prices.reading.amounts import refused, text_of
from prices.reading.json_stream import dotted, members
from prices.types.machine_type import GIB, MachineType, TypeSource, whole, whole_or_none

NAME = "oci-shapes"
_GIGABIT = 1_000_000_000


def read(path: Path) -> Iterator[MachineType]:
    """The shapes; a flexible one by the size that the list gives it."""
    for place, key, value in members(path, [("data",), ()]):
        if not isinstance(value, dict) or "shape" not in value:
            continue
        try:
            yield type_of(value, f"{NAME} {path.name}")
        except MalformedError as error:
            raise refused(str(path), dotted((*place, key)), error) from error


def is_arm(shape: str) -> bool:
    """Whether its processors are Ampere's: A1, A2, A4."""
    return any(part in ("A1", "A2", "A4") for part in shape.split("."))


def vcpus_of(shape: str, ocpus: Decimal) -> int:
    """How many CPUs Linux shows."""
    return whole(ocpus * (1 if is_arm(shape) else 2))


def type_of(entry: dict[str, Any], source: str) -> MachineType:
    """One entry of the list.

    Raises:
        MalformedError: it is none.
    """
    try:
        shape = text_of(entry["shape"])
        ocpus = Decimal(str(entry["ocpus"]))
        return MachineType(
            "oci",
            shape,
            vcpus_of(shape, ocpus),
            whole(entry["memory-in-gbs"], GIB),
            source,
            cores=whole(ocpus),
            architecture="aarch64" if is_arm(shape) else "x86_64",
            billed_vcpus=ocpus,
            network_peak_bits=whole_or_none(entry.get("networking-bandwidth-in-gbps"), _GIGABIT),
            local_disk_bytes=whole_or_none(entry.get("local-disks-total-size-in-gbs"), 10**9),
            accelerators=whole_or_none(entry.get("gpus")),
        )
    except (KeyError, TypeError, ArithmeticError) as error:
        raise MalformedError(f"expected a shape ({error} is missing or no number)") from error


SOURCE = TypeSource(
    NAME,
    "shapes of Oracle Cloud, by `oci compute shape list --all`",
    "https://docs.oracle.com/en-us/iaas/api/#/en/iaas/latest/Shape/",
    read,
)
