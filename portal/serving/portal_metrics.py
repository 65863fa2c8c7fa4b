"""The portal's own metrics, in a registry of their own."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine
from sqlalchemy.pool import QueuePool

from portal.access.authentication import REASONS
from portal.live.connections import LiveConnections

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class _Pool(Collector):
    """How busy the connections to the database are."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def collect(self) -> list[GaugeMetricFamily]:
        pool = self._engine.pool
        if not isinstance(pool, QueuePool):
            return []
        name = "perf_portal_database_connections"
        return [
            GaugeMetricFamily(f"{name}_used", "Connections that requests use.", pool.checkedout()),
            GaugeMetricFamily(f"{name}_most", "The most that may be open.", pool.size()),
        ]


class _Live(Collector):
    """Who watches."""

    def __init__(self, connections: LiveConnections) -> None:
        self._connections = connections

    def collect(self) -> list[GaugeMetricFamily | CounterMetricFamily]:
        name, found = "perf_portal_live_connections", self._connections
        return [
            GaugeMetricFamily(name, "Live connections that are open.", found.count),
            CounterMetricFamily(
                f"{name}_dropped", "Live connections that the portal ended.", found.dropped
            ),
        ]


class PortalMetrics:
    """Counters of requests and documents.

    Args:
        engine: whose connections are shown.
    """

    def __init__(self, engine: Engine) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "perf_portal_requests_total",
            "Requests that were answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._seconds = Histogram(
            "perf_portal_request_seconds",
            "From a request's head to the end of its answer.",
            ("route",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.in_progress = Gauge(
            "perf_portal_requests_in_progress",
            "Requests that are being answered.",
            registry=self.registry,
        )
        self._documents = Counter(
            "perf_portal_documents_total",
            "Result documents by what became of them.",
            ("outcome",),
            registry=self.registry,
        )
        for outcome in ("new", "known", "refused"):
            self._documents.labels(outcome)
        self._regressions = Counter(
            "perf_portal_regressions_total",
            "Regressions by what they came to, of all tenants.",
            ("state",),
            registry=self.registry,
        )
        for state in ("suspected", "confirmed", "withdrawn", "over"):
            self._regressions.labels(state)
        self._pushes = Counter(
            "perf_portal_pushes_total",
            "Messages to browsers by what became of them.",
            ("outcome",),
            registry=self.registry,
        )
        for outcome in ("delivered", "gone", "refused", "failed"):
            self._pushes.labels(outcome)
        self._refused = Counter(
            "perf_portal_refused_keys_total",
            "Requests that their key did not let in, by reason.",
            ("reason",),
            registry=self.registry,
        )
        for reason in REASONS:
            self._refused.labels(reason)
        self._limited = Counter(
            "perf_portal_rate_limited_total",
            "Requests beyond the rate of their key.",
            registry=self.registry,
        )
        self._database_faults = Counter(
            "perf_portal_database_faults_total",
            "Requests that the database did not answer.",
            registry=self.registry,
        )
        self._waiting = Gauge(
            "perf_portal_documents_waiting",
            "Result documents that wait for those before them.",
            registry=self.registry,
        )
        self.registry.register(_Pool(engine))
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)

    def show_live(self, connections: LiveConnections) -> None:
        """Show how many watch."""
        self.registry.register(_Live(connections))

    def count_document(self, outcome: str) -> None:
        """Count a document: ``new``, ``known`` or ``refused``."""
        self._documents.labels(outcome).inc()

    def count_regression(self, state: str) -> None:
        """Count a regression that has come to a state by a test."""
        self._regressions.labels(state).inc()

    def count_push(self, outcome: str) -> None:
        """Count a message: ``delivered``, ``gone``, ``refused`` or ``failed``."""
        self._pushes.labels(outcome).inc()

    def show_waiting(self, waiting: Callable[[], float]) -> None:
        """Show how many messages wait."""
        gauge = Gauge(
            "perf_portal_pushes_waiting", "Messages that wait to be sent.", registry=self.registry
        )
        gauge.set_function(waiting)

    def count_refused_key(self, reason: str) -> None:
        """Count a request that a key did not let in, by ``authentication.REASONS``."""
        self._refused.labels(reason).inc()

    def count_limited(self) -> None:
        """Count a request beyond the rate of its key."""
        self._limited.inc()

    def count_database_fault(self) -> None:
        """Count a request that the database did not answer."""
        self._database_faults.inc()

    def show_waiting_documents(self, waiting: Callable[[], float]) -> None:
        """Have a function say how many documents wait."""
        self._waiting.set_function(waiting)

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; ``route`` is a template, so that ids make no series."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def page(self) -> bytes:
        """What Prometheus reads."""
        return generate_latest(self.registry)
