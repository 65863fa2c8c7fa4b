"""How fast the links of network interfaces are. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from perfanalysis.promql import Sample


def link_speeds(samples: Iterable[Sample]) -> dict[tuple[str, str], float]:
    """Bytes a second of each interface's link, by machine and device, as far as known."""
    return {
        (s.labels.get("instance", ""), s.labels.get("device", "")): s.value
        for s in samples
        if s.value > 0
    }
