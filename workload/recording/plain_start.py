"""Records without click, where the command line is plain: a file, flags and their values.

Recordings run for days beside other work. What only reads command lines holds 3 MB for good, a
sixth of the process, so click is loaded for who asks for help or a history, and for who has made a
mistake, which it explains.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from workload.recording.collecting import FLAGS, MACHINE_FLAG
from workload.recording.here import live_settings, record_here

_LIVE = ("step", "keep", "duration")
_PER_CPU = "--per-cpu"


def record_plainly(arguments: Sequence[str]) -> bool:
    """Record this machine, if the command line is one that needs no click; whether it was.

    Args:
        arguments: the words behind ``perfanalysis workload record``.

    Raises:
        PerfAnalysisError: it is such a line, and cannot be obeyed.
    """
    flags = read_plainly(arguments)
    if flags is None:
        return False
    out, per_cpu = Path(flags.pop("out")), flags.pop("per_cpu")
    step, keep, duration = (flags.pop(name) for name in _LIVE)
    record_here(live_settings(out, step, keep, duration, per_cpu), flags)
    return True


def read_plainly(arguments: Sequence[str]) -> dict[str, Any] | None:
    """The values of all flags by their variables, as click gives them; None: click has to read it.

    Args:
        arguments: the command line.
    """
    takers = {f"--{name}": name for name in _LIVE}
    takers |= {f"--{flag.name}": flag.variable for flag in FLAGS}
    takers[MACHINE_FLAG[0]] = MACHINE_FLAG[1]
    values: dict[str, Any] = dict.fromkeys(_LIVE) | {flag.variable: flag.default for flag in FLAGS}
    values |= {"out": None, "per_cpu": False}
    rest = iter(arguments)
    for argument in rest:
        if argument == _PER_CPU:
            values["per_cpu"] = True
        elif not argument.startswith("-"):
            if values["out"] is not None or not argument:
                return None
            values["out"] = argument
        else:
            name, value = _split(argument, rest)
            if name not in takers or value is None:
                return None
            values[takers[name]] = value
    return values if values["out"] is not None else None


def _split(argument: str, rest: Iterator[str]) -> tuple[str, str | None]:
    """A flag and its value; None: that is not plain."""
    name, equals, value = argument.partition("=")
    if equals:
        return name, value
    behind = next(rest, "-")
    return name, None if behind.startswith("-") else behind
