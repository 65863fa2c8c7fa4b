"""Amazon CloudWatch: what ``aws cloudwatch get-metric-data`` answers.

The answer tells neither the statistic nor the period of a metric. So they are read from its label,
for which the question can ask: ``${PROP('MetricName')} ${PROP('Stat')} ${PROP('Period')}``.
Source: API reference of GetMetricData, and "Use dynamic labels" of the user guide.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

from importing.intervals import ToldInterval
from importing.monitors import names
from importing.monitors.file import MonitorFile, number
from importing.monitors.periods import ToldPeriods
from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Series

NAME = "CloudWatch get-metric-data"
EXPECTED = "what `aws cloudwatch get-metric-data` answers: MetricDataResults"
STATISTICS = ("Average", "Sum", "Minimum", "Maximum", "SampleCount")
_BUSY = "CPUUtilization"
_EBS, _INSTANCE_STORE = "ebs", "instance_store"
_SUMS: dict[str, Series] = {
    "NetworkIn": names.network("receive_bytes", names.ALL),
    "NetworkOut": names.network("transmit_bytes", names.ALL),
    "NetworkPacketsIn": names.network("receive_packets", names.ALL),
    "NetworkPacketsOut": names.network("transmit_packets", names.ALL),
    **{
        f"{prefix}{word}": names.disk(name, device)
        for prefix, device in (("EBS", _EBS), ("Disk", _INSTANCE_STORE))
        for word, name in (
            ("ReadBytes", "read_bytes_total"),
            ("WriteBytes", "written_bytes_total"),
            ("ReadOps", "reads_completed_total"),
            ("WriteOps", "writes_completed_total"),
        )
    },
}
# Of the CloudWatch agent.
_MEANS: dict[str, Series] = {
    "mem_total": names.memory("MemTotal"),
    "mem_available": names.memory("MemAvailable"),
    "mem_free": names.memory("MemFree"),
    "mem_cached": names.memory("Cached"),
    "mem_buffered": names.memory("Buffers"),
}
_KNOWN = (_BUSY, *_SUMS, *_MEANS)


def read(file: MonitorFile) -> Iterator[ToldInterval]:
    """The intervals of an answer.

    Raises:
        InputError: it is none, is one page of several, or tells nothing that is known here; or
            the statistic of a metric is not the one that can be read, or not told.
    """
    document = file.document(file.whole(), EXPECTED)
    results = document.get("MetricDataResults") if isinstance(document, dict) else None
    if not isinstance(results, list):
        raise InputError(str(file.path), "MetricDataResults", EXPECTED, results)
    if document.get("NextToken"):
        expected = "all pages of the answer (the command asks for them without --no-paginate)"
        raise InputError(str(file.path), "NextToken", expected)
    told = ToldPeriods()
    for i, result in enumerate(results):
        _take(told, result, file, f"MetricDataResults[{i}]")
    if not told.seconds:
        raise file.nothing(f"values of {', '.join(_KNOWN)}")
    if told.busy and not file.cpus:
        file.say(f"{file.path}: {_BUSY} is left out: --cpus says how many CPUs there are")
    file.reached(1.0)
    yield from told.intervals(file.cpus)


def _take(told: ToldPeriods, result: Any, file: MonitorFile, place: str) -> None:
    where = file.at(place)
    if not isinstance(result, dict):
        raise InputError(where, "", "an object", result)
    if result.get("StatusCode", "Complete") not in {"Complete", "PartialData"}:
        raise InputError(where, "StatusCode", "Complete", result["StatusCode"])
    words = str(result.get("Label", "")).replace(",", " ").replace("|", " ").split()
    metric = next((word for word in words if word in _KNOWN), None)
    if metric is None:
        file.say(f"{where}: {result.get('Label')!r} is not read; read are {', '.join(_KNOWN)}")
        return
    values = _values(result, where)
    if not values:
        return
    statistic = next((word for word in words if word in STATISTICS), file.hints.statistic)
    wanted = "Sum" if metric in _SUMS else "Average"
    if statistic != wanted:
        expected = (
            f"the statistic {wanted} for {metric}, in the label (\"${{PROP('MetricName')}} "
            "${PROP('Stat')} ${PROP('Period')}\") or by --statistic"
        )
        raise InputError(where, "Label", expected, statistic or result.get("Label"))
    period = next((float(word) for word in words if word.isdigit()), 0.0) or _period(values)
    if not period or (told.seconds and period != told.seconds):
        expected = "one period in seconds for all metrics, in the label, or two values and more"
        raise InputError(where, "Label", expected, result.get("Label"))
    told.seconds = period
    if metric == _BUSY:
        told.busy.update({start: value / 100 for start, value in values.items()})
    elif metric in _SUMS:
        told.rises[_SUMS[metric]] = values
    else:
        told.values[_MEANS[metric]] = values


def _values(result: dict[str, Any], where: str) -> dict[float, float]:
    """Values by the start of their period."""
    times, values = result.get("Timestamps"), result.get("Values")
    if not (isinstance(times, list) and isinstance(values, list) and len(times) == len(values)):
        raise InputError(where, "Timestamps", "as many Timestamps as Values")
    found = {}
    for i, (time, value) in enumerate(zip(times, values, strict=True)):
        found[start_of(time, where, f"Timestamps[{i}]")] = number(value, where, f"Values[{i}]")
    return found


def _period(values: dict[float, float]) -> float:
    """The smallest distance of neighbours; 0 where there is none."""
    return min((after - before for before, after in pairwise(sorted(values))), default=0.0)


def start_of(text: Any, where: str, field: str) -> float:
    """Unix seconds of a time with its offset.

    Raises:
        InputError: it is none.
    """
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InputError(where, field, "a time such as 2026-01-31T23:59:00+00:00", text)
    return moment.timestamp()
