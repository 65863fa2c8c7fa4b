"""The facts of the machine that a result document holds (``machine``).

``perfanalysis/machines/facts/`` reads them. A fact that a later version adds is kept as it is, so
that an older program shows it too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from perfanalysis import type_faults
from perfanalysis.results.numbers import Amount, Count, Least1, Rate, Ratio, Text

CPUS = Annotated[tuple[Count, ...], Meta(min_length=1)]


class Machine(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Facts in the order in which they are shown; sizes in bytes, clocks in hertz.

    ``others`` are those that this version does not know.
    """

    name: str | None = None
    hostname: str | None = None
    provider: str | None = None
    region: str | None = None
    zone: str | None = None
    instance_type: str | None = None
    instance_id: Text | None = None
    purchase: str | None = None
    price_dollars_per_hour: Rate | None = None
    burstable: bool | None = None
    baseline_ratio: Ratio | None = None
    machine_id: Text | None = None
    credits_per_hour: Amount | None = None
    credits_limit: Amount | None = None
    architecture: str | None = None
    logical_cpus: Least1 | None = None
    used_cpus: CPUS | None = None
    sockets: Least1 | None = None
    cores: Least1 | None = None
    threads_per_core: Least1 | None = None
    smt: str | None = None
    used_cores: Least1 | None = None
    isolated_cpus: str | None = None
    numa_nodes: tuple[dict[str, Any], ...] | None = None
    cpu_model: str | None = None
    cpu_vendor: str | None = None
    cpu_family: str | None = None
    cpu_model_number: str | None = None
    cpu_stepping: str | None = None
    microcode: str | None = None
    cpu_flags: tuple[str, ...] | None = None
    clock_hertz: Least1 | None = None
    governor: str | None = None
    clock_driver: str | None = None
    clock_lowest_hertz: Least1 | None = None
    clock_highest_hertz: Least1 | None = None
    clock_limit_hertz: Least1 | None = None
    clock_base_hertz: Least1 | None = None
    boost: bool | None = None
    mitigations: dict[str, str] | None = None
    memory_bytes: Least1 | None = None
    swap_bytes: Count | None = None
    huge_page_bytes: Least1 | None = None
    transparent_huge_pages: str | None = None
    caches: tuple[dict[str, Any], ...] | None = None
    last_cache_bytes: Least1 | None = None
    virtual_machine: bool | None = None
    hypervisor: str | None = None
    firmware_vendor: str | None = None
    firmware_product: str | None = None
    clock_source: str | None = None
    kernel_release: str | None = None
    kernel_build: str | None = None
    distribution: str | None = None
    container: str | None = None
    cgroup_version: Annotated[int, Meta(ge=1, le=2)] | None = None
    cgroup_quota_cpus: Rate | None = None
    cgroup_weight: int | None = None
    cgroup_shares: int | None = None
    cgroup_memory_bytes: Count | None = None
    allowed_cpus: str | None = None
    others: dict[str, Any] = {}


FACTS = frozenset(Machine.__struct_fields__) - {"others"}


def parted(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as JSON has them, with those below ``others`` that this version does not know."""
    known = {name: value for name, value in facts.items() if name in FACTS}
    others = {name: value for name, value in facts.items() if name not in FACTS}
    return known | {"others": others} if others else known


def from_facts(facts: Mapping[str, Any], where: str) -> Machine:
    """The machine that some facts are of.

    Args:
        facts: as JSON has them.
        where: what they are from, for messages.

    Raises:
        InputError: one is not what it should be.
    """
    try:
        return msgspec.convert(parted(facts), Machine)
    except msgspec.ValidationError as error:
        raise type_faults.fault(error, facts, where, "machine") from error
