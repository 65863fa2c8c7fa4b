"""Types of Amazon EC2, as ``aws ec2 describe-instance-types`` writes them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from perfanalysis.errors import MalformedError
from prices.reading.amounts import refused, text_of
from prices.reading.json_stream import dotted, members
from prices.types.machine_type import MIB, MachineType, TypeSource, whole, whole_or_none

NAME = "aws-instance-types"
ARCHITECTURES = {"x86_64": "x86_64", "arm64": "aarch64", "i386": "i686"}
_MEGABIT = 1_000_000
_GIGABIT = 1_000_000_000
# Percents of a vCPU: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-credits-baseline-concepts.html
_T3 = {"nano": 5, "micro": 10, "small": 20, "medium": 20, "large": 30, "xlarge": 40, "2xlarge": 40}
_BASELINES: dict[str, dict[str, Decimal]] = {
    family: {size: Decimal(percent) / 100 for size, percent in _T3.items()}
    for family in ("t3", "t3a", "t4g")
}
_BASELINES["t2"] = _BASELINES["t3"] | {"xlarge": Decimal("0.225"), "2xlarge": Decimal("0.17")}


def read(path: Path) -> Iterator[MachineType]:
    """The types, in the file's order; also of a bare list, or of a mapping by name."""
    for place, key, value in members(path, [("InstanceTypes",), ()]):
        if not isinstance(value, dict) or "InstanceType" not in value:
            continue
        where = dotted((*place, key))
        try:
            yield type_of(value, f"{NAME} {path.name}")
        except MalformedError as error:
            raise refused(str(path), where, error) from error


def type_of(entry: dict[str, Any], source: str) -> MachineType:
    """One entry of ``InstanceTypes``.

    Raises:
        MalformedError: it is none.
    """
    try:
        name = text_of(entry["InstanceType"])
        cpus = entry["VCpuInfo"]
        architectures = entry["ProcessorInfo"]["SupportedArchitectures"]
        volumes = (entry.get("EbsInfo") or {}).get("EbsOptimizedInfo") or {}
        storage = entry.get("InstanceStorageInfo") or {}
        return MachineType(
            "aws",
            name,
            whole(cpus["DefaultVCpus"]),
            whole(entry["MemoryInfo"]["SizeInMiB"], MIB),
            source,
            cores=whole_or_none(cpus.get("DefaultCores")),
            architecture=ARCHITECTURES.get(architectures[-1], str(architectures[-1])),
            cpu_baseline=baseline_of(name),
            network_baseline_bits=_network(entry, "BaselineBandwidthInGbps"),
            network_peak_bits=_network(entry, "PeakBandwidthInGbps"),
            volume_baseline_bytes=_bytes_of(volumes.get("BaselineBandwidthInMbps")),
            volume_peak_bytes=_bytes_of(volumes.get("MaximumBandwidthInMbps")),
            volume_baseline_operations=whole_or_none(volumes.get("BaselineIops")),
            volume_peak_operations=whole_or_none(volumes.get("MaximumIops")),
            local_disk_bytes=whole(storage.get("TotalSizeInGB", 0), 10**9),
            accelerators=sum(
                whole(device["Count"]) for device in (entry.get("GpuInfo") or {}).get("Gpus", ())
            ),
        )
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise MalformedError(f"expected an instance type ({error} is missing)") from error


def baseline_of(name: str) -> Decimal | None:
    """The share of each vCPU that a burstable type has for ever; None for others."""
    family, _, size = name.partition(".")
    return _BASELINES.get(family, {}).get(size)


def _network(entry: dict[str, Any], field: str) -> int | None:
    """Of all cards together; None where one is not known."""
    cards = (entry.get("NetworkInfo") or {}).get("NetworkCards") or []
    rates = [whole_or_none(card.get(field), _GIGABIT) for card in cards]
    known = [rate for rate in rates if rate is not None]
    return sum(known) if known and len(known) == len(rates) else None


def _bytes_of(megabits: object) -> int | None:
    bits = whole_or_none(megabits, _MEGABIT)
    return None if bits is None else bits // 8


SOURCE = TypeSource(
    NAME,
    "types of Amazon EC2, by `aws ec2 describe-instance-types`",
    "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypes.html",
    read,
)
