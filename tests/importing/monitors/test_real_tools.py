"""The monitors that this machine has, run now: what they print is read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from perfanalysis.recordings.recording import Recording
from tests.importing.monitors.reading import recorded
from workload.usage_of import usage_of

CPUS = os.cpu_count() or 1
FLAGS = ("--machine=m", f"--cpus={CPUS}", "--timezone=UTC")
ENVIRONMENT = {
    **os.environ,
    "TZ": "UTC",
    "LC_ALL": "C",
    # Debian's PCP has its modules for Debian's Python.
    "PATH": f"/usr/bin:{os.environ['PATH']}",
}


def program(name: str, *elsewhere: str) -> str:
    """Where a program is; the test is skipped where it is not."""
    found = shutil.which(name, path=os.pathsep.join([os.environ["PATH"], *elsewhere]))
    if found is None:
        pytest.skip(f"{name} is not on this machine")
    return found


def output_of(*words: str) -> bytes:
    ended = subprocess.run(words, stdout=subprocess.PIPE, env=ENVIRONMENT, timeout=60, check=True)
    return ended.stdout


def outputs_of(commands: list[list[str]]) -> list[bytes]:
    """What commands print that run side by side, since each waits for most of its time."""
    with ThreadPoolExecutor() as pool:
        return list(pool.map(lambda words: output_of(*words), commands))


def check(recording: Recording, *, intervals: int, cpu: bool = True) -> None:
    """That a recording is of this machine, just now."""
    usage = usage_of(recording)
    assert len(usage.busy) >= intervals
    if cpu:
        assert np.nanmax(usage.cpus) == CPUS
        assert np.isfinite(usage.busy).sum() >= intervals
        assert ((usage.busy >= 0) & (usage.busy <= 1) | np.isnan(usage.busy)).all()
    free = next(iter(recording.of("node_memory_MemFree_bytes").values()))
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    assert 0 < np.nanmax(free) <= total


def test_sysstat(tmp_path: Path) -> None:
    sadc, sadf = program("sadc", "/usr/lib/sysstat", "/usr/lib64/sa"), program("sadf")
    output_of(sadc, "-S", "XALL", "1", "3", str(tmp_path / "sa"))
    for i, flags in enumerate((["-A"], ["-u", "-r"], ["-u", "ALL", "-r", "-P", "ALL"])):
        path = tmp_path / f"{i}.json"
        path.write_bytes(output_of(sadf, "-j", str(tmp_path / "sa"), "--", *flags))
        check(recorded(path, tmp_path, *FLAGS), intervals=2)


def test_vmstat(tmp_path: Path) -> None:
    vmstat = program("vmstat")
    shapes = (["-t"], ["-t", "-w"], ["-t", "-a"])
    printed = outputs_of([[vmstat, *flags, "1", "3"] for flags in shapes])
    for i, text in enumerate(printed):
        path = tmp_path / f"vmstat{i}.txt"
        path.write_bytes(text)
        check(recorded(path, tmp_path, *FLAGS), intervals=2)


def test_atop(tmp_path: Path) -> None:
    atop = program("atop")
    output_of(atop, "-w", str(tmp_path / "raw"), "1", "3")
    for kind in ("-P", "-J"):
        path = tmp_path / f"atop{kind}"
        labels = "CPU,cpu,CPL,MEM,SWP,PAG,PSI,DSK,NET"
        path.write_bytes(output_of(atop, "-r", str(tmp_path / "raw"), kind, labels))
        check(recorded(path, tmp_path, *FLAGS), intervals=2)


def test_dool(tmp_path: Path) -> None:
    dool = program("dool", str(Path(sys.executable).parent))
    paths = [tmp_path / f"{i}.csv" for i in range(2)]
    shapes = (["-t"], ["--epoch", "--bytes", "-C", "total,0"])
    pairs = zip(paths, shapes, strict=True)
    outputs_of(
        [[dool, *flags, "-cmdnly", "--output", str(path), "1", "3"] for path, flags in pairs]
    )
    for i, path in enumerate(paths):
        recording = recorded(path, tmp_path, "--machine=m", f"--cpus={CPUS}")
        check(recording, intervals=2, cpu=i == 0)


def test_pcp(tmp_path: Path) -> None:
    pcp2json = program("pcp2json")
    metrics = ["kernel.percpu.cpu", "hinv.ncpu", "mem.util.free", "mem.physmem", "kernel.all.load"]
    words = [pcp2json, "--local-PMDA", "-s", "3", "-t", "1", "-Z", "UTC"]
    try:
        printed = outputs_of([[*words, *flags, *metrics] for flags in ([], ["--raw", "-E"])])
    except subprocess.CalledProcessError:
        pytest.skip("PCP is here, and its agent for Linux cannot be asked")
    for i, text in enumerate(printed):
        path = tmp_path / f"{i}.json"
        path.write_bytes(text)
        check(recorded(path, tmp_path, *FLAGS), intervals=2)
