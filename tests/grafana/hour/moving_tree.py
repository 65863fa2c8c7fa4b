"""The files of a machine at a moment: counters that never run backwards, at paces of their own."""

from __future__ import annotations

import math
from pathlib import Path

from benchmarks.made_tree import make_tree
from benchmarks.made_tree.fields import NETSTAT, SNMP, VMSTAT
from benchmarks.made_tree.shape import TreeShape
from tests.exporter.collectors.cgroup.trees import container_id, docker_name, version_2, write

HOUR = 3600.0
TICKS = 100
CONTAINERS = ("shop", "search", "batch")
POD = "/kubepods.slice/kubepods-pod3b9f2c4e_1d5a_4e8b_9c7d_0a1b2c3d4e5f.slice"
# When a process is killed for lack of memory, in the pod.
# Late enough to be an alert at the hour's end.
KILL = 0.85 * HOUR
MEMORY_KB = 16 * 1024**2
# The machine that contradicts itself does so for ten minutes in the middle.
WRONG = (1500.0, 2100.0)
# From then on, a file of it says nothing that a collector understands.
SPOILT = 3000.0


def worked(second: float) -> float:
    """Seconds of work up to a moment, where work goes up and down twice in the hour."""
    wave = 2 * math.pi / (HOUR / 2)
    return second + 0.3 * (1 - math.cos(wave * second)) / wave


class MovingTree:
    """One machine's ``proc``, ``sys`` and ``root``.

    Args:
        folder: an empty folder.
        cpus: how many CPUs it has.
        busy: its mean busy ratio, 0..1.
        contradicts: whether its files say what cannot be true for a while.
    """

    def __init__(self, folder: Path, cpus: int, busy: float, *, contradicts: bool) -> None:
        self.tree = make_tree(folder, TreeShape(cpus=cpus, disks=2, interfaces=2, mounts=3))
        self._proc = folder / "proc"
        self._cgroup = folder / "sys/fs/cgroup/system.slice"
        self._pod = folder / "sys/fs/cgroup" / POD.strip("/")
        self._cpus = cpus
        self._busy = busy
        self._contradicts = contradicts
        names = {f"docker-{container_id(n)}.scope": n for n in range(1, len(CONTAINERS) + 1)}
        groups = {f"/system.slice/{name}": n for name, n in names.items()}
        version_2(folder / "sys", groups | {POD: 2})
        for n, name in enumerate(CONTAINERS, 1):
            docker_name(folder / "root", container_id(n), name, {})

    def move(self, second: float) -> None:
        """Write what is shown ``second`` seconds after the beginning."""
        done = self._busy * worked(second)
        files = {
            "stat": self._stat(second, done),
            "schedstat": self._schedstat(done),
            "vmstat": self._vmstat(second, done),
            "meminfo": self._meminfo(second),
            "loadavg": f"{self._cpus * self._share(second):.2f} 1.00 1.00 3/900 4242\n",
            "diskstats": self._diskstats(done),
            "net/dev": _net_dev(done),
            "net/netstat": _groups(NETSTAT, done),
            "net/snmp": _groups(SNMP, done),
            "net/softnet_stat": self._softnet(second, done),
            **{
                f"pressure/{name}": _pressure(share * done)
                for name, share in (("cpu", 0.4), ("memory", 0.02), ("io", 0.1))
            },
        }
        for name, text in files.items():
            (self._proc / name).write_text(text)
        for n in range(1, len(CONTAINERS) + 1):
            write(self._cgroup / f"docker-{container_id(n)}.scope", _group(n, second, done))
        events = f"max 0\noom_kill {int(second >= KILL)}\n"
        write(self._pod, _group(2, second, done) | {"memory.events": events})

    def _share(self, second: float) -> float:
        return self._busy * (worked(second + 1) - worked(second))

    def _stat(self, second: float, done: float) -> str:
        rows = []
        for cpu in range(self._cpus):
            busy = done * (1 + 0.1 * math.sin(cpu))
            parts = [0.6, 0.05, 0.2, 0.0, 0.03, 0.01, 0.03, 0.02]  # user .. steal
            row = [int(TICKS * busy * part) + 1000 for part in parts]
            row[3] = int(TICKS * (second - busy * sum(parts))) + 1000
            rows.append([*row, 0, 0])
        total = [sum(column) for column in zip(*rows, strict=True)]
        lines = ["cpu  " + " ".join(map(str, total))]
        lines += [f"cpu{n} " + " ".join(map(str, row)) for n, row in enumerate(rows)]
        lines += [
            f"intr {int(done * 900)} 0",
            f"ctxt {int(done * 4000)}",
            "btime 1760000000",
            f"processes {int(done * 3) + 100}",
            "procs_running 2",
            "procs_blocked 0",
            "softirq " + " ".join(str(int(done * 50)) for _ in range(11)),
        ]
        return "\n".join(lines) + "\n"

    def _schedstat(self, done: float) -> str:
        lines = ["version 17", "timestamp 1"]
        for cpu in range(self._cpus):
            ran, waited = int(done * 1e9), int(done * 1e8)
            lines.append(f"cpu{cpu} 0 0 0 0 0 0 {ran} {waited} {int(done * 100)}")
        return "\n".join(lines) + "\n"

    def _vmstat(self, second: float, done: float) -> str:
        values = {}
        for name in VMSTAT:
            gauge = name.startswith("nr_") or name == "workingset_nodes"
            values[name] = 1000 if gauge else int(done * 5)
        values["pgfault"] = int(done * 900)
        values["pgscan_kswapd"] = values["pgscan_direct"] = int(done * 40)
        values["pgsteal_kswapd"] = values["pgsteal_direct"] = int(done * 30)
        values["pgscan_anon"] = values["pgscan_file"] = int(done * 60)
        values["pgsteal_anon"] = values["pgsteal_file"] = int(done * 40)
        values["compact_stall"] = int(done * 2)
        values["compact_success"] = int(done)
        values["compact_fail"] = int(done / 2)
        values["oom_kill"] = int(second >= KILL)
        return "".join(f"{name} {value}\n" for name, value in values.items())

    def _meminfo(self, second: float) -> str:
        available = int(MEMORY_KB * (0.9 - self._share(second) / 2))
        if self._contradicts and WRONG[0] <= second < WRONG[1]:
            available = MEMORY_KB + 4
        share = MEMORY_KB // 100
        values = {
            "MemTotal": MEMORY_KB,
            "MemFree": available // 2,
            "MemAvailable": available,
            "Buffers": share,
            "Cached": 20 * share,
            "SwapTotal": 10 * share,
            "SwapFree": 9 * share,
            "Slab": 4 * share,
            "SReclaimable": 3 * share,
            "SUnreclaim": share,
            "Dirty": int(share * self._share(second)),
            "Writeback": int(share * self._share(second) / 10),
        }
        return "".join(f"{name + ':':<16}{value:>10} kB\n" for name, value in values.items())

    def _diskstats(self, done: float) -> str:
        lines = []
        for n, name in enumerate(self.tree.shape.disk_names):
            fast = done / (n + 1)
            reads, writes = int(fast * 50), int(fast * 80)
            row = [reads, 0, reads * 16, reads * 2, writes, 0, writes * 32, writes * 3, 0]
            row += [int(fast * 300), int(fast * 900), 0, 0, 0, 0, 0, 0]
            lines.append(f"   8 {n * 16:7} {name} " + " ".join(map(str, row)))
        return "\n".join(lines) + "\n"

    def _softnet(self, second: float, done: float) -> str:
        if self._contradicts and second >= SPOILT:
            return "spoilt\n"
        rows = []
        for cpu in range(self._cpus):
            row = [int(done * 200), int(done / 900), int(done / 60), *[0] * 9, cpu, 0, 0]
            rows.append(" ".join(f"{value:08x}" for value in row))
        return "\n".join(rows) + "\n"


