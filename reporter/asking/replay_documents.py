"""Reads a prediction and the replay that followed it: what was recorded, foretold and reached.

They are what ``workload predict --json --over-time`` and ``workload replay --json --over-time``
print. Of each, what is not needed here is not looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np

from perfanalysis import type_faults
from perfanalysis.errors import InputError
from perfanalysis.promql import Floats
from reporter.settings.report import Config

Numbers = list[float | None]
Read = TypeVar("Read")
# Ticks' ends are written as seconds; what is nearer than that to an interval's end is that end.
_CLOCK = 1e-3


class _Recorded(msgspec.Struct):
    cpu: Numbers


class _OverTime(msgspec.Struct):
    cpu: Numbers
    cpu_lower: Numbers
    cpu_upper: Numbers


class _Candidate(msgspec.Struct):
    name: str
    over_time: _OverTime | None = None


class _Predicted(msgspec.Struct):
    machine: str
    candidates: list[_Candidate]
    source: str | None = None
    starts: list[float] | None = None
    times: list[float] | None = None
    recorded: _Recorded | None = None


class _Followed(msgspec.Struct):
    target: Numbers
    actual: Numbers


class _Ticks(msgspec.Struct):
    machines: list[str]
    recorded_ends: list[float]
    resources: dict[str, _Followed]


class _Replayed(msgspec.Struct):
    over_time: _Ticks | None = None


@dataclass(frozen=True)
class ReplayedPrediction:
    """One machine's work: recorded there, predicted for a candidate, replayed on it.

    Arrays have the shape (ticks,), are ratios of the CPU time of the machine that each is of, and
    NaN where unknown.

    Attributes:
        machine: the recorded one.
        candidate: for which it was predicted, and on which it was replayed.
        times: when the recorded interval of each tick ended, Unix seconds; rising but for loops.
        recorded: how busy the machine was.
        predicted, lower, upper: how busy the candidate was to be.
        target: what replay drove at: above 1 more than there was.
        replayed: how busy it was.
    """

    machine: str
    candidate: str
    times: Floats
    recorded: Floats
    predicted: Floats
    lower: Floats
    upper: Floats
    target: Floats
    replayed: Floats


def read_replayed(config: Config) -> ReplayedPrediction | None:
    """What the settings' two documents say; None: they name none.

    Raises:
        InputError: one of them is missing or is not what it should be, or they do not belong to
            one machine and one candidate.
    """
    predicted, replayed = config.predicted, config.replayed
    if predicted is None and replayed is None:
        return None
    if predicted is None or replayed is None:
        missing = "predicted" if predicted is None else "replayed"
        raise InputError("settings", missing, "both of predicted and replayed, or neither")
    ticks = _read(replayed, _Replayed).over_time
    if ticks is None:
        raise InputError(str(replayed), "over_time", "a replay's JSON with --over-time")
    if len(ticks.machines) != 1:
        raise InputError(str(replayed), "machines", "a replay of one recording", ticks.machines)
    followed = ticks.resources.get("cpu")
    if followed is None:
        raise InputError(str(replayed), "resources.cpu", "a replay that drove CPUs")
    _check_lengths(str(replayed), ticks.recorded_ends, followed.target, followed.actual)
    found = _of_machine(predicted, ticks.machines[0])
    candidate = _candidate(predicted, found, config.replayed_on)
    return _joined(str(predicted), found, candidate, ticks, followed)


def _of_machine(path: Path, machine: str) -> _Predicted:
    every = _read(path, list[_Predicted])
    for one in every:
        if one.machine == machine:
            return one
    names = ", ".join(one.machine for one in every[:10])
    raise InputError(str(path), "machine", f"the replayed machine {machine}", names)


def _candidate(path: Path, found: _Predicted, named: str) -> _Candidate:
    known = [one for one in found.candidates if one.over_time is not None]
    if not known:
        raise InputError(str(path), "over_time", "a prediction's JSON with --over-time")
    others = [one for one in known if one.name != found.source]
    if named:
        others = [one for one in known if one.name == named]
    if len(others) != 1:
        names = ", ".join(one.name for one in known[:10])
        expected = f"the candidate on which it was replayed: one of {names}"
        raise InputError("settings", "replayed_on", expected, named or None)
    return others[0]


def _joined(
    where: str, found: _Predicted, candidate: _Candidate, ticks: _Ticks, followed: _Followed
) -> ReplayedPrediction:
    over, recorded = candidate.over_time, found.recorded
    if recorded is None or found.starts is None or found.times is None or over is None:
        raise InputError(where, "recorded", "a prediction's JSON with --over-time")
    columns = (recorded.cpu, over.cpu, over.cpu_lower, over.cpu_upper)
    _check_lengths(where, found.times, found.starts, *columns)
    times = np.array(ticks.recorded_ends)
    ends, starts = np.array(found.times), np.array(found.starts)
    place = np.searchsorted(ends, times - _CLOCK)
    inside = np.minimum(place, len(ends) - 1)
    known = (place < len(ends)) & (starts[inside] < times - _CLOCK)
    if not known.any():
        expected = "times of the recording that was replayed"
        raise InputError(where, "times", expected, found.times[0])
    busy, value, lower, upper = (np.where(known, _floats(one)[inside], np.nan) for one in columns)
    return ReplayedPrediction(
        found.machine,
        candidate.name,
        times,
        busy,
        value,
        lower,
        upper,
        _floats(followed.target),
        _floats(followed.actual),
    )


def _floats(values: Numbers) -> Floats:
    return np.array([np.nan if one is None else one for one in values], dtype=np.float64)


def _check_lengths(where: str, first: list[float], *others: Numbers | list[float]) -> None:
    if not first or any(len(one) != len(first) for one in others):
        raise InputError(where, "over_time", "arrays of one length, of one tick at least")


def _read(path: Path, kind: type[Read]) -> Read:
    try:
        tree: Any = msgspec.json.decode(path.read_bytes())
    except OSError as error:
        raise InputError(str(path), "", f"a readable file ({error.strerror})") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(str(path), "", f"JSON ({error})") from error
    try:
        return msgspec.convert(tree, kind)
    except msgspec.ValidationError as error:
        raise type_faults.fault(error, tree, str(path)) from error
