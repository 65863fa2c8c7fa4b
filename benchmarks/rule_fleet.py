"""Made machines for the rules: 40 minutes of what the catalogue's machine shows."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import numpy as np

from demo.servers import REPOSITORY
from perfanalysis.promql import Series
from perfanalysis.strict_yaml import load_yaml
from tests.grafana.hour.stores import write

SCRAPE_SECONDS = 15
MINUTES = 40
_CPUS = 8
_MODES = ("user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal")
_CONTAINERS = 20
_LABEL = re.compile(r'(\w+)="([^"]*)"')
# By the beginning of a name: what there is several of on a machine.
_SEVERAL = {
    "node_disk": [f'device="{name}"' for name in ("sda", "sdb", "nvme0n1")],
    "perf_disk": [f'device="{name}"' for name in ("sda", "sdb", "nvme0n1")],
    "node_network": [f'device="{n}"' for n in ("eth0", "eth1", "lo", "cni0", "veth1", "veth2")],
    "perf_network": ['device="eth0"', 'device="eth1"'],
    "node_filesystem": [
        f'device="/dev/sda{n}",fstype="ext4",mountpoint="/srv/{n}"' for n in range(4)
    ],
    "container": [f'id="/kubepods/pod{n}/c{n}",name="app{n}"' for n in range(_CONTAINERS)],
}


def write_fleet(url: str, machines: int) -> tuple[float, int]:
    """Write the last minutes of machines to a Prometheus, which holds them as what it scrapes.

    A block on disk, as promtool makes it, costs rules more: names are read from its index.

    Returns:
        The last moment, and how many series a machine has.
    """
    end = int(time.time()) // 60 * 60 - 60
    times = np.arange(end - MINUTES * 60, end + 1, SCRAPE_SECONDS, dtype=float)
    count = 0
    for number in range(machines):
        made = [
            Series(labels, times, np.round(value + pace * (times - times[0]), 3))
            for labels, value, pace in _series(number)
        ]
        count = len(made)
        write(url, made, None)
    return float(end), count


def _series(number: int) -> Iterator[tuple[dict[str, str], float, float]]:
    """The labels of each series of a machine, its first value, and what it grows by a second."""
    for text, value, pace in _written(number):
        name, _, labels = text.partition("{")
        yield {"__name__": name, **dict(_LABEL.findall(labels))}, value, pace


def _written(number: int) -> Iterator[tuple[str, float, float]]:
    """The same as pages have them."""
    machine = f'cluster="made",job="node",instance="machine-{number:04}"'
    for cpu in range(_CPUS):
        for mode in _MODES:
            pace = {"user": 0.2, "idle": 0.6}.get(mode, 0.03)
            yield f'node_cpu_seconds_total{{{machine},cpu="{cpu}",mode="{mode}"}}', number, pace
    for state, pace in (("busy", 0.34), ("idle", 0.6), ("iowait", 0.03), ("steal", 0.03)):
        yield f'perf_cpu_seconds_total{{{machine},state="{state}"}}', number, pace * _CPUS
    path = REPOSITORY / "prometheus/catalogue/machine.yml"
    for key, text in load_yaml(path.read_bytes(), str(path)).items():
        if key.startswith("cpu_"):
            continue
        name, _, labels = key.removeprefix("rate ").partition("{")
        begin = next((one for one in _SEVERAL if name.startswith(one)), "")
        for own in _SEVERAL.get(begin, [labels.rstrip("}")]):
            named = f"{name}{{{machine}{',' if own else ''}{own}}}"
            # A clock tells the time, which goes on.
            value = float(str(text).partition("+")[0])
            # What counts kills and errors has counted none on nine machines of ten.
            first = number if value or number % 10 == 0 else 0
            yield (named, first, value) if key.startswith("rate ") else (named, value, 0.0)
