"""Made captures: a small machine whose numbers are true, and ways to spoil them."""

from __future__ import annotations

import json
import re
from pathlib import Path

# Connections come and go, segments only come.
SNMP = "Tcp: CurrEstab InSegs\nTcp: {established} {segments}\n"
BEGIN = 1_700_000_000
STEP = 10

Texts = dict[str, str]

VMSTAT = """\
pgfault 1000 10
pgmajfault 10 1
pgscan_kswapd 500 5
pgsteal_kswapd 400 4
pgscan_direct 300 3
pgsteal_direct 200 2
pgscan_khugepaged 30 1
pgsteal_khugepaged 20 1
pgscan_proactive 30 1
pgsteal_proactive 20 1
pgscan_anon 300 3
pgsteal_anon 200 3
pgscan_file 560 6
pgsteal_file 440 5
numa_hint_faults 90 2
numa_hint_faults_local 80 1
compact_stall 9 1
compact_success 5 1
compact_fail 4 0
thp_fault_fallback 7 1
thp_fault_fallback_charge 5 0
nr_free_pages 100 0
"""
MEMINFO = {
    "MemTotal": 1000,
    "MemFree": 400,
    "MemAvailable": 600,
    "Cached": 100,
    "SwapTotal": 100,
    "SwapFree": 100,
    "HugePages_Total": 4,
    "HugePages_Free": 3,
    "Active": 300,
    "Active(anon)": 100,
    "Active(file)": 200,
    "Inactive": 70,
    "Inactive(anon)": 30,
    "Inactive(file)": 40,
    "Slab": 50,
    "SReclaimable": 30,
    "SUnreclaim": 20,
}


def tick(i: int) -> Texts:
    """The texts of one tick; counters have grown by what is possible in ``STEP`` seconds."""
    row = f"{500 + 100 * i} {40 + i} 300 {9000 + 800 * i} 50 0 0 {10 + i} 20 10"
    both = " ".join(str(2 * int(number)) for number in row.split())
    stat = f"cpu  {both}\ncpu0 {row}\ncpu1 {row}\nintr {90 + i} 1\nctxt {70 + i}\n"
    pressure = f"some avg10=0.00 avg60=0.00 avg300=0.00 total={2000 + 100 * i}\n"
    full = f"full avg10=0.00 avg60=0.00 avg300=0.00 total={1000 + 50 * i}\n"
    disk = f"   8  0 sda {100 + i} 0 800 50 {60 + i} 0 500 40 0 {90 + i} 90\n"
    unitless = ("HugePages_Total", "HugePages_Free")
    vmstat = (line.split() for line in VMSTAT.splitlines())
    space = {"mount_point": "/", "block_size": 4096, "blocks_total": 100}
    container = {"container_id": "c1", "cpu_usage_usec": 900 + i, "cpu_periods": 50 + i}
    return {
        "/proc/stat": f"{stat}btime 1\nprocesses {9 + i}\nprocs_running 2\nprocs_blocked 0\n",
        "/proc/meminfo": "".join(
            f"{name}: {number}{'' if name in unitless else ' kB'}\n"
            for name, number in MEMINFO.items()
        ),
        "/proc/vmstat": "".join(f"{name} {int(a) + i * int(b)}\n" for name, a, b in vmstat),
        "/proc/pressure/cpu": pressure,
        "/proc/pressure/io": pressure + full,
        "/proc/pressure/memory": pressure + full,
        "/proc/diskstats": disk,
        "/proc/net/snmp": SNMP.format(established=9 - i, segments=70 + i),
        "/proc/net/netstat": f"TcpExt: SyncookiesSent\nTcpExt: {3 + i}\n",
        "statfs[*]": json.dumps(space | {"blocks_free": 50, "blocks_available": 40}),
        "container/docker/c1": json.dumps(container | {"cpu_throttled": 20 + i}),
    }


def ticks() -> list[Texts]:
    """Three ticks of a well machine."""
    return [tick(i) for i in range(3)]


def with_number(text: str, field: str, number: int) -> str:
    """The text with another number behind a field's name."""
    spoilt, changed = re.subn(rf"(?m)^({re.escape(field)}:? +)\d+", rf"\g<1>{number}", text)
    assert changed == 1, field
    return spoilt


def with_column(text: str, row: str, column: int, number: int) -> str:
    """The text with another number in a column (from 0) of the line that begins with a word."""
    lines = text.splitlines()
    at = next(i for i, line in enumerate(lines) if line.split()[0] == row)
    words = lines[at].split()
    words[column + 1] = str(number)
    lines[at] = " ".join(words)
    return "\n".join(lines) + "\n"


def write_flat(path: Path, made: list[Texts], step: int = STEP) -> Path:
    """Write a flat capture."""
    lines = [
        json.dumps({"timestamp": BEGIN + step * i, "subsystem": name, "measurement": text})
        for i, texts in enumerate(made)
        for name, text in texts.items()
    ]
    path.write_text("\n".join(lines) + "\n")
    return path
