"""The PromQL HTTP API: instant and range queries, values bound, answers as arrays.

Source: https://prometheus.io/docs/prometheus/latest/querying/api/ (also spoken by Mimir, Thanos and
VictoriaMetrics).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import requests
from numpy.typing import NDArray

from perfanalysis.errors import PerfAnalysisError

Floats = NDArray[np.float64]
TIME_OUT_SECONDS = 30.0


class QueryError(PerfAnalysisError):
    """An engine could not be reached, refused a query, or had nothing to answer."""


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


def string(value: str) -> str:
    """A PromQL string literal that stands for exactly ``value``."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def one_of(label: str, values: Iterable[str]) -> str:
    """A matcher that lets exactly these values of a label through (RE2, anchored)."""
    quoted = "|".join(re.sub(r"([^\w\s/,:=-])", r"\\\1", value) for value in values)
    return f"{label}=~{string(quoted)}"


class Engine:
    """A PromQL engine behind its HTTP API.

    Args:
        url: the base URL, to which ``/api/v1/query`` is added.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        self.warnings: list[str] = []
        self._session = requests.Session()

    def query(self, expression: str, time: float) -> list[Sample]:
        """Evaluate ``expression`` at ``time`` (Unix seconds).

        Raises:
            QueryError: see the class; an empty answer is no error here.
        """
        result = self._ask("query", expression, {"time": f"{time:.3f}"}, "vector")
        return [
            Sample(entry["metric"], float(entry["value"][0]), float(entry["value"][1]))
            for entry in result
        ]

    def query_range(self, expression: str, start: float, end: float, step: float) -> list[Series]:
        """Evaluate ``expression`` from ``start`` to ``end`` every ``step`` seconds.

        Raises:
            QueryError: see the class; an empty answer is no error here.
        """
        range_ = {"start": f"{start:.3f}", "end": f"{end:.3f}", "step": f"{step:.3f}"}
        series = []
        for entry in self._ask("query_range", expression, range_, "matrix"):
            points = np.array(entry["values"], dtype=np.float64).reshape(-1, 2)
            series.append(Series(entry["metric"], points[:, 0], points[:, 1]))
        return series

    def version(self) -> str:
        """The engine's name and version, or "" when it does not tell."""
        try:
            answer = self._session.get(f"{self.url}/api/v1/status/buildinfo", timeout=5)
            return f"Prometheus API, version {answer.json()['data']['version']}"
        except (requests.RequestException, ValueError, KeyError, TypeError):
            return ""

    def _ask(
        self, kind: str, expression: str, arguments: Mapping[str, str], shape: str
    ) -> list[dict[str, Any]]:
        url = f"{self.url}/api/v1/{kind}"
        try:
            response = self._session.post(
                url, data={"query": expression, **arguments}, timeout=TIME_OUT_SECONDS
            )
        except requests.RequestException as error:
            raise QueryError(
                f"{url}: cannot be reached ({_reason(error)}); the query was: {expression}"
            ) from error
        try:
            answer = response.json()
            status = answer["status"]
        except (ValueError, KeyError, TypeError) as error:
            message = f"{url}: answered HTTP {response.status_code} and no PromQL result"
            raise QueryError(f"{message}; the query was: {expression}") from error
        if status != "success":
            raise QueryError(
                f"{url}: refused the query ({answer.get('errorType', 'error')}:"
                f" {answer.get('error', 'no reason given')}): {expression}"
            )
        self.warnings.extend(answer.get("warnings", []))
        data = answer["data"]
        if data["resultType"] != shape:
            raise QueryError(f"{url}: answered a {data['resultType']}, not a {shape}: {expression}")
        result: list[dict[str, Any]] = data["result"]
        return result


def _reason(error: requests.RequestException) -> str:
    if isinstance(error, requests.Timeout):
        return f"no answer within {TIME_OUT_SECONDS:.0f} s"
    text = str(error)
    match = re.search(r"\] ([A-Z][\w ]+)", text) or re.search(r"(Failed to resolve[^)(]*)", text)
    return match[1] if match else type(error).__name__
