"""Prices of machines as series of their own: for machines that run no exporter of ours. Pure.

The names are those that the exporter shows; ``instance``, ``job`` and what else tells a machine
from others stand in the series, since whoever is scraped for them is another machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from perfanalysis.delivery.remote_write import Metadata, TimedSample, pack, request_of
from perfanalysis.errors import MalformedError
from perfanalysis.exposition.families import Series
from perfanalysis.exposition.rendering import TEXT, VaryingSeries, render_page
from perfanalysis.machines.families import OTHER_PRICE, PRICE, price_series
from perfanalysis.machines.identity import Identity

# What is of a series and not of its machine.
RESERVED = frozenset({"instance", "purchase", "currency"})


def priced(machines: Sequence[Identity], labels: Mapping[str, str]) -> list[tuple[Series, bytes]]:
    """The series of machines, with their values; what is unknown has none.

    Args:
        machines: each with a name, which becomes ``instance``.
        labels: of all of them, such as ``job``; none of ``RESERVED``.

    Raises:
        MalformedError: a machine has no name, or two have the same.
    """
    names = [machine.name for machine in machines]
    if "" in names:
        raise MalformedError("expected a name of each machine; one has none")
    if len(set(names)) < len(names):
        raise MalformedError("expected each name of a machine once")
    more = ("instance", *labels)
    found = []
    for machine in machines:
        values = (machine.name, *labels.values())
        for series, value in price_series(machine):
            family = series.family._replace(labels=(*more, *series.family.labels))
            found.append((Series(family, (*values, *series.labels)), value))
    return found


def as_text(series: Sequence[tuple[Series, bytes]]) -> bytes:
    """The series in the text format, as a textfile collector reads it."""
    return render_page([VaryingSeries().block(series)], TEXT)


def as_remote_write(series: Sequence[tuple[Series, bytes]], at: float) -> bytes:
    """The body of a request of remote write, with samples of one moment."""
    samples = [
        TimedSample(
            one.family.name,
            dict(zip(one.family.labels, one.labels, strict=True)),
            float(value),
            at,
        )
        for one, value in series
    ]
    families = [Metadata(one.name, one.type, one.help) for one in (PRICE, OTHER_PRICE)]
    return pack(request_of(samples, metadata=families))
