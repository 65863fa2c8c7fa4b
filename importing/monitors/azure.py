"""Azure Monitor: what ``az monitor metrics list`` prints, or the REST API answers, of a machine.

Source: Azure Monitor REST API (Metrics - List), and the supported metrics of
Microsoft.Compute/virtualMachines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from importing.intervals import ToldInterval
from importing.monitors import names
from importing.monitors.cloudwatch import start_of
from importing.monitors.file import MonitorFile, number
from importing.monitors.periods import ToldPeriods
from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Series

NAME = "Azure Monitor metrics"
EXPECTED = "what `az monitor metrics list` prints: interval and value, a list of metrics"
_BUSY = "Percentage CPU"
_TOTALS: dict[str, Series] = {
    "Network In Total": names.network("receive_bytes", names.ALL),
    "Network Out Total": names.network("transmit_bytes", names.ALL),
    "Disk Read Bytes": names.disk("read_bytes_total", names.ALL),
    "Disk Write Bytes": names.disk("written_bytes_total", names.ALL),
}
_RATES: dict[str, Series] = {
    "Disk Read Operations/Sec": names.disk("reads_completed_total", names.ALL),
    "Disk Write Operations/Sec": names.disk("writes_completed_total", names.ALL),
}
_MEANS: dict[str, Series] = {"Available Memory Bytes": names.memory("MemAvailable")}
_TIMES = {"timeStamp", "timestamp"}
_KNOWN = (_BUSY, *_TOTALS, *_RATES, *_MEANS)
# ``PT5M`` by the API, ``0:05:00`` by the command.
_ISO = re.compile(r"PT(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)S)?|P([0-9]+)D")
_CLOCK = re.compile(r"(?:([0-9]+) days?, )?([0-9]{1,2}):([0-9]{2}):([0-9]{2})")


def read(file: MonitorFile) -> Iterator[ToldInterval]:
    """The intervals of an answer.

    Raises:
        InputError: it is none, or tells nothing that is known here, or a metric lacks the
            aggregation that can be read.
    """
    document = file.document(file.whole(), EXPECTED)
    metrics = document.get("value") if isinstance(document, dict) else None
    if not isinstance(metrics, list):
        raise InputError(str(file.path), "value", EXPECTED, metrics)
    told = ToldPeriods(seconds_of(document.get("interval"), str(file.path)))
    found = False
    for i, metric in enumerate(metrics):
        found |= _take(told, metric, file, f"value[{i}]")
    if not found:
        raise file.nothing(f"values of {', '.join(_KNOWN)}")
    if told.busy and not file.cpus:
        file.say(f"{file.path}: {_BUSY} is left out: --cpus says how many CPUs there are")
    file.reached(1.0)
    yield from told.intervals(file.cpus)


def seconds_of(text: Any, where: str) -> float:
    """The length of periods.

    Raises:
        InputError: it is none.
    """
    found = 0
    if match := _ISO.fullmatch(str(text)):
        hours, minutes, seconds, days = (int(part or 0) for part in match.groups())
        found = 86400 * days + 3600 * hours + 60 * minutes + seconds
    elif match := _CLOCK.fullmatch(str(text)):
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        found = 86400 * days + 3600 * hours + 60 * minutes + seconds
    if not found:
        raise InputError(where, "interval", "such as PT1M, or 0:01:00", text)
    return float(found)


def _take(told: ToldPeriods, metric: Any, file: MonitorFile, place: str) -> bool:
    where = file.at(place)
    name = metric.get("name") if isinstance(metric, dict) else None
    word = name.get("value") if isinstance(name, dict) else None
    if word not in _KNOWN:
        file.say(f"{where}: {word!r} is not read; read are {', '.join(_KNOWN)}")
        return False
    series = metric.get("timeseries")
    if not isinstance(series, list) or len(series) > 1:
        raise InputError(where, "timeseries", "one (without a split by dimension)", series)
    aggregation = "total" if word in _TOTALS else "average"
    values: dict[float, float] = {}
    points = series[0].get("data", []) if series and isinstance(series[0], dict) else []
    for i, point in enumerate(points):
        field = f"timeseries[0].data[{i}]"
        if not isinstance(point, dict):
            raise InputError(where, field, "an object", point)
        # The command and the API spell it differently.
        start = start_of(point.get("timeStamp", point.get("timestamp")), where, field)
        if (value := point.get(aggregation)) is not None:
            values[start] = number(value, where, f"{field}.{aggregation}")
        elif others := [key for key in point.keys() - _TIMES if point[key] is not None]:
            expected = f"the aggregation {aggregation} for {word} (--aggregation)"
            raise InputError(where, field, expected, ", ".join(others))
    if word == _BUSY:
        told.busy.update({start: value / 100 for start, value in values.items()})
    else:
        into = told.rises if word in _TOTALS else told.rates if word in _RATES else told.values
        into[{**_TOTALS, **_RATES, **_MEANS}[word]] = values
    return bool(values)
