"""A result document as series for remote write, under the exporter's names; pure."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import structs

from perfanalysis.delivery.remote_write import TimedSample
from perfanalysis.machines import families as machine_families
from perfanalysis.machines.facts.identity import identity_of
from perfanalysis.results import families
from perfanalysis.results.document import Document
from perfanalysis.results.families import Sample
from perfanalysis.results.running import Running


def series_of(document: Document, *, own: bool = True) -> list[TimedSample]:
    """The series of a result and of its machine, at the time of the run's end.

    Args:
        document: the result.
        own: whether its figures may be the machine's own, see ``newest_results.is_own``; False: it
            has the series of its run alone.
    """
    identity = identity_of(structs.asdict(document.machine))
    shown = families.samples_of(document) if own else families.samples_of_one_run(document)
    newest = families.samples_of_newest(document.kernel, valid=document.valid)
    samples = [*shown, *newest, *machine_families.series_of(identity)]
    return _at(document.timestamp_seconds, samples)


def live_series(running: Running) -> list[TimedSample]:
    """The series of a run in progress, at the time of its last word."""
    return _at(running.updated_seconds, families.samples_of_run(running))


def _at(when: float, samples: Iterable[Sample]) -> list[TimedSample]:
    return [
        TimedSample(
            series.family.name,
            dict(zip(series.family.labels, series.labels, strict=True)),
            float(value),
            when,
        )
        for series, value in samples
    ]