def _net_dev(done: float) -> str:
    lines = ["Inter-|   Receive |  Transmit", " face |bytes packets |bytes packets"]
    for n, name in enumerate(("eth0", "eth1")):
        packets = int(done * 3000 / (n + 1))
        way = [packets * 700, packets, int(done / 50), int(done / 20), 0, 0, 0, 0]
        lines.append(f"{name:>6}: " + " ".join(map(str, way + way)))
    return "\n".join(lines) + "\n"


def _groups(fields: dict[str, list[str]], done: float) -> str:
    lines = []
    for group, names in fields.items():
        values = {name: int(done * (3 + i % 5)) for i, name in enumerate(names)}
        if group == "Tcp":
            values |= {"OutSegs": int(done * 2000), "RetransSegs": int(done * 4)}
            values |= {"CurrEstab": 120, "RtoAlgorithm": 1, "RtoMin": 200, "MaxConn": -1}
        lines += [f"{group}: {' '.join(values)}", f"{group}: {' '.join(map(str, values.values()))}"]
    return "\n".join(lines) + "\n"


def _pressure(seconds: float) -> str:
    return "".join(
        f"{kind} avg10=0.10 avg60=0.10 avg300=0.10 total={int(part * seconds * 1e6)}\n"
        for kind, part in (("some", 1.0), ("full", 0.3))
    )


def _group(number: int, second: float, done: float) -> dict[str, str]:
    used = int(done * 1e6 * number / 8)
    periods = int(second * 10)
    held = int(done * number)
    read, written = int(held * 9e4), int(held * 7e4)
    return {
        "cpu.stat": (
            f"usage_usec {used}\nuser_usec {used // 2}\nsystem_usec {used // 4}\nnice_usec 0\n"
            f"nr_periods {periods}\nnr_throttled {held}\nthrottled_usec {held * 10000}\n"
            "nr_bursts 0\n"
        ),
        "cgroup.procs": "".join(f"{pid}\n" for pid in range(100, 100 + number)),
        "cpu.pressure": _pressure(done * number / 60),
        "memory.pressure": _pressure(done * number / 270),
        "io.pressure": _pressure(done * number / 150),
        "memory.current": f"{number * 200 * 1024**2}\n",
        "memory.max": f"{number * 256 * 1024**2}\n",
        "memory.stat": "anon 1000000\nfile 2000000\ninactive_file 1500000\npgmajfault 3\n",
        "io.stat": f"8:0 rbytes={read} wbytes={written} rios=1 wios=2\n",
    }
