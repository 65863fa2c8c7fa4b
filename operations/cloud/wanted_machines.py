"""Which machines a comparison makes: as the variables of deploy/terraform say it, or flags."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from perfanalysis import json_faults, type_faults
from perfanalysis.errors import InputError

Count = Annotated[int, Meta(ge=1, le=100)]
Name = Annotated[str, Meta(min_length=1, max_length=100)]
# As deploy/terraform/comparison/variables.tf has them.
MOST_HOURS = Decimal(72)
USUAL_COUNT = 3


class ComparedType(Struct, frozen=True, forbid_unknown_fields=True):
    """A row of the variable ``machines``."""

    instance_type: Name
    count: Count = USUAL_COUNT
    purchase: Literal["on_demand", "spot"] = "on_demand"
    regions: list[Name] | None = None


class _Comparison(Struct, frozen=True):
    # Not all: the others are the module's own.
    machines: Annotated[list[ComparedType], Meta(min_length=1)]
    hours: Decimal
    budget: Decimal | None = None


class _Variables(Struct, frozen=True):
    comparison: _Comparison
    region: Name | None = None
    zone: Name | None = None
    regions: dict[Name, Any] | None = None


@dataclass(frozen=True)
class WantedMachines:
    """Machines of a comparison.

    Attributes:
        rows: each for one region alone: instance type, region, purchase, count.
        hours: the time limit of each machine.
        budget: the most that all may cost; None: not said.
    """

    rows: tuple[tuple[str, str, str, int], ...]
    hours: Decimal
    budget: Decimal | None


def in_each_region(rows: list[ComparedType], regions: list[str], where: str) -> tuple[Any, ...]:
    """The rows, one for each region.

    Args:
        rows: of which each may name its own regions.
        regions: of the others.
        where: the rows are from, for messages.

    Raises:
        InputError: two rows are about the same machines.
    """
    found: list[tuple[str, str, str, int]] = []
    for row in rows:
        for region in row.regions or regions:
            found.append((row.instance_type, region, row.purchase, row.count))
    same = [one[:3] for one in found]
    for at, one in enumerate(same):
        if one in same[:at]:
            raise InputError(
                where, "machines", "one row for a type, purchase and region", " ".join(one)
            )
    return tuple(found)


def read_variables(path: Path) -> WantedMachines:
    """Read ``terraform.tfvars.json``.

    Raises:
        InputError: it is missing, no JSON, or says something unusable; the field is named.
    """
    where = str(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(where, "", f"a readable file ({error.strerror})") from error
    tree = json_faults.parse(data, where, "JSON, as in terraform.tfvars.json")
    try:
        # From the text: 0.1 is a tenth.
        said = msgspec.json.decode(data, type=_Variables)
    except msgspec.ValidationError as error:
        raise type_faults.fault(error, tree, where) from error
    hours = checked_hours(said.comparison.hours, where, "comparison.hours")
    budget = said.comparison.budget
    if budget is not None and not (budget.is_finite() and budget > 0):
        raise InputError(where, "comparison.budget", "more than 0", str(budget))
    rows = in_each_region(said.comparison.machines, _regions(said, where), where)
    return WantedMachines(rows, hours, budget)


def checked_hours(hours: Decimal, where: str, field: str) -> Decimal:
    """The hours, if they are a time limit that the modules take.

    Raises:
        InputError: they are not.
    """
    if not (hours.is_finite() and 0 < hours <= MOST_HOURS):
        raise InputError(where, field, f"hours, more than 0 and at most {MOST_HOURS}", str(hours))
    return hours


def _regions(said: _Variables, where: str) -> list[str]:
    if said.regions:
        return sorted(said.regions)
    if said.region:
        return [said.region]
    # Google's: europe-west4-a.
    if said.zone and said.zone.count("-") >= 2:
        return [said.zone.rpartition("-")[0]]
    raise InputError(where, "region", "region, zone, or regions with their subnets")
