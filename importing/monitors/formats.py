"""All formats of other monitors, and how each is known by its first lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from importing.intervals import ToldInterval
from importing.monitors import (
    atop_json,
    atop_text,
    azure,
    cloudwatch,
    dool,
    pcp_csv,
    pcp_json,
    sysstat,
    vmstat,
)
from importing.monitors.file import MonitorFile


class MonitorFormat(NamedTuple):
    """A format.

    Attributes:
        name: for messages.
        read: its reader.
        marks: of the first lines of a file; one of them is enough.
    """

    name: str
    read: Callable[[MonitorFile], Iterator[ToldInterval]]
    marks: tuple[re.Pattern[bytes], ...]


def _any(*patterns: bytes) -> tuple[re.Pattern[bytes], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


FORMATS = (
    MonitorFormat(sysstat.NAME, sysstat.read, _any(rb'\s*\{\s*"sysstat"\s*:')),
    MonitorFormat(pcp_json.NAME, pcp_json.read, _any(rb'\s*\{\s*"(@pcp|//)"\s*:')),
    MonitorFormat(
        pcp_csv.NAME, pcp_csv.read, _any(rb'\s*"?Time"?,"?[a-z]+\.', rb"#\s*\r?\n#\s+archive: ")
    ),
    MonitorFormat(vmstat.NAME, vmstat.read, _any(rb"-*procs[- ]")),
    MonitorFormat(
        atop_json.NAME,
        atop_json.read,
        _any(rb'\{"host": *"[^"]*", *"timestamp": *[0-9]+, *"elapsed"'),
    ),
    MonitorFormat(
        atop_text.NAME,
        atop_text.read,
        _any(rb"(RESET|SEP)\r?\n", rb"[A-Za-z]{3} \S+ [0-9]+ [0-9]{4}/[0-9]{2}/[0-9]{2} "),
    ),
    MonitorFormat(dool.NAME, dool.read, _any(rb'(?i)"(dool|dstat|pcp-dstat) \S+ csv output"')),
    MonitorFormat(cloudwatch.NAME, cloudwatch.read, _any(rb'(?s)\s*\{.*"MetricDataResults"\s*:')),
    MonitorFormat(
        azure.NAME,
        azure.read,
        _any(rb'(?s)\s*\{.*"(timespan|resourceregion|interval)"\s*:.*"value"\s*:'),
    ),
)
BY_NAME = {one.name: one for one in FORMATS}


def format_of(head: bytes) -> MonitorFormat | None:
    """The format that a file's first lines are of; None: none of these."""
    fitting = (one for one in FORMATS if any(mark.match(head) for mark in one.marks))
    return next(fitting, None)
