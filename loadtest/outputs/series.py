"""A result document as series, under the exporter's names; pure."""

from __future__ import annotations

from typing import Any

from delivery.remote_write import Series
from exporter import result_documents
from exporter.collectors import loadtest
from exporter.collectors.machine import INFO, PRICE


def series_of(data: bytes, machine: dict[str, Any]) -> list[Series]:
    """The series of a result document, at the time of its run's end.

    Args:
        data: the document's bytes.
        machine: what the document says of the machine.

    Raises:
        exporter.collecting.CollectorError: it is no such document.
    """
    result = result_documents.parse(data)
    when = result.run["timestamp_seconds"]
    found = [
        Series(
            sample.family.name,
            dict(zip(sample.family.labels, sample.labels, strict=True)),
            float(value),
            when,
        )
        for sample, value in loadtest.samples_of([result], None)
    ]
    known = {label: str(machine.get(label, "")) for label in INFO.labels}
    known["machine"] = str(machine.get("name", ""))
    found.append(Series(INFO.name, known, 1.0, when))
    if (price := machine.get("price_dollars_per_hour")) is not None:
        purchase = str(machine.get("purchase", ""))
        found.append(Series(PRICE.name, {"purchase": purchase}, float(price), when))
    return found


def live_series(running: dict[str, Any]) -> list[Series]:
    """The series of a run in progress, from the content of ``running.json``, at its time."""
    kernel, when = {"kernel": running["kernel"]}, float(running["updated_seconds"])
    values = (
        (loadtest.RUNNING, 1.0),
        (loadtest.PROGRESS, running["progress_ratio"]),
        (loadtest.LIVE, running["live_units_per_second"]),
    )
    return [Series(family.name, kernel, float(value), when) for family, value in values]
