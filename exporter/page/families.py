"""What the exporter shows of itself beside what the collectors do."""

from __future__ import annotations

import os
import sys

from perfanalysis import __version__
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, Layout

DURATION = Family(
    "node_scrape_collector_duration_seconds",
    "gauge",
    "node_exporter: Duration of a collector scrape.",
    ("collector",),
    "seconds",
    "the exporter itself",
)
SUCCESS = Family(
    "node_scrape_collector_success",
    "gauge",
    "node_exporter: Whether a collector succeeded.",
    ("collector",),
    source="the exporter itself",
)
BUILD_INFO = Family(
    "node_exporter_build_info",
    "gauge",
    "A metric with a constant '1' value labeled by the exporter's version and what it runs on.",
    ("version", "revision", "branch", "goversion", "goos", "goarch", "tags"),
    source="the exporter itself",
)
CPU_SECONDS = Family(
    "perf_exporter_collector_cpu_seconds_total",
    "counter",
    "CPU time that the exporter has spent in each collector.",
    ("collector",),
    "seconds",
    "clock_gettime(2), CLOCK_THREAD_CPUTIME_ID",
)
FAMILIES = (DURATION, SUCCESS, CPU_SECONDS, BUILD_INFO)


def build_info() -> Block:
    """``node_exporter_build_info``, by which node_exporter's mixin finds us.

    The labels are node_exporter's; ``goversion`` holds the Python version.
    """
    python = f"python{sys.version_info.major}.{sys.version_info.minor}.{sys.version_info.micro}"
    labels = (__version__, "", "", python, "linux", os.uname().machine, "perfanalysis")
    return Block(Layout([Series(BUILD_INFO, labels)]), [b"1"])
