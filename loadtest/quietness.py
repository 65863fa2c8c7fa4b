"""Whether the machine is quiet enough to be measured."""

from __future__ import annotations

import time
from collections.abc import Sequence

from loadtest.driving import proc_stat
from perfanalysis.errors import PerfAnalysisError

WINDOW_SECONDS = 0.3
WAIT_SECONDS = 3.0
BUSY_LIMIT = 0.25


def check(cpus: Sequence[int]) -> None:
    """Wait some seconds for a quiet moment of the CPUs that are to be measured.

    Raises:
        PerfAnalysisError: they stay busy with other work.
    """
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        before = proc_stat.read(cpus)
        time.sleep(WINDOW_SECONDS)
        use = proc_stat.use(proc_stat.read(cpus) - before)
        if use is None or use.busy_ratio <= BUSY_LIMIT:
            return
        if time.monotonic() >= deadline:
            raise PerfAnalysisError(
                f"the CPUs to be measured are {use.busy_ratio:.0%} busy with other work: stop it, "
                "or measure all the same with --force"
            )
