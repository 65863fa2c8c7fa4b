"""``perf_push_*``: what push mode has done, and what still waits."""

from __future__ import annotations

from perfanalysis.exposition.families import Family, FamilyType, Series
from perfanalysis.exposition.rendering import Block, VaryingSeries, format_value

NAME = "push"
REFUSED, QUEUE_FULL, DISK_FULL, DISK_ERROR = "refused", "queue_full", "disk_full", "disk_error"
REASONS = (REFUSED, QUEUE_FULL, DISK_FULL, DISK_ERROR)


def _family(name: str, type_: FamilyType, text: str, *labels: str, unit: str = "") -> Family:
    return Family(f"perf_push_{name}", type_, text, labels, unit, "the exporter itself")


QUEUED = _family("documents_queued_total", "counter", "Pushes that the queue on disk has taken.")
SENT = _family("documents_sent_total", "counter", "Pushes that the receiver has taken.")
DROPPED = _family(
    "documents_dropped_total",
    "counter",
    "Pushes that are lost: the receiver refused them, or the queue could not take them.",
    "reason",
)
FAILED = _family(
    "requests_failed_total",
    "counter",
    "Requests that are tried again: no answer, or a status of 429 or 5xx.",
)
WAITING = _family("queue_documents", "gauge", "Pushes that wait in the queue on disk.")
BYTES = _family("queue_bytes", "gauge", "Size of the queue on disk.", unit="bytes")
LIMIT = _family("queue_limit_bytes", "gauge", "Size that the queue may have.", unit="bytes")
LAST = _family(
    "last_success_timestamp_seconds",
    "gauge",
    "When the receiver last took a push, in unixtime; absent before the first.",
    unit="seconds",
)
FAMILIES = (QUEUED, SENT, DROPPED, FAILED, WAITING, BYTES, LIMIT, LAST)


class PushState:
    """The numbers behind the families; each is written by one thread, and read by any."""

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self.queued = 0
        self.sent = 0
        self.failed = 0
        self.dropped = dict.fromkeys(REASONS, 0)
        self.waiting = 0
        self.bytes = 0
        self.last_success: float | None = None


class PushCollector:
    """Shows the state of push mode."""

    def __init__(self, state: PushState) -> None:
        self._state = state
        self._series = VaryingSeries()

    def collect(self) -> list[Block]:
        """See ``exporter.collecting.Collector.collect``."""
        state = self._state
        pairs: list[tuple[Series, float]] = [(Series(QUEUED), state.queued)]
        pairs.append((Series(SENT), state.sent))
        pairs += [(Series(DROPPED, (reason,)), n) for reason, n in state.dropped.items()]
        pairs.append((Series(FAILED), state.failed))
        pairs.append((Series(WAITING), state.waiting))
        pairs.append((Series(BYTES), state.bytes))
        pairs.append((Series(LIMIT), state.limit_bytes))
        if state.last_success is not None:
            pairs.append((Series(LAST), state.last_success))
        return [self._series.block((series, format_value(value)) for series, value in pairs)]
