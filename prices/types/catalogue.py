"""The type catalogue: what providers say of types that nobody here has measured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from prices.types import (
    aws_instance_types,
    azure_skus,
    gcp_machine_types,
    oci_shapes,
    service_capacity_shapes,
    spare_cores_servers,
)
from prices.types.machine_type import MachineType, TypeSource

# The first knows best: a type of two sources is that of the earlier one.
SOURCES: tuple[TypeSource, ...] = (
    aws_instance_types.SOURCE,
    gcp_machine_types.SOURCE,
    azure_skus.SOURCE,
    oci_shapes.SOURCE,
    spare_cores_servers.SOURCE,
    service_capacity_shapes.SOURCE,
)


@dataclass
class TypeCatalogue:
    """Types by provider and name; the first that is added stays."""

    types: dict[tuple[str, str], MachineType] = field(default_factory=dict)

    def add(self, found: Iterable[MachineType]) -> None:
        """Add those that are not known yet."""
        for machine in found:
            self.types.setdefault((machine.provider, machine.instance_type), machine)

    def get(self, provider: str, instance_type: str) -> MachineType | None:
        """One of them; None where it is unknown."""
        return self.types.get((provider, instance_type))

    def unmeasured(self, measured: Iterable[tuple[str, str]]) -> list[MachineType]:
        """Those that nobody has measured, by their names: candidates, that have no rank.

        Args:
            measured: providers and types of which there are results.
        """
        known = set(measured)
        return [machine for key, machine in sorted(self.types.items()) if key not in known]
