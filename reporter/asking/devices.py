"""Which disks, interfaces and file systems a report shows: those that are named, else all found."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from perfanalysis.errors import InputError
from perfanalysis.promql import Engine, string
from reporter.settings.sources import COMMAND_LINE

# What only stands for other devices, or for nothing.
DISKS = 'device!~"loop.*|ram.*|sr.*|fd.*|dm-.*|md.*"'
INTERFACES = 'device!~"lo|veth.*|docker.*|br-.*|cali.*|cni.*|flannel.*|virbr.*"'
MOST_LISTED = 20


@dataclass(frozen=True)
class Devices:
    """Names, or patterns with ``*`` and ``?``; none of a kind: what is found in the data."""

    disks: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()
    filesystems: tuple[str, ...] = ()

    @property
    def matchers(self) -> dict[str, str]:
        """PromQL matchers by kind."""
        return {
            "disks": like("device", self.disks) or DISKS,
            "interfaces": like("device", self.interfaces) or INTERFACES,
            "filesystems": like("mountpoint", self.filesystems) or 'mountpoint!=""',
        }


DETECTED = Devices()


def like(label: str, patterns: Sequence[str]) -> str:
    """A matcher that lets the values that fit a pattern through; "" without patterns."""
    return f"{label}=~{string('|'.join(map(_expression, patterns)))}" if patterns else ""


def _expression(pattern: str) -> str:
    """A regular expression that RE2 and Python read alike; only ``*`` and ``?`` are signs."""
    signs = {"*": ".*", "?": "."}
    return re.sub(r"([^\w\s/,:=-])", lambda m: signs.get(m[1], f"\\{m[1]}"), pattern)


def place(name: str, patterns: Sequence[str]) -> int:
    """At which pattern a name stands, from 0; behind all when it fits none."""
    fitting = (i for i, one in enumerate(patterns) if re.fullmatch(_expression(one), name))
    return next(fitting, len(patterns))


# Kind: the label that names it, and what tells of all that there are.
_KINDS = {
    "disks": ("device", "node_disk_io_time_seconds_total"),
    "interfaces": ("device", "node_network_receive_bytes_total"),
    "filesystems": ("mountpoint", "node_filesystem_size_bytes"),
}


def check_devices(
    engine: Engine,
    devices: Devices,
    matcher: str,
    times: tuple[float, float],
    where: Callable[[str], str],
) -> None:
    """Refuse names that no machine of the report has.

    Args:
        engine: where to ask.
        devices: of the settings.
        matcher: of the report's machines.
        times: start and end of the range, Unix seconds.
        where: the place that has a setting, for the message.

    Raises:
        InputError: there is such a name; those that there are are told.
        QueryError: see ``Engine``.
    """
    start, end = times
    for kind, (label, metric) in _KINDS.items():
        patterns: tuple[str, ...] = getattr(devices, kind)
        if not patterns:
            continue
        seconds = max(1, math.ceil(end - start))
        found = engine.query(
            f"count by ({label}) (last_over_time({metric}{{{matcher}}}[{seconds}s]))", end
        )
        known = sorted({sample.labels.get(label, "") for sample in found} - {""})
        for pattern in patterns:
            if not any(place(name, [pattern]) == 0 for name in known):
                told = ", ".join(known[:MOST_LISTED]) or "none"
                field = f"--{kind}" if where(kind) == COMMAND_LINE else kind
                expected = f"{kind} that a machine of the report has ({told})"
                raise InputError(where(kind), field, expected, pattern)
