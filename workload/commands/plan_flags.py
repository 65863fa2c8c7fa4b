"""What the flags of ``perfanalysis workload plan`` say."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from perfanalysis.durations import parse_duration
from perfanalysis.errors import InputError
from workload.planning.common_grid import WEEK
from workload.planning.demand import SpreadGroup

_SHARES = ("cpu", "memory")


def group_of(text: str, known: Sequence[str]) -> SpreadGroup:
    """``A,B,C``: no two of them share a machine; ``A,B,C:2``: no three of them.

    Raises:
        InputError: it is no such text, or names a workload that there is not.
    """
    names, _, most = text.rpartition(":") if text.rpartition(":")[2].isdecimal() else (text, "", "")
    workloads = tuple(name.strip() for name in names.split(","))
    for name in workloads:
        if name not in known:
            expected = f"a workload, such as {', '.join(known[:5])}"
            raise InputError("--apart", text, expected, name)
    if len(set(workloads)) < 2 or len(set(workloads)) != len(workloads) or most == "0":
        raise InputError(
            "--apart", "", "two workloads or more, each once, such as a,b or a,b,c:2", text
        )
    return SpreadGroup(workloads, int(most or 1))


def head_room_of(text: str) -> dict[str, float]:
    """``cpu=0.3,memory=0.1``: shares that are to stay free; what is not named is absent.

    Raises:
        InputError: it is no such text.
    """
    found: dict[str, float] = {}
    for part in text.split(",") if text else ():
        name, _, value = part.strip().partition("=")
        share = _number(value)
        if name not in _SHARES or not 0 <= share < 1:
            expected = "shares from 0 to below 1, such as cpu=0.3,memory=0.1"
            raise InputError("--headroom", "", expected, text)
        found[name] = share
    return found


def most_of(texts: Sequence[str], known: Sequence[str]) -> Mapping[str, int]:
    """``TYPE=3``: at most three machines of it.

    Raises:
        InputError: it is no such text, or names a candidate that there is not.
    """
    found = {}
    for text in texts:
        name, _, value = text.rpartition("=")
        if name not in known:
            raise InputError("--most", text, f"a candidate, such as {', '.join(known[:5])}", name)
        if not value.isdecimal():
            raise InputError("--most", name, "a whole number", value)
        found[name] = int(value)
    return found


def seconds_of(text: str, flag: str) -> float:
    """A duration above 0.

    Raises:
        InputError: it is none.
    """
    seconds = parse_duration(text)
    if not seconds:
        raise InputError(flag, "", "a duration, such as 60s or 5m", text)
    return seconds


def step_of(text: str) -> float:
    """A duration of which a whole number makes a week.

    Raises:
        InputError: it is none.
    """
    seconds = seconds_of(text, "--step")
    if seconds < 1 or (WEEK / seconds) % 1 > 1e-9:
        raise InputError("--step", "", "a duration that divides a week, such as 5m or 1h", text)
    return seconds


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
