"""What the exporter of this host says of the machine now, as rates between two looks.

It is asked only while somebody watches, and not while a test runs: to read its page takes a CPU
milliseconds that the test would miss.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from perfanalysis.http_exchange import ExchangeError, exchange

USUAL_URL = "http://127.0.0.1:9100/metrics"
# What of the page is needed; another exporter may know none of these names.
_COLLECTORS = ("cpu", "loadavg", "meminfo", "netdev", "diskstats")
_SECONDS = 2.0
_LARGEST = 8 << 20
_SAMPLE = re.compile(rb"^(node_[A-Za-z0-9_]+)(?:\{([^}]*)\})? (\S+)", re.MULTILINE)
_LABEL = re.compile(rb'(\w+)="([^"]*)"')
_BYTES = {
    "network_receive_bytes_per_second": b"node_network_receive_bytes_total",
    "network_transmit_bytes_per_second": b"node_network_transmit_bytes_total",
    "disk_read_bytes_per_second": b"node_disk_read_bytes_total",
    "disk_written_bytes_per_second": b"node_disk_written_bytes_total",
}
_GAUGES = {
    "load1": b"node_load1",
    "memory_total_bytes": b"node_memory_MemTotal_bytes",
    "memory_available_bytes": b"node_memory_MemAvailable_bytes",
}
# Parts of disks, layers above disks, and what never leaves the machine would count twice.
_NOT_COUNTED = re.compile(rb"lo|veth.*|docker.*|br-.*|cni.*|loop\d+|ram\d+|dm-\d+|md\d+|.*\dp\d+")
_PART = re.compile(rb"[shv]d[a-z]+\d+|xvd[a-z]+\d+")


@dataclass
class PageLook:
    """The counters of one page.

    Attributes:
        at: when, seconds of a clock that never goes back.
        cpu: seconds by mode, of all CPUs together.
        counters: by reading, the sum of its devices.
        gauges: by reading.
    """

    at: float
    cpu: dict[bytes, float] = field(default_factory=dict)
    counters: dict[str, float] = field(default_factory=dict)
    gauges: dict[str, float] = field(default_factory=dict)


def parse_page(page: bytes, at: float) -> PageLook:
    """The counters of a page; what it does not have stays away."""
    look = PageLook(at)
    counters = {name: reading for reading, name in _BYTES.items()}
    gauges = {name: reading for reading, name in _GAUGES.items()}
    for name, labels, value in _samples(page):
        if name == b"node_cpu_seconds_total":
            mode = labels.get(b"mode", b"")
            look.cpu[mode] = look.cpu.get(mode, 0.0) + value
        elif name in counters:
            device = labels.get(b"device", b"")
            if not (_NOT_COUNTED.fullmatch(device) or _PART.fullmatch(device)):
                reading = counters[name]
                look.counters[reading] = look.counters.get(reading, 0.0) + value
        elif name in gauges:
            look.gauges[gauges[name]] = value
    return look


def _samples(page: bytes) -> Iterator[tuple[bytes, dict[bytes, bytes], float]]:
    for found in _SAMPLE.finditer(page):
        try:
            value = float(found[3])
        except ValueError:
            continue
        yield found[1], dict(_LABEL.findall(found[2] or b"")), value


def between(before: PageLook, now: PageLook) -> dict[str, float]:
    """What happened between two looks, with the present gauges; what is unknown is absent."""
    found = {name: value for name, value in now.gauges.items() if value >= 0}
    gone = now.at - before.at
    if gone <= 0:
        return found
    for name, value in now.counters.items():
        # A counter that began anew says nothing this time.
        if name in before.counters and value >= before.counters[name]:
            found[name] = (value - before.counters[name]) / gone
    spent = {mode: now.cpu[mode] - before.cpu.get(mode, 0.0) for mode in now.cpu}
    total = sum(spent.values())
    if not before.cpu or total <= 0 or min(spent.values()) < 0:
        return found
    idle = spent.get(b"idle", 0.0) + spent.get(b"iowait", 0.0)
    found["cpu_busy_ratio"] = _ratio(total - idle, total)
    found["cpu_iowait_ratio"] = _ratio(spent.get(b"iowait", 0.0), total)
    found["cpu_steal_ratio"] = _ratio(spent.get(b"steal", 0.0), total)
    return found


def _ratio(part: float, whole: float) -> float:
    return min(1.0, max(0.0, part / whole))


class HostReadings:
    """The readings of this host.

    Args:
        url: of the exporter's page; "": there is none.
    """

    def __init__(self, url: str) -> None:
        chosen = "&".join(f"collect[]={name}" for name in _COLLECTORS)
        self._url = f"{url}{'&' if '?' in url else '?'}{chosen}" if url else ""
        self._before: PageLook | None = None

    def read(self) -> dict[str, float] | None:
        """What happened since the last look; None: nothing is known this time.

        The first look, and one after a pause, gives gauges alone.
        """
        if not self._url:
            return None
        try:
            until = time.monotonic() + _SECONDS
            answer = exchange("GET", self._url, {}, until=until, largest=_LARGEST)
        except (ExchangeError, ValueError):
            return None
        if answer.status != 200:
            return None
        now = parse_page(answer.body, time.monotonic())
        before, self._before = self._before, now
        return between(before if before and now.at - before.at < 10 else now, now)
