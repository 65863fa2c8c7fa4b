"""What an engine answers: JSON documents to samples and series. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from perfanalysis.errors import PerfAnalysisError

Floats = NDArray[np.float64]
# What Prometheus, Mimir, Thanos and VictoriaMetrics say when a query asks for more than they give.
_TOO_LARGE = re.compile(
    r"too many (samples|series|points|chunks|bytes)|maximum resolution|too large|timed? ?out"
    r"|limit(ed)? (exceeded|to|of)|exceed(s|ed|ing)|max(imum)? (number|samples|series|memory)"
    r"|not enough memory|deadline",
    re.IGNORECASE,
)


class QueryError(PerfAnalysisError):
    """An engine could not be reached, refused a query, or had nothing to answer."""


class TooLargeError(QueryError):
    """An engine found a query too large; parts of it may be answered."""


@dataclass(frozen=True)
class Sample:
    """One value of an instant vector, at ``time`` (Unix seconds)."""

    labels: Mapping[str, str]
    time: float
    value: float


@dataclass(frozen=True)
class Series:
    """One series of a range query: ``times`` (Unix seconds) and ``values``, of one length."""

    labels: Mapping[str, str]
    times: Floats
    values: Floats


@dataclass(frozen=True)
class Answer:
    """A whole answer of the engine.

    Attributes:
        result: its list of results, as they came.
        warnings: what it said beside them; also that its result is a part only.
    """

    result: list[dict[str, Any]]
    warnings: tuple[str, ...]


def answer_of(document: object, shape: str, where: str, expression: str) -> Answer:
    """Check the JSON document of a query.

    Args:
        document: as decoded.
        shape: the ``resultType`` that was asked for.
        where: the URL, for messages.
        expression: the query, for messages.

    Raises:
        TooLargeError: the engine says that the query is too large for it.
        QueryError: it refused the query, or this is no PromQL answer.
    """
    if not isinstance(document, dict) or "status" not in document:
        raise QueryError(f"{where}: answered no PromQL result; the query was: {expression}")
    if document["status"] != "success":
        kind = str(document.get("errorType", "error"))
        reason = str(document.get("error", "no reason given"))
        found = TooLargeError if _TOO_LARGE.search(f"{kind} {reason}") else QueryError
        raise found(f"{where}: refused the query ({kind}: {reason}): {expression}")
    data = document.get("data")
    # An empty list of Go is null where the program does not take care.
    result = data.get("result", "") if isinstance(data, dict) else ""
    result = [] if result is None else result
    if not isinstance(data, dict) or not isinstance(result, list):
        raise QueryError(f"{where}: answered no PromQL result; the query was: {expression}")
    if data.get("resultType") != shape:
        raise QueryError(
            f"{where}: answered a {data.get('resultType')}, not a {shape}: {expression}"
        )
    warnings = [str(warning) for warning in document.get("warnings") or ()]
    if document.get("isPartial"):
        # VictoriaMetrics: some of its storage nodes were not there.
        warnings.append("the answer is a part only: some of the engine's stores did not answer")
    return Answer(result, tuple(warnings))


def samples_of(result: Iterable[dict[str, Any]], where: str, expression: str) -> list[Sample]:
    """The samples of an instant vector.

    Raises:
        QueryError: a result is malformed, or a series is there twice.
    """
    try:
        samples = [
            Sample(entry["metric"], float(entry["value"][0]), float(entry["value"][1]))
            for entry in result
        ]
        _each_once((sample.labels for sample in samples), where, expression)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise _malformed(where, expression) from error
    return samples


def series_of(result: Iterable[dict[str, Any]], where: str, expression: str) -> list[Series]:
    """The series of a matrix.

    Raises:
        QueryError: a result is malformed, a series is there twice, or its times do not rise.
    """
    series = []
    try:
        for entry in result:
            points = np.array(entry["values"], dtype=np.float64).reshape(-1, 2)
            series.append(Series(entry["metric"], points[:, 0], points[:, 1]))
        _each_once((one.labels for one in series), where, expression)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _malformed(where, expression) from error
    for one in series:
        if np.any(np.diff(one.times) <= 0):
            raise QueryError(f"{where}: answered points out of order: {expression}")
    return series


def joined(parts: Iterable[Iterable[Series]]) -> list[Series]:
    """Series of ranges that follow each other, as those of the whole range."""
    found: dict[tuple[tuple[str, str], ...], list[Series]] = defaultdict(list)
    for part in parts:
        for one in part:
            found[tuple(sorted(one.labels.items()))].append(one)
    return [
        Series(
            pieces[0].labels,
            np.concatenate([piece.times for piece in pieces]),
            np.concatenate([piece.values for piece in pieces]),
        )
        for pieces in found.values()
    ]


def _each_once(labels: Iterable[Mapping[str, str]], where: str, expression: str) -> None:
    seen: set[frozenset[tuple[str, str]]] = set()
    for one in labels:
        key = frozenset(one.items())
        if key in seen:
            shown = ", ".join(f'{name}="{value}"' for name, value in sorted(one.items()))
            raise QueryError(
                f"{where}: answered the series {{{shown}}} twice; which of them is right cannot be"
                f" known; the query was: {expression}"
            )
        seen.add(key)


def _malformed(where: str, expression: str) -> QueryError:
    return QueryError(f"{where}: answered a malformed result; the query was: {expression}")
