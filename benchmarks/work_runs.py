"""Predicted work done on a part of this machine: so many units in each tick, and no level is held.

Replay follows a busy level, which it worked out by the same curves as the prediction: whether these
curves are right it cannot show. Here the units of each tick are done, in parts, and how busy the
CPUs were with them is counted. Each run is a process of its own, confined to its CPUs: ``python -m
benchmarks.work_runs``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.replay_runs import control_group
from cffi_burn.kernel import all_kernels
from cffi_burn.worker import Worker, now
from perfanalysis.errors import PerfAnalysisError

KERNEL = "integer"
TICK_SECONDS = 1.0
PARTS = 20
_LEAD = 0.2
COMMAND = [sys.executable, "-m", "perfanalysis", "loadtest", "run", "--json", "--quiet", "--force"]


def curve_of(folder: Path, cpus: Sequence[int]) -> dict[str, Any]:
    """A load test of these CPUs, before whatever else runs: its document.

    Raises:
        PerfAnalysisError: it failed.
    """
    listed = ",".join(map(str, cpus))
    words = ["--kernel", KERNEL, "--cloud", "off", "--no-ladder", "--cpus", listed]
    text = _before_others([*COMMAND, *words, "--state-directory", str(folder), "--wait", "600"])
    found: dict[str, Any] = json.loads(text)
    return found


def busy_with(units: Sequence[float], cpus: Sequence[int]) -> list[float]:
    """Busy ratios of the CPUs while they do so many units in each tick; above 1: it took longer.

    Raises:
        PerfAnalysisError: it failed.
    """
    orders = json.dumps({"units": list(units), "cpus": list(cpus)})
    found: list[float] = json.loads(
        _before_others([sys.executable, "-m", "benchmarks.work_runs", orders])
    )
    return found


def _before_others(command: Sequence[str]) -> str:
    with control_group(None) as groups:
        join = "".join(f'echo $$ > "{group}/cgroup.procs" && ' for group in groups)
        done = subprocess.run(
            ["sh", "-c", f'{join}exec "$@"', "sh", *command],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        raise PerfAnalysisError(f"{command[2]}: {done.stderr.strip()[-300:]}")
    return done.stdout


class _Doing(threading.Thread):
    """One CPU's part of the work; ``cpu_seconds`` by tick, of this thread alone."""

    def __init__(self, cpu: int, units: Sequence[float], begin: float) -> None:
        super().__init__()
        self._cpu, self._units, self._begin = cpu, units, begin
        self.cpu_seconds: list[float] = []

    def run(self) -> None:
        """See ``threading.Thread``."""
        kernel = all_kernels()[KERNEL]
        worker = Worker(kernel, self._cpu)
        owed = 0.0
        for number, units in enumerate(self._units):
            spent = 0.0
            for part in range(PARTS):
                at = self._begin + (number + part / PARTS) * TICK_SECONDS
                time.sleep(max(0.0, at - now()))
                owed += units * TICK_SECONDS * kernel.grains_per_unit / PARTS
                whole = int(owed)
                owed -= whole
                if whole:
                    # The loop's own time is no work.
                    began = time.thread_time()
                    worker.run(whole)
                    spent += time.thread_time() - began
            self.cpu_seconds.append(spent)
        worker.close()


def main(text: str) -> None:
    """Carry out orders, and print busy ratios as JSON."""
    orders = json.loads(text)
    cpus, begin = orders["cpus"], now() + _LEAD
    os.sched_setaffinity(0, cpus)
    share = [units / len(cpus) for units in orders["units"]]
    workers = [_Doing(cpu, share, begin) for cpu in cpus]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    ticks = zip(*(worker.cpu_seconds for worker in workers), strict=True)
    busy = [sum(tick) / len(cpus) / TICK_SECONDS for tick in ticks]
    sys.stdout.write(json.dumps(busy))


if __name__ == "__main__":
    main(sys.argv[1])
