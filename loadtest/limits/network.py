"""What a network can carry, by iperf3: to a server of one's own."""

from __future__ import annotations

import time
from typing import Any

from loadtest.limits.tool import json_of
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.results.limits import Limits

TOOL = "iperf3"
_BITS = 8
_WAYS = {"transmit": (), "receive": ("--reverse",)}


def measured(host: str, port: int, seconds: int, machine: str) -> Limits:
    """Measure both ways, one after the other.

    Args:
        host: where ``iperf3 --server`` runs.
        port: of it.
        seconds: of each way.
        machine: the name of this one.

    Raises:
        PerfAnalysisError: iperf3 is not installed, or failed; the server does not answer.
    """
    details, tool = {}, TOOL
    for way, flags in _WAYS.items():
        arguments = ["--client", host, "--port", str(port), "--time", str(seconds), "--json"]
        tree = json_of(TOOL, [*arguments, *flags], seconds)
        details[f"{way}_bytes_per_second"] = rate_of(tree)
        tool = str(tree.get("start", {}).get("version", TOOL)).replace(" ", "-")
    return Limits(
        tool=tool,
        timestamp_seconds=time.time(),
        details=details,
        machine=machine,
        network_bytes_per_second=min(details.values()),
    )


def rate_of(tree: dict[str, Any]) -> float:
    """Bytes a second that came, of iperf3's JSON. Pure.

    Raises:
        PerfAnalysisError: it tells none.
    """
    found = tree.get("end", {}).get("sum_received", {}).get("bits_per_second")
    if not isinstance(found, int | float) or found <= 0:
        raise PerfAnalysisError(f"iperf3: expected a rate in its JSON, found {found!r}")
    return float(found) / _BITS
