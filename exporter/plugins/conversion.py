"""From the families of prometheus_client to families that the page can hold. Pure.

A family that no page can hold is refused by itself. What the text format has no type for comes as
prometheus_client's own text has it: an ``info`` and a ``stateset`` are gauges, ``_created`` is a
gauge beside its family.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from exporter.collecting import CollectorError
from exporter.collectors.textfile.families import TextFamily, TextSeries, names_of
from exporter.collectors.textfile.histograms import completed
from exporter.collectors.textfile.parsing import refuse_twice
from exporter.collectors.textfile.quantiles import shortest
from perfanalysis.exposition.rendering import format_value, printable

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r"(?!__)[a-zA-Z_][a-zA-Z0-9_]*")
_CREATED, _TOTAL = "_created", "_total"
_BOUNDS = {"histogram": ("_bucket", "le"), "summary": ("", "quantile")}
# What a sample's name has behind that of its family, where the samples of a type belong together,
# and where each name is a family of the text format.
_TOGETHER = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("", "_sum", "_count")}
_ALONE = {
    "counter": ("", _TOTAL),
    "gauge": ("",),
    "gaugehistogram": ("_bucket", "_gsum", "_gcount"),
    "info": ("_info",),
    "stateset": ("",),
}
_LARGEST_WHOLE = 2**63
LONGEST_SHOWN = 120


class LeftOut(NamedTuple):
    """A family that is left out, and why."""

    name: str
    text: str


class Converted(NamedTuple):
    """What can be shown, each family once, and what is left out."""

    families: list[TextFamily]
    refusals: list[LeftOut]


def convert(metrics: Iterable[Any]) -> Converted:
    """The families of a collector.

    Args:
        metrics: what its ``collect`` gave; anything else in it is refused.
    """
    found: dict[str, TextFamily] = {}
    taken: dict[str, str] = {}
    refusals: list[LeftOut] = []
    for metric in metrics:
        name = str(getattr(metric, "name", type(metric).__name__))[:LONGEST_SHOWN]
        try:
            families = [_merged(found.get(one.name), one) for one in _families(metric)]
            for family in families:
                _refuse_other_names(family, taken)
        except CollectorError as error:
            refusals.append(LeftOut(name, str(error)))
        except Exception as error:  # noqa: BLE001 - whatever others put into a family
            refusals.append(LeftOut(name, f"{type(error).__name__}: {error}"))
        else:
            for family in families:
                found[family.name] = family
                taken |= dict.fromkeys(names_of(family), family.name)
    return Converted(list(found.values()), refusals)


def _refuse_other_names(family: TextFamily, taken: dict[str, str]) -> None:
    for name in names_of(family):
        if taken.get(name, family.name) != family.name:
            raise CollectorError(f"{name} is the name of another family")


def _merged(before: TextFamily | None, family: TextFamily) -> TextFamily:
    """A family with what came of it before, if anything did."""
    if before is not None:
        if before.type != family.type:
            raise CollectorError(f"{family.name} has two types")
        family = before._replace(series=before.series + family.series)
    refuse_twice(family.name, family.series, "its samples")
    return family


def _families(metric: Any) -> list[TextFamily]:
    """The families of one of prometheus_client's, which may be none when it has no sample."""
    kind, stem = str(metric.type), str(metric.name)
    if kind == "counter":
        stem = stem.removesuffix(_TOTAL)
    text = printable(str(metric.documentation))
    series: dict[tuple[str, str], list[TextSeries]] = {}
    for sample in metric.samples:
        name, shown_kind, suffix = _place(sample.name, stem, kind)
        if _NAME.fullmatch(name + suffix) is None:
            raise CollectorError(f"{name + suffix!r} is no name of the text format")
        one = TextSeries(suffix, _labels(sample, shown_kind, suffix), _value(sample))
        series.setdefault((name, shown_kind), []).append(one)
    families = [TextFamily(*key, text, tuple(some)) for key, some in series.items()]
    return [completed(one) if one.type == "histogram" else one for one in families]


def _place(name: str, stem: str, kind: str) -> tuple[str, str, str]:
    """The family of a sample, its type, and what stands behind it in the sample's name."""
    suffix = name[len(stem) :] if name.startswith(stem) else None
    if suffix == _CREATED:
        return name, "gauge", ""
    if suffix is not None and suffix in _TOGETHER.get(kind, ()):
        return stem, kind, suffix
    if suffix is not None and suffix in _ALONE.get(kind, ()):
        return name, "counter" if kind == "counter" else "gauge", ""
    # As in prometheus_client's own text, where such a sample stands below no TYPE of its own.
    return name, "untyped", ""


def _labels(sample: Any, kind: str, suffix: str) -> tuple[tuple[str, str], ...]:
    pairs = []
    own = _BOUNDS.get(kind)
    for label, value in (sample.labels or {}).items():
        if not isinstance(label, str) or _LABEL.fullmatch(label) is None:
            raise CollectorError(f"{sample.name} has the label {label!r}")
        if not isinstance(value, str):
            raise CollectorError(f"{sample.name}: expected text as {label}, found {value!r}")
        bound = own is not None and own == (suffix, label)
        pairs.append((label, shortest(_bound(value)) if bound else value))
    if own is not None and own[0] == suffix and own[1] not in dict(pairs):
        raise CollectorError(f"{sample.name} has no {own[1]}")
    return tuple(pairs)


def _bound(text: str) -> float:
    value = _number(text)
    if math.isnan(value):
        raise CollectorError("NaN is no bound")
    return value


def _value(sample: Any) -> bytes:
    if sample.timestamp is not None:
        raise CollectorError(f"{sample.name} has a timestamp, which is not supported")
    if getattr(sample, "native_histogram", None) is not None:
        raise CollectorError(f"{sample.name} is a native histogram, which is not supported")
    value = _number(sample.value)
    whole = value.is_integer() and abs(value) < _LARGEST_WHOLE
    return format_value(int(value) if whole else value)


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        shown = repr(value)[:LONGEST_SHOWN]
        raise CollectorError(f"expected a number, found {shown}") from None
