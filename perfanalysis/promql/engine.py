"""An engine, asked in pieces that it can answer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from threading import Lock

from perfanalysis.delivery.backoff import Backoff
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.promql.access import Access
from perfanalysis.promql.answers import (
    Answer,
    Sample,
    Series,
    TooLargeError,
    answer_of,
    joined,
    samples_of,
    series_of,
)
from perfanalysis.promql.requesting import Requester
from perfanalysis.promql.rule_groups import LoadedGroup, groups_of

# Prometheus gives at most 11,000 points of a series in one answer.
MOST_POINTS = 10_000


class Engine:
    """A PromQL engine behind its HTTP API. Several threads may ask it.

    Args:
        access: how it is reached; a text is its base URL.
        backoff: the waits between attempts; None for the usual ones.

    Raises:
        InputError: a file of its endpoint is missing or unusable.
    """

    def __init__(self, access: Access | str, backoff: Backoff | None = None) -> None:
        self.access = Access(Endpoint(access)) if isinstance(access, str) else access
        self.access.endpoint.check()
        self.url = self.access.endpoint.url.rstrip("/")
        self._requester = Requester(self.access, backoff)
        self._warnings: dict[str, None] = {}
        self._lock = Lock()

    @property
    def warnings(self) -> list[str]:
        """What the engine said beside its answers so far, each once."""
        return list(self._warnings)

    def query(self, expression: str, time: float) -> list[Sample]:
        """Evaluate ``expression`` at ``time`` (Unix seconds).

        Raises:
            QueryError: see the class; an empty answer is no error here.
        """
        answer = self._ask("query", expression, {"time": f"{time:.3f}"}, "vector")
        return samples_of(answer.result, self.url, expression)

    def samples(self, selector: str, time: float) -> list[Series]:
        """The samples of a range vector such as ``up[5m]`` at ``time``, at their own times.

        Raises:
            QueryError: see the class; an empty answer is no error here.
        """
        answer = self._ask("query", selector, {"time": f"{time:.3f}"}, "matrix")
        return series_of(answer.result, self.url, selector)

    def query_range(self, expression: str, start: float, end: float, step: float) -> list[Series]:
        """Evaluate ``expression`` from ``start`` to ``end`` every ``step`` seconds.

        A range of many points, or one that the engine finds too large, is asked in parts that
        follow each other; the series are those of one answer.

        Raises:
            TooLargeError: even one point is too much for the engine.
            QueryError: see the class; an empty answer is no error here.
        """
        # As they are sent, so that the points of all parts stand where those of the whole would.
        first, step_ms = round(start * 1000), max(1, round(step * 1000))
        count = max(1, math.floor((round(end * 1000) - first) / step_ms) + 1)
        parts = [
            self._points(expression, first, step_ms, at, min(MOST_POINTS, count - at))
            for at in range(0, count, MOST_POINTS)
        ]
        return joined(parts) if len(parts) > 1 else parts[0]

    def version(self) -> str:
        """The engine's name and version, or "" when it does not tell."""
        try:
            answer = self._requester.ask("/api/v1/status/buildinfo", {})
        except PerfAnalysisError:
            return ""
        data = answer.get("data") if isinstance(answer, dict) else None
        version = data.get("version") if isinstance(data, dict) else None
        return f"Prometheus API, version {version}" if version else ""

    def rules(self) -> list[LoadedGroup]:
        """The groups of rules that are loaded there.

        Raises:
            QueryError: the engine does not answer, or has no such thing.
        """
        path = "/api/v1/rules"
        return groups_of(self._requester.ask(path, {}), f"{self.url}{path}")

    def _points(self, expression: str, first: int, step: int, at: int, count: int) -> list[Series]:
        """``count`` points from number ``at`` on; ``first`` and ``step`` in milliseconds."""
        range_ = {
            "start": f"{(first + at * step) / 1000:.3f}",
            "end": f"{(first + (at + count - 1) * step) / 1000:.3f}",
            "step": f"{step / 1000:.3f}",
            # VictoriaMetrics would move the points to multiples of the step, for its cache's sake.
            "nocache": "1",
        }
        try:
            answer = self._ask("query_range", expression, range_, "matrix")
        except TooLargeError:
            if count == 1:
                raise
            half = count // 2
            return joined(
                [
                    self._points(expression, first, step, at, half),
                    self._points(expression, first, step, at + half, count - half),
                ]
            )
        return series_of(answer.result, self.url, expression)

    def _ask(self, kind: str, expression: str, arguments: Mapping[str, str], shape: str) -> Answer:
        path = f"/api/v1/{kind}"
        document = self._requester.ask(path, {"query": expression, **arguments})
        answer = answer_of(document, shape, f"{self.url}{path}", expression)
        with self._lock:
            self._warnings.update(dict.fromkeys(answer.warnings))
        return answer
