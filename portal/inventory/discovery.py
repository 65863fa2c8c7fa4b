"""Machines as Prometheus discovers them: by HTTP (`http_sd_configs`) or a file (`file_sd_configs`).

Both have one form: a list of groups of targets with their labels. ``instance`` is the machine's
name, as everywhere; what else is known comes as ``__meta_perfanalysis_*``, which `relabel_configs`
may use and which Prometheus drops afterwards. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.records.machines import MachineEntryRow

META = "__meta_perfanalysis_"
SHOWN = ("provider", "region", "zone", "instance_type", "architecture", "owner")


@dataclass(frozen=True)
class TargetGroup:
    """What Prometheus reads."""

    targets: list[str]
    labels: dict[str, str]


def groups(machines: Iterable[MachineEntryRow]) -> list[TargetGroup]:
    """One group for each machine that has an address."""
    return [
        TargetGroup(targets=[row.address], labels=_labels(row))
        for row in machines
        if row.address is not None
    ]


def _labels(row: MachineEntryRow) -> dict[str, str]:
    labels = {"instance": row.name}
    for name in SHOWN:
        if (value := getattr(row, name)) is not None:
            labels[META + name] = value
    return labels | {f"{META}label_{name}": str(v) for name, v in (row.labels or {}).items()}
