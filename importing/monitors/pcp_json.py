"""``pcp2json``: archives of Performance Co-Pilot as JSON, rates or (``--raw``) counters.

Two lines of remarks may stand before the JSON; numbers are texts without ``--exact-types``; each
value has its unit, which tells rates from counters. Times have no zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from importing.intervals import ToldInterval
from importing.monitors.file import LocalClock, MonitorFile, moment_of, number
from importing.monitors.pcp_interval import PcpIntervals
from importing.monitors.pcp_metrics import PcpMetric
from perfanalysis.errors import InputError

NAME = "pcp2json"
EXPECTED = "what `pcp2json` writes: an object @pcp with one host and its metrics"
_REMARK = b'{ "//"'
_Values = Iterator[tuple[str, str, str, Any]]


def read(file: MonitorFile) -> Iterator[ToldInterval]:
    """The intervals of a file.

    Raises:
        InputError: it is no such file, is cut off, or tells nothing; or its times are local, and no
            time zone was given.
    """
    clock = LocalClock(file.hints)
    metrics = _Metrics(file)
    found = False
    records = _records(file)
    for i, record in enumerate(records):
        place = f"@metrics[{i}]"
        file.reached((i + 1) / len(records))
        try:
            moment, seconds = _when(record, file.at(place))
        except InputError as error:
            file.leave_out(error)
            continue
        interval = ToldInterval(clock.seconds(moment, file.at(place), "@timestamp"), place, seconds)
        try:
            metrics.put(record, interval)
        except InputError as error:
            file.leave_out(error)
            continue
        metrics.intervals.end(interval)
        if not interval.empty:
            found = True
            yield interval
    if not found:
        raise file.nothing("metrics of kernel, mem, disk or network")


class _Metrics:
    """The metrics of a file, each of which is looked up once."""

    def __init__(self, file: MonitorFile) -> None:
        self.intervals = PcpIntervals(file)
        self._file = file
        self._known: dict[tuple[str, str, str], PcpMetric] = {}

    def put(self, record: dict[str, Any], interval: ToldInterval) -> None:
        where = self._file.at(interval.place)
        for name, instance, unit, value in _values(record, "", where):
            key = (name, instance, unit)
            if key not in self._known:
                self._known[key] = PcpMetric(name, instance, unit, where)
            self.intervals.put(name, self._known[key], value, interval)
        if interval.rates and not interval.seconds:
            raise InputError(where, "@interval", "seconds above 0, where there are rates", 0)


def _when(record: Any, where: str) -> tuple[datetime, float]:
    if not isinstance(record, dict):
        raise InputError(where, "", "an object", record)
    moment = moment_of(str(record.get("@timestamp")), where, "@timestamp")
    return moment, number(record.get("@interval"), where, "@interval")


def _records(file: MonitorFile) -> list[Any]:
    lines = file.whole().split(b"\n")
    for i, line in enumerate(lines):
        if not line.lstrip().startswith(_REMARK):
            break
        # The lines stay, so that errors name the right ones.
        lines[i] = b""
    document = file.document(b"\n".join(lines), EXPECTED)
    try:
        (host,) = document["@pcp"]["@hosts"]
        records = host["@metrics"]
    except (KeyError, TypeError, ValueError):
        raise InputError(str(file.path), "", EXPECTED) from None
    if not isinstance(records, list):
        raise InputError(str(file.path), "@metrics", "a list", records)
    return records


def _values(node: dict[str, Any], path: str, where: str) -> _Values:
    """Name, instance, unit and value of all metrics below a node."""
    if "value" in node:
        yield path, "", str(node.get("@unit", "")), node["value"]
    instances = node.get("@instances", [])
    if not isinstance(instances, list) or not all(isinstance(one, dict) for one in instances):
        raise InputError(where, path, "a list of @instances", instances)
    for one in instances:
        yield path, str(one.get("name", "")), str(one.get("@unit", "")), one.get("value")
    for key, below in node.items():
        if isinstance(below, dict):
            yield from _values(below, f"{path}.{key}" if path else key, where)
