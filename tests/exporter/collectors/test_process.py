"""The exporter's own process: what its limits are shown as."""

from __future__ import annotations

import resource
from pathlib import Path

from exporter.collectors.process import SPECIFICATION
from tests.exporter.conftest import Collect


def test_limits_are_those_of_the_process(collect: Collect, tree: Path) -> None:
    found = collect(SPECIFICATION, tree)
    space = resource.getrlimit(resource.RLIMIT_AS)[0]
    # Prometheus' client for Go shows no limit as the largest number of 64 bits.
    assert found["process_virtual_memory_max_bytes"] == (space if space >= 0 else 2.0**64)
    assert found["process_max_fds"] == resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    assert found["process_virtual_memory_bytes"] > found["process_resident_memory_bytes"] > 0
