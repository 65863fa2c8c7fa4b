"""What a provider says that a type of machine has. Pure.

It is what a list states and nobody has measured: a prediction may name a type of it as a candidate,
but never ranks it by measured work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from perfanalysis.errors import MalformedError

MIB = 1 << 20
GIB = 1 << 30


@dataclass(frozen=True)
class MachineType:
    """A type of machine; what is unknown is None.

    Attributes:
        provider: as in the inventory: ``aws``, ``azure``, ``gcp``, ``oci``.
        instance_type: as the provider writes it.
        vcpus: CPUs that Linux shows on it.
        memory_bytes: as the provider states it; Linux shows some less.
        source: where it is from, for people.
        cores: physical cores under its vCPUs.
        architecture: as of uname(2): ``x86_64``, ``aarch64``; "": unknown.
        cpu_baseline: of a burstable type, the share of each vCPU that it has for ever, 0 to 1.
        billed_vcpus: what is paid for where that is another number, as of a shared core.
        network_baseline_bits, network_peak_bits: a second, each way.
        volume_baseline_bytes, volume_peak_bytes: a second to network volumes, together.
        volume_baseline_operations, volume_peak_operations: a second to them.
        local_disk_bytes: of disks inside it; 0: it has none.
        accelerators: GPUs and the like.
    """

    provider: str
    instance_type: str
    vcpus: int
    memory_bytes: int
    source: str
    cores: int | None = None
    architecture: str = ""
    cpu_baseline: Decimal | None = None
    billed_vcpus: Decimal | None = None
    network_baseline_bits: int | None = None
    network_peak_bits: int | None = None
    volume_baseline_bytes: int | None = None
    volume_peak_bytes: int | None = None
    volume_baseline_operations: int | None = None
    volume_peak_operations: int | None = None
    local_disk_bytes: int | None = None
    accelerators: int | None = None

    def __post_init__(self) -> None:
        if self.vcpus <= 0 or self.memory_bytes <= 0:
            raise MalformedError(
                f"expected vCPUs and memory of {self.instance_type!r}, found {self.vcpus} and "
                f"{self.memory_bytes} bytes"
            )

    @property
    def memory_gib(self) -> Decimal:
        """Exact."""
        return Decimal(self.memory_bytes) / GIB


@dataclass(frozen=True)
class TypeSource:
    """A list of types.

    Attributes:
        name: such as ``aws-instance-types``.
        title: what it is, and how it is got.
        documented: where its publisher describes it.
        read: its types. Raises ``InputError`` with the file and the place in it.
    """

    name: str
    title: str
    documented: str
    read: Callable[[Path], Iterator[MachineType]]


def whole(value: object, unit: int = 1) -> int:
    """A count, or so many units of bytes or bits; fractions of one are cut.

    Raises:
        MalformedError: it is no number, or below zero.
    """
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or value < 0:
        raise MalformedError(f"expected a number of 0 or more, found {str(value)[:60]!r}")
    if isinstance(value, Decimal) and not (value.is_finite() and value.adjusted() < 30):
        raise MalformedError(f"expected a number, found {str(value)[:60]!r}")
    return int(value * unit)


def whole_or_none(value: object, unit: int = 1) -> int | None:
    """As ``whole``; None where it is not stated."""
    return None if value is None else whole(value, unit)
