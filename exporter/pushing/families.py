"""``perf_push_*``: what push mode has done, and what still waits."""

from __future__ import annotations

from collections.abc import Callable

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
    "Pushes that are lost: the receiver refused them or samples of them, the oldest made room in a "
    "full queue, or the disk did not take them.",
    "reason",
)
FAILED = _family(
    "requests_failed_total",
    "counter",
    "Requests that are tried again: no answer, or one that is no word about what was sent.",
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
HELD = _family(
    "queue_held_documents",
    "gauge",
    "Pushes that wait for their time to come: they are ahead of the receiver's clock.",
)
AHEAD = _family(
    "clock_ahead_seconds",
    "gauge",
    "By how much this machine's clock is ahead of the receiver's, to a second; absent when it does "
    "not tell its time.",
    unit="seconds",
)
FAMILIES = (QUEUED, SENT, DROPPED, FAILED, WAITING, BYTES, LIMIT, LAST, HELD, AHEAD)


class PushState:
    """The numbers behind the families; each is written by one thread, and read by any.

    Args:
        limit_bytes: of the queue.
        clock_ahead: by how much this machine's clock is ahead; None: unknown.
        held: how many pushes wait for their time to come.
    """

    def __init__(
        self, limit_bytes: int, clock_ahead: Callable[[], float | None], held: Callable[[], int]
    ) -> None:
        self.limit_bytes = limit_bytes
        self.clock_ahead = clock_ahead
        self.held = held
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
        pairs.append((Series(HELD), state.held()))
        if (ahead := state.clock_ahead()) is not None:
            pairs.append((Series(AHEAD), round(ahead)))
        return [self._series.block((series, format_value(value)) for series, value in pairs)]
