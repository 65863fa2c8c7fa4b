"""Whether a receiver of remote write has what it took: it is asked by PromQL, where it can be.

An answer of 2xx is no proof. VictoriaMetrics answers 204 to samples that it drops in silence: those
before its retention (a month by default), and those more than two days ahead of its clock
(lib/storage: ``mustAdd``). So samples are counted where they were sent to, by machine and hour.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from importing.series import JOB
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.durations import parse_duration
from perfanalysis.errors import PerfAnalysisError

if TYPE_CHECKING:
    # It loads numpy, which only those need who ask.
    from perfanalysis.promql import Access, Engine

HOUR = 3600
# What a receiver took can be asked for after some seconds: VictoriaMetrics keeps it in memory, for
# 9 s on a busy machine. Whether it has nothing yet, or something and will have no more.
PATIENCE_SECONDS, SETTLED_SECONDS = 60.0, 20.0
# Hours that are further apart are asked for in two queries.
_MOST_EMPTY_HOURS = 24
_MOST_SHOWN = 3
# The end of a write path, and what stands in its place where PromQL is spoken: Prometheus and
# VictoriaMetrics, Mimir, Grafana Cloud.
_PATHS = (("/api/v1/write", ""), ("/api/v1/push", "/prometheus"), ("/api/prom/push", "/api/prom"))
# VictoriaMetrics would else answer from its cache, and at other times than those asked for.
_AS_IT_IS = {"nocache": "1"}
# Metrics that one query asks for: a window of several at once would lose their names.
_METRICS_A_QUERY = 40


@dataclass
class SentSamples:
    """What was sent of one machine.

    Attributes:
        hours: how many samples, by the hour that they are of (Unix time / 3600).
        metrics: their names.
    """

    hours: dict[int, int] = field(default_factory=dict)
    metrics: set[str] = field(default_factory=set)


# By the machine's name.
Sent = Mapping[str, SentSamples]
# How many samples are not there, by machine and hour.
Missing = dict[str, dict[int, int]]


def query_endpoint(write: Endpoint) -> Endpoint | None:
    """Where a receiver can be asked, by its address; None where that does not tell.

    It has the same scheme, host and port, so that it may have the same keys.
    """
    parts = urlsplit(write.url)
    for end, instead in _PATHS:
        if parts.path.rstrip("/").endswith(end):
            base = parts.path.rstrip("/").removesuffix(end) + instead
            # A cluster of VictoriaMetrics behind one address (vmauth).
            base = base.replace("/insert/", "/select/", 1)
            return replace(write, url=parts._replace(path=base, query="", fragment="").geturl())
    return None


class Proof(NamedTuple):
    """What a receiver has of what was sent to it.

    Attributes:
        sent: how many samples were.
        found: how many of them it has; None: nobody could be asked.
        said: what is missing, or why it is not known.
        doomed: what it will delete for its age, in words; "" when that is nothing, or unknown.
    """

    sent: int
    found: int | None
    said: str = ""
    doomed: str = ""

    @property
    def whole(self) -> bool:
        """Whether all is there."""
        return self.found == self.sent


def prove(sent: Sent, endpoint: Endpoint | None) -> Proof:
    """Ask a receiver for what was sent; waits for some seconds for what is not there yet.

    Args:
        sent: what was sent.
        endpoint: where it is asked; None: nobody knows.
    """
    total = sum(sum(of.hours.values()) for of in sent.values())
    if endpoint is None:
        return Proof(total, None, "its address does not tell where it can be asked")
    from perfanalysis.promql import Access, Engine

    try:
        access = Access(endpoint, timeout_seconds=120.0, retries=1, parameters=_AS_IT_IS)
        missing = _settled(Engine(access), sent, total)
    except PerfAnalysisError as error:
        # Without the query, which names all metrics.
        return Proof(total, None, re.split(r"; the query was|: label_replace\(", str(error))[0])
    doomed = _doomed(access, sent)
    return Proof(total, total - _sum(missing), "; ".join(_shown(missing)), doomed)


def _doomed(access: Access, sent: Sent) -> str:
    """What a Prometheus will delete for its age: it takes it, and compacts it away in the end."""
    from perfanalysis.promql.requesting import Requester

    try:
        answer = Requester(access).ask("/api/v1/status/runtimeinfo", {})
    except PerfAnalysisError:
        # VictoriaMetrics and Mimir have no such page.
        return ""
    data = answer.get("data") if isinstance(answer, dict) else None
    told = str(data.get("storageRetention", "")) if isinstance(data, dict) else ""
    # Such as "15d", or "15d or 10GiB".
    seconds = parse_duration(told.partition(" or ")[0], bare=False)
    oldest = min((hour for of in sent.values() for hour in of.hours), default=None)
    if not seconds or oldest is None or oldest * HOUR >= time.time() - seconds:
        return ""
    back = _moment(oldest)
    return f"its retention is {told}: it deletes what is older, and this goes back to {back}"


def _settled(engine: Engine, sent: Sent, total: int) -> Missing:
    """What is missing, when that is not likely to become less."""
    wait, fewest, since = 0.5, total + 1, time.monotonic()
    while missing := _missing(engine, sent):
        lost, now = _sum(missing), time.monotonic()
        if lost < fewest:
            fewest, since = lost, now
        patience = PATIENCE_SECONDS if lost == total else SETTLED_SECONDS
        if now + wait > since + patience:
            break
        time.sleep(wait)
        wait = min(2 * wait, 4.0)
    return missing


def _sum(missing: Missing) -> int:
    return sum(sum(hours.values()) for hours in missing.values())


def _missing(engine: Engine, sent: Sent) -> Missing:
    """How many samples are not there, by machine and hour; only where some are not."""
    found: Missing = {}
    for machine, of in sent.items():
        there = _counted(engine, machine, of)
        lost = {hour: n - there.get(hour, 0) for hour, n in of.hours.items()}
        if lost := {hour: n for hour, n in lost.items() if n > 0}:
            found[machine] = lost
    return found


def _counted(engine: Engine, machine: str, of: SentSamples) -> Counter[int]:
    """How many samples a receiver has of a machine's metrics, by hour."""
    found: Counter[int] = Counter()
    metrics = sorted(of.metrics)
    for at in range(0, len(metrics), _METRICS_A_QUERY):
        terms = [_count_of(metric, machine) for metric in metrics[at : at + _METRICS_A_QUERY]]
        for first, last in _stretches(sorted(of.hours)):
            # A millisecond before the hour's end: engines differ in whether a window has its begin.
            start, end = (first + 1) * HOUR - 0.001, (last + 1) * HOUR - 0.001
            for series in engine.query_range(" or ".join(terms), start, end, HOUR):
                for when, value in zip(series.times, series.values, strict=True):
                    found[int(when // HOUR)] += int(value)
    return found


def _count_of(metric: str, machine: str) -> str:
    """PromQL: the samples of an hour of all series of a metric of a machine."""
    from perfanalysis.promql import string

    selector = f"{{__name__={string(metric)},instance={string(machine)},job={string(JOB)}}}"
    # A label that tells it from the others, all of which one answer has.
    return f'label_replace(sum(count_over_time({selector}[1h])),"of",{string(metric)},"","")'


def _stretches(hours: list[int]) -> Iterator[tuple[int, int]]:
    first = before = hours[0]
    for hour in hours[1:]:
        if hour - before > _MOST_EMPTY_HOURS:
            yield first, before
            first = hour
        before = hour
    yield first, before


def _shown(missing: Missing) -> list[str]:
    """What is missing, machine by machine."""
    said = []
    for machine, hours in list(missing.items())[:_MOST_SHOWN]:
        begin, end = _moment(min(hours)), _moment(max(hours) + 1)
        said.append(f"{sum(hours.values())} of {machine} from {begin} to {end}")
    more = len(missing) - _MOST_SHOWN
    return [*said, f"and of {more} more machines"] if more > 0 else said


def _moment(hour: int) -> str:
    return datetime.fromtimestamp(hour * HOUR, UTC).isoformat().replace("+00:00", "Z")
