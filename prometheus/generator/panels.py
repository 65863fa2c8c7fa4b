"""The table of alerts -> the thresholds that the dashboards' code draws and names. Pure.

It is Python, so that a panel that names a threshold which is gone does not pass the type check, and
so that it is in the wheel, where ``perfanalysis dashboards build`` needs it and ``prometheus/`` is
not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from prometheus.generator.marked import COMMAND
from prometheus.generator.rule_files import expression
from prometheus.generator.table import Alert, AlertTable, Need
from prometheus.generator.thresholds import AlertThreshold

_HEAD = f'''\
"""Thresholds of alerts, for the lines and the words of panels; what needs are.

Made by `{COMMAND}` from prometheus/alerts: change them there.
"""

from __future__ import annotations

from grafana.dashboards.words import DrawnThreshold, NeedColumn

'''
_PANELS_HEAD = f'''\
"""The panels that show the figure of an alert, and the thresholds that it has.

Made by `{COMMAND}` from prometheus/alerts: change them there.
"""

from __future__ import annotations

from grafana.dashboards import thresholds
from grafana.dashboards.words import AlertPanel

'''
_WIDTH = 100
# A recorded metric that a whole line of an expression holds against one threshold.
_RECORDED = re.compile(r"^\s*(\w+:[\w:]+) (?:>=|<=|>|<) \$\{(\w+)\}$", re.MULTILINE)


def thresholds_module(table: AlertTable) -> str:
    """The text of ``grafana/dashboards/thresholds.py``, as the formatter of code would have it."""
    lines = [
        line
        for alert in table.alerts
        for name, threshold in alert.thresholds.items()
        for line in _constant(_name(alert, name), threshold)
    ]
    lines += ["", "# From here on a need is orange, and red."]
    lines += _constant("NEAR", table.near)
    lines += _constant("IN_NEED", table.in_need)
    lines += ["", "# Thresholds of recorded metrics, whose level (`instance:`) is left out."]
    lines += _mapping("OF_RECORDED: dict[str, tuple[DrawnThreshold, ...]]", _recorded(table))
    lines += ["", "# The columns of the fleet's table of needs."]
    lines += _tuple("NEED_COLUMNS: tuple[NeedColumn, ...]", _columns(table.machine_needs))
    return _HEAD + "\n".join(lines) + "\n"


def alert_panels_module(table: AlertTable) -> str:
    """The text of ``grafana/dashboards/alert_panels.py``, likewise."""
    lines = _tuple("ALERT_PANELS: tuple[AlertPanel, ...]", _alert_panels(table))
    return _PANELS_HEAD + "\n".join(lines) + "\n"


def _name(alert: Alert, threshold: str) -> str:
    return f"{re.sub(r'(?<=[a-z])(?=[A-Z])', '_', alert.name)}_{threshold}".upper()


def _names(alert: Alert) -> str:
    names = [f"thresholds.{_name(alert, name)}" for name in alert.thresholds]
    return f"({', '.join(names)}{',' if len(names) == 1 else ''})"


def _constant(name: str, threshold: AlertThreshold) -> Iterator[str]:
    yield f"{name} = DrawnThreshold({threshold.value!r}, {json.dumps(threshold.text)})"


def _alert_panels(table: AlertTable) -> Iterator[str]:
    for alert in table.alerts:
        if alert.panel:
            words = [json.dumps(word) for word in (alert.name, alert.dashboard, alert.panel)]
            yield _call("AlertPanel", [*words, _names(alert)])


def _recorded(table: AlertTable) -> dict[str, list[str]]:
    """The thresholds of each recorded metric that an alert holds against one."""
    found: dict[str, list[str]] = {}
    for alert in table.alerts:
        expression(alert)  # it names no threshold that is not there
        for metric, name in _RECORDED.findall(alert.expr):
            level_less = metric.partition(":")[2]
            found.setdefault(level_less, []).append(_name(alert, name))
    return found


def _columns(needs: Sequence[Need]) -> Iterator[str]:
    for need in needs:
        if need.column:
            yield _call("NeedColumn", [json.dumps(word) for word in need.column])


def _call(name: str, arguments: list[str]) -> str:
    one_line = f"    {name}({', '.join(arguments)}),"
    if len(one_line) <= _WIDTH:
        return one_line
    lines = [f"        {argument}," for argument in arguments]
    if len(lines[-1]) > _WIDTH:  # the names of thresholds
        names = arguments[-1].strip("()").split(", ")
        lines[-1:] = ["        (", *(f"            {name}," for name in names), "        ),"]
    return "\n".join([f"    {name}(", *lines, "    ),"])


def _tuple(declared: str, entries: Iterator[str]) -> list[str]:
    return [f"{declared} = (", *entries, ")"]


def _mapping(declared: str, entries: dict[str, list[str]]) -> list[str]:
    lines = []
    for key, names in entries.items():
        one_line = f"    {json.dumps(key)}: ({', '.join(names)}{',' * (len(names) == 1)}),"
        if len(one_line) <= _WIDTH:
            lines.append(one_line)
        else:
            lines += [
                f"    {json.dumps(key)}: (",
                *(f"        {name}," for name in names),
                "    ),",
            ]
    return [f"{declared} = {{", *lines, "}"]
