"""A prediction as series of the recorded machine, for a collector of text files. Pure.

Curves are given at every tenth of the source's busy ratio: between two of these whoever reads them
draws a straight line, so that bends between them are lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import TEXT, VaryingSeries, render_page
from perfanalysis.recordings import predicted_families as families
from workload.prediction.band import Band
from workload.prediction.candidate import Floats
from workload.prediction.prediction import Prediction

TENTHS = np.arange(11) / 10
Sample = tuple[Series, bytes]


def as_text(samples: Iterable[Sample]) -> bytes:
    """The text format."""
    return render_page([VaryingSeries().block(samples)], TEXT)


def samples_of(prediction: Prediction, labels: Mapping[str, str]) -> Iterator[Sample]:
    """The series of a prediction; candidates that nobody measured have none.

    Args:
        prediction: of one machine.
        labels: of all series beside ``instance``, such as ``job``.
    """
    make = _Maker({"instance": prediction.demand.usage.machine, **labels})
    ends, pairing = prediction.demand.usage.ends, prediction.pairing
    if pairing is None or not len(ends):
        return
    yield make(families.ENDED, ends[-1])
    for tenth in TENTHS:
        yield make(families.SOURCE_BUSY, tenth, _percent(tenth))
    curves = pairing.busy(TENTHS)
    for index in np.flatnonzero(prediction.measured).tolist():
        candidate = prediction.candidates[index]
        for bound, values in _bounds(curves.at(index)):
            for tenth, value in zip(TENTHS, values, strict=True):
                yield make(families.CURVE, value, candidate.name, bound, _percent(tenth))
        for family, band in (
            (families.RISK, prediction.risk),
            (families.MACHINES, prediction.machines),
        ):
            for bound, value in _bounds(band.at(index)):
                if np.isfinite(value):
                    yield make(family, float(value), candidate.name, bound)
        hour = prediction.hour(index)
        if hour is not None:
            yield make(families.PRICE, float(hour), candidate.name, candidate.currency)


class _Maker:
    """Makes samples that all have some labels before their own."""

    def __init__(self, labels: Mapping[str, str]) -> None:
        self._labels = labels

    def __call__(self, family: Family, value: float, *own: str) -> Sample:
        declared = family._replace(labels=(*self._labels, *family.labels))
        return Series(declared, (*self._labels.values(), *own)), repr(float(value)).encode()


def _bounds(band: Band) -> Iterator[tuple[str, Floats]]:
    for bound in families.BOUNDS:
        yield bound, getattr(band, bound)


def _percent(ratio: float) -> str:
    return f"{ratio * 100:.0f}"
