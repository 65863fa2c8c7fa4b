"""From a file in the text format 0.0.4 to families that the page can hold.

prometheus-client's parser says of itself that it is lax, so what no page may hold is refused here.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import math
import re
import sys
from collections.abc import Iterable
from typing import Any

from exporter.collecting import CollectorError
from exporter.collectors.textfile.families import TextFamily, TextSeries, names_of
from exporter.collectors.textfile.histograms import completed
from exporter.collectors.textfile.quantiles import shortest
from perfanalysis.exposition.rendering import format_value

TYPES = frozenset({"counter", "gauge", "untyped", "histogram", "summary"})
_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_COUNTER = re.compile(r"^[ \t]*#[ \t]+TYPE[ \t]+(\S+)[ \t]+counter[ \t]*\r?$", re.MULTILINE)
# Prometheus' own parser takes types in capitals. It begins with a sign that is seldom, not with a
# line: that is looked for in a tenth of the time.
_TYPE = re.compile(r"#[ \t]+TYPE[ \t]+\S+[ \t]+(\w*[A-Z]\w*)[ \t]*\r?$", re.MULTILINE)
_TOTAL = "_total"
LONGEST_COMPLAINT = 120
# The label that tells the series of such a family apart.
_OWN_LABEL = {"_bucket": "le", "": "quantile"}


def parse(data: bytes, source: str) -> list[TextFamily]:
    """The families of a file, each once, in the order of their first lines.

    Raises:
        CollectorError: the file is not in the text format, it holds timestamps, or what it holds
            could not be shown (a series twice, a number that no float can hold).
    """
    if data and not data.endswith(b"\n"):
        raise CollectorError(f"{source}: expected a line break at its end; half written?")
    try:
        text = data.decode("utf-8")
        text = _TYPE.sub(_with_small_type, text)
        metrics = list(_parser().text_string_to_metric_families(text))
    except (ValueError, IndexError) as error:
        # The parser repeats the whole line, which may be megabytes of a file of another kind.
        raise CollectorError(f"{source}: not in the text format: {_shown(error)}") from error
    counters = set(_COUNTER.findall(text))
    found: dict[str, TextFamily] = {}
    for metric in metrics:
        family = _family(metric, counters, source)
        if family.series:
            before = found.get(family.name)
            found[family.name] = _joined(before, family, source) if before else family
    names: set[str] = set()
    for name, family in found.items():
        if family.type == "histogram":
            found[name] = completed(family)
    for family in found.values():
        refuse_twice(family.name, family.series, source)
        if names & names_of(family):
            raise CollectorError(f"{source}: two families have the names of {family.name}")
        names |= names_of(family)
    return list(found.values())


def _with_small_type(found: re.Match[str]) -> str:
    """A TYPE line whose type is in small letters; what only looks so, in a HELP text, as it is."""
    begin = found.string.rfind("\n", 0, found.start()) + 1
    if found.string[begin : found.start()].strip():
        return found[0]
    cut = found.start(1) - found.start()
    return found[0][:cut] + found[0][cut:].lower()


def _shown(error: Exception) -> str:
    said = " ".join(str(error).split())
    return said if len(said) <= LONGEST_COMPLAINT else f"{said[:LONGEST_COMPLAINT]}..."


def refuse_twice(name: str, series: Iterable[TextSeries], source: str) -> None:
    """Refuse a family that has a series twice.

    Raises:
        CollectorError: it has.
    """
    seen = set()
    for suffix, labels, _ in series:
        key = (suffix, frozenset(pair for pair in labels if pair[1]))
        if key in seen:
            raise CollectorError(f"{source}: {name}{suffix} has the labels {dict(labels)} twice")
        seen.add(key)


def _joined(before: TextFamily, family: TextFamily, source: str) -> TextFamily:
    """Two pieces of a family, of which at most one may have a type of its own."""
    untyped = family.type == "untyped" and not family.help
    if not untyped and (family.type, family.help) != (before.type, before.help):
        raise CollectorError(f"{source}: {family.name} has two types or two HELP texts")
    return before._replace(series=before.series + family.series)


def _family(metric: Any, counters: set[str], source: str) -> TextFamily:
    """What the parser found; it has put ``_total`` behind every counter's name."""
    name = metric.name
    if metric.type == "counter":
        both = {name, name + _TOTAL} & counters
        if len(both) != 1:
            raise CollectorError(f"{source}: expected one counter {name}, found {sorted(both)}")
        name = both.pop()
    kind = "untyped" if metric.type in ("unknown", "untyped") else metric.type
    if _NAME.fullmatch(name) is None or kind not in TYPES:
        raise CollectorError(f"{source}: {name!r} of type {kind!r} cannot be shown")
    stem = metric.name + _TOTAL if kind == "counter" else name
    return TextFamily(
        name,
        kind,
        metric.documentation,
        tuple(_series(sample, stem, kind, source) for sample in metric.samples),
    )


def _series(sample: Any, stem: str, kind: str, source: str) -> TextSeries:
    if sample.timestamp is not None:
        raise CollectorError(f"{source}: {stem} has a timestamp, which is not supported")
    suffix = sample.name[len(stem) :]
    for label in sample.labels:
        if _LABEL.fullmatch(label) is None:
            raise CollectorError(f"{source}: {stem} has the label {label!r}")
    labels = dict(sample.labels)
    if kind in ("histogram", "summary") and (own := _OWN_LABEL.get(suffix)):
        bound = _number(labels.get(own, ""), f"{source}: {stem}: {own}")
        # 0.50, 5e-1 and .5 are one bound, which other exporters spell so, too.
        labels[own] = shortest(bound)
    try:
        value = float(sample.value)
    except OverflowError as error:
        raise CollectorError(f"{source}: {stem} is beyond the numbers") from error
    whole = value.is_integer() and abs(value) < 2**63
    return TextSeries(suffix, tuple(labels.items()), format_value(int(value) if whole else value))


def _number(text: str, where: str) -> float:
    with contextlib.suppress(ValueError):
        # Python takes 1_000, too.
        if "_" not in text and not math.isnan(value := float(text)):
            return value
    raise CollectorError(f"{where}: expected a number, found {text!r}")


def _parser() -> Any:
    """prometheus-client's parser, without what its package imports on the way.

    That would be an HTTP server and ssl, 8 MB of resident memory for nothing.
    """
    name = "prometheus_client"
    if name in sys.modules:
        return importlib.import_module(f"{name}.parser")
    specification = importlib.util.find_spec(name)
    assert specification is not None
    sys.modules[name] = importlib.util.module_from_spec(specification)
    try:
        return importlib.import_module(f"{name}.parser")
    finally:
        del sys.modules[name]
