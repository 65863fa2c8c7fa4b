"""Histograms as programs write them, made complete as far as their numbers say it. Pure."""

from __future__ import annotations

from exporter.collectors.textfile.families import (
    INFINITY,
    TextFamily,
    TextSeries,
    bound_of,
    groups_of,
)


def completed(family: TextFamily) -> TextFamily:
    """The buckets of each histogram in order, with the one of ``+Inf``, and the count.

    The count of all and the bucket of ``+Inf`` are one number, so that either tells the other.
    """
    series = [one for group in groups_of(family).values() for one in _completed(group)]
    return family._replace(series=tuple(series))


def _completed(group: list[TextSeries]) -> list[TextSeries]:
    buckets = sorted((one for one in group if one.suffix == "_bucket"), key=bound_of)
    rest = [one for one in group if one.suffix != "_bucket"]
    whole = next((one for one in buckets if ("le", INFINITY) in one.labels), None)
    count = next((one for one in rest if one.suffix == "_count"), None)
    if whole is None and count is not None:
        named = (pair for pair in count.labels if pair[0] != "le")
        buckets.append(TextSeries("_bucket", (*named, ("le", INFINITY)), count.value))
    if whole is not None and count is None:
        labels = tuple(pair for pair in whole.labels if pair[0] != "le")
        rest.append(TextSeries("_count", labels, whole.value))
    return [*buckets, *rest]
