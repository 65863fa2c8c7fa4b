"""What the price book and lists of types say of candidates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from perfanalysis.errors import InputError
from prices.book.look_up import WantedPrice, look_up
from prices.price import Purchase
from prices.types.catalogue import SOURCES, TypeCatalogue
from prices.types.machine_type import MachineType
from workload.candidates.reading import PricedAt, TypeFacts
from workload.prediction.candidate import Candidate

_BITS = 8


def read_types(lists: Sequence[tuple[str, Path]]) -> Callable[[str, str], TypeFacts | None]:
    """Read lists of types.

    Args:
        lists: names of their sources, and their files.

    Raises:
        InputError: there is no such source, or a file is none of it.
    """
    by_name = {source.name: source for source in SOURCES}
    catalogue = TypeCatalogue()
    for name, path in lists:
        if name not in by_name:
            raise InputError(str(path), "source", f"one of {', '.join(by_name)}", name)
        catalogue.add(by_name[name].read(path))

    def find(provider: str, instance_type: str) -> TypeFacts | None:
        found = catalogue.get(provider, instance_type)
        return None if found is None else _facts(found)

    return find


def _facts(machine: MachineType) -> TypeFacts:
    """By what a type has for good: peaks last for minutes."""
    bits = machine.network_baseline_bits
    return TypeFacts(
        machine.vcpus,
        float(machine.memory_bytes),
        machine.architecture,
        _float(machine.volume_baseline_bytes),
        _float(machine.volume_baseline_operations),
        None if bits is None else bits / _BITS,
        None if machine.cpu_baseline is None else float(machine.cpu_baseline),
    )


def _float(value: int | None) -> float | None:
    return None if value is None else float(value)


def price_finder(connection: Connection | None) -> Callable[[Candidate], PricedAt | None]:
    """Look prices up in the book; without one, there are none."""

    def find(candidate: Candidate) -> PricedAt | None:
        if connection is None or not (candidate.provider and candidate.instance_type):
            return None
        spot = candidate.purchase == str(Purchase.SPOT)
        found = look_up(
            connection,
            WantedPrice(
                candidate.provider,
                datetime.now(UTC),
                candidate.region,
                instance_type=candidate.instance_type,
                purchase=Purchase.SPOT if spot else Purchase.ON_DEMAND,
            ),
        )
        return None if found is None else PricedAt(found.price.amount, found.price.currency)

    return find
