"""A result document as series, under the exporter's names; pure."""

from __future__ import annotations

from typing import Any

from perfanalysis.delivery.remote_write import Series
from perfanalysis.exposition import families as exposition
from perfanalysis.machines import families as machine_families
from perfanalysis.machines.facts.identity import identity_of
from perfanalysis.results import families, result_documents


def series_of(data: bytes, machine: dict[str, Any]) -> list[Series]:
    """The series of a result document, at the time of its run's end.

    Args:
        data: the document's bytes.
        machine: what the document says of the machine.

    Raises:
        perfanalysis.errors.MalformedError: it is no such document.
    """
    result = result_documents.parse(data)
    when = result.run["timestamp_seconds"]
    samples = [*families.samples_of([result], None), *_of_machine(machine)]
    return [
        Series(
            sample.family.name,
            dict(zip(sample.family.labels, sample.labels, strict=True)),
            float(value),
            when,
        )
        for sample, value in samples
    ]


def _of_machine(machine: dict[str, Any]) -> list[tuple[exposition.Series, bytes]]:
    return machine_families.series_of(identity_of(machine))


def live_series(running: dict[str, Any]) -> list[Series]:
    """The series of a run in progress, from the content of ``running.json``, at its time."""
    kernel, when = {"kernel": running["kernel"]}, float(running["updated_seconds"])
    values = (
        (families.RUNNING, 1.0),
        (families.PROGRESS, running["progress_ratio"]),
        (families.LIVE, running["live_units_per_second"]),
    )
    return [Series(family.name, kernel, float(value), when) for family, value in values]
