"""A result document as series for remote write, under the exporter's names; pure."""

from __future__ import annotations

from collections.abc import Iterable

from perfanalysis.delivery.remote_write import Series
from perfanalysis.machines.families import INFO, PRICE
from perfanalysis.results import families
from perfanalysis.results.document import Document
from perfanalysis.results.families import Sample
from perfanalysis.results.running import Running


def series_of(document: Document) -> list[Series]:
    """The series of a result and of its machine, at the time of the run's end."""
    machine, when = document.machine, document.timestamp_seconds
    found = _at(when, families.samples_of(document))
    labels = {label: getattr(machine, label, None) or "" for label in INFO.labels}
    found.append(Series(INFO.name, labels | {"machine": machine.name or ""}, 1.0, when))
    if machine.price_dollars_per_hour is not None:
        purchase = {"purchase": machine.purchase or ""}
        found.append(Series(PRICE.name, purchase, machine.price_dollars_per_hour, when))
    return found


def live_series(running: Running) -> list[Series]:
    """The series of a run in progress, at the time of its last word."""
    return _at(running.updated_seconds, families.samples_of_run(running))


def _at(when: float, samples: Iterable[Sample]) -> list[Series]:
    return [
        Series(
            series.family.name,
            dict(zip(series.family.labels, series.labels, strict=True)),
            float(value),
            when,
        )
        for series, value in samples
    ]
