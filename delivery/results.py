"""A load test's result document as series, under the exporter's names."""

from __future__ import annotations

from delivery.remote_write import Series
from exporter.collectors import loadtest
from exporter.collectors.machine import INFO


def series_of(data: bytes, machine: dict[str, str]) -> list[Series]:
    """The series of a result document, at the time of its run's end.

    Args:
        data: the document's bytes.
        machine: labels of ``perf_machine_info`` that are known.

    Raises:
        exporter.collecting.CollectorError: it is no such document.
    """
    result = loadtest.parse(data)
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
    known = {label: machine.get(label, "") for label in INFO.labels}
    return [*found, Series(INFO.name, known, 1.0, when)]
