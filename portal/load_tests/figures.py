"""From a result document to the figures that lists show, and what it says of its machine. Pure."""

from __future__ import annotations

from typing import Any

from perfanalysis.errors import InputError
from perfanalysis.results import conditions, price_performance, work_done
from perfanalysis.results.document import Document
from perfanalysis.results.fingerprint import fingerprint
from portal.inventory.facts import MachineFacts
from portal.records.base import EPOCH, moment
from portal.records.fitting import check_fits
from portal.records.load_tests import LoadTestRow

# What a column is called in the document.
_FIELDS = {
    "provider": "machine.provider",
    "region": "machine.region",
    "instance_type": "machine.instance_type",
    "purchase": "machine.purchase",
}

# What a document may tell of its machine, by field of the inventory.
TOLD = (
    "provider",
    "region",
    "zone",
    "instance_type",
    "logical_cpus",
    "memory_bytes",
    "architecture",
)


def figures(document: Document, where: str) -> dict[str, Any]:
    """The columns of ``LoadTestRow`` that a document says.

    Raises:
        InputError: a text is longer than the portal keeps.
    """
    machine = document.machine
    values: dict[str, Any] = {
        "test_id": document.test_id,
        "kernel": document.kernel,
        "kernel_version": document.kernel_version,
        "profile": document.profile,
        "provider": machine.provider or None,
        "region": machine.region or None,
        "instance_type": machine.instance_type or None,
        "measured_at": moment(round(document.timestamp_seconds * 1e6)),
        "duration_seconds": document.duration_seconds,
        "valid": document.valid,
        "max_units_per_second": document.max_units_per_second,
        "single_units_per_second": document.single_units_per_second,
        "price_dollars_per_hour": machine.price_dollars_per_hour,
        "purchase": machine.purchase or None,
        "conditions": fingerprint(document),
        "full_conditions": conditions.full(document),
    }
    values |= _at_full_load(document)
    check_fits(LoadTestRow, values, where, _FIELDS)
    assert values["measured_at"] >= EPOCH
    return values


def _at_full_load(document: Document) -> dict[str, Any]:
    full = document.full
    if full is None:
        return {}
    work = work_done.of_level(full)
    values = {
        "max_units_per_second": full.units_per_second,
        "max_lower": full.lower,
        "max_upper": full.upper,
        "work_units_per_second": work.value,
        "work_lower": work.lower,
        "work_upper": work.upper,
    }
    money = price_performance.per_dollar(full, document)
    if money is None:
        return values
    known = {"dollar_units": money.value, "dollar_lower": money.lower, "dollar_upper": money.upper}
    return values | known


def machine_of(document: Document, where: str) -> MachineFacts:
    """What a document says of its machine.

    Raises:
        InputError: it does not say which machine it is of.
    """
    machine = document.machine
    name = machine.name or machine.hostname
    if not name:
        raise InputError(where, "machine.name", "the name of the machine that was measured")
    said = {field: getattr(machine, field) for field in TOLD}
    return MachineFacts(name, {field: value for field, value in said.items() if value})
