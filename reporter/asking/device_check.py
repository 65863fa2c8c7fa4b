"""Names of disks, interfaces and file systems in the settings that no machine of the report has."""

from __future__ import annotations

import math
from collections.abc import Callable

from perfanalysis.errors import InputError
from perfanalysis.promql import Engine
from reporter.settings.devices import Devices, place
from reporter.settings.sources import COMMAND_LINE

MOST_LISTED = 20
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
