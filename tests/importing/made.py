"""A made capture of any length: the files of a fixture tree, with CPU times that grow."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tests.conftest import REPOSITORY

PROC = REPOSITORY / "tests" / "fixtures" / "exporter" / "firecracker-6.18" / "proc"
FILES = ("meminfo", "net/dev", "diskstats", "vmstat", "loadavg")
BEGIN, STEP = 1_700_000_000, 5
CPUS = 4


def record(time: int, subsystem: str, text: str) -> str:
    return json.dumps({"timestamp": time, "subsystem": subsystem, "measurement": text}) + "\n"


def stat(i: int) -> str:
    rows = [
        f"cpu{n} {100 + 90 * i} 5 {50 + 10 * i} {9000 + 400 * i} 3 0 1 0 0 0" for n in range(CPUS)
    ]
    interrupts = " ".join(["0"] * 900)
    return "\n".join(
        [*rows, f"intr {i} {interrupts}", f"ctxt {i}", "btime 1", f"processes {i}", ""]
    )


def write(path: Path, least_bytes: int) -> int:
    """Write a capture of at least that size; how many ticks it has."""
    fixed = [(f"/proc/{name}", (PROC / name).read_text()) for name in FILES]
    size = ticks = 0
    with path.open("w") as out:
        while size < least_bytes:
            time = BEGIN + STEP * ticks
            size += out.write(record(time, "/proc/stat", stat(ticks)))
            for name, text in fixed:
                size += out.write(record(time, name, text))
            ticks += 1
    return ticks


class Ended(NamedTuple):
    """How a process ended: status, what it printed, and the most memory it had, in bytes."""

    status: int
    said: str
    peak_bytes: int


# The kernel's own figure of a process that has ended counts the memory of the one that forked it.
MEASURED = """
import resource, sys
from perfanalysis.cli import run
status = run(sys.argv[1:])
peak = [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")][0]
print(max(int(peak), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(status)
"""


def run_measured(*arguments: str | Path) -> Ended:
    """Run the command in a process of its own; its children count, too."""
    command = [sys.executable, "-c", MEASURED, *map(str, arguments)]
    ended = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=REPOSITORY,
        text=True,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, int(ended.stdout.split()[-1]) * 1024)
