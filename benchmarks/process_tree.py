"""A command run to its end, and what it and its child processes cost."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from perfanalysis.errors import PerfAnalysisError

LOOK_SECONDS = 0.02
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Cost:
    """What a command cost, its child processes included.

    Attributes:
        seconds: from its start to its end.
        cpu_seconds: of all of its processes.
        peak_bytes: the most resident memory that they had at one moment, added up. Pages that
            two of them share are counted twice.
    """

    seconds: float
    cpu_seconds: float
    peak_bytes: float


def run_to_end(
    command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> Cost:
    """Run a command, and look at its processes fifty times a second.

    Args:
        command: its words.
        log: the file that takes what it prints.
        environment: None: ours.

    Raises:
        PerfAnalysisError: it failed; the message has the end of what it printed.
    """
    watch = _Watch()
    began = time.monotonic()
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, env=environment
        )
        looker = threading.Thread(target=watch.look, args=(process.pid,))
        looker.start()
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        watch.ended.set()
        looker.join()
    if process.returncode != 0:
        said = log.read_text(encoding="utf-8", errors="replace").strip()[-300:]
        raise PerfAnalysisError(f"{command[0]} failed ({process.returncode}): {said}")
    # A child that nobody waited for is missing in the first, one that has ended in the second.
    cpu = max(used.ru_utime + used.ru_stime, watch.cpu_seconds)
    return Cost(seconds, cpu, watch.peak_bytes)


class _Watch:
    """Looks at a process and its descendants until it is told to end."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.peak_bytes = 0.0
        self._ticks: dict[int, int] = {}

    @property
    def cpu_seconds(self) -> float:
        """CPU time of all processes that were seen, as of the last look at each."""
        return sum(self._ticks.values()) / _TICK

    def look(self, root: int) -> None:
        while True:
            resident = 0
            for pid in _family(root):
                try:
                    fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
                except OSError:
                    continue
                # proc_pid_stat(5): utime and stime are fields 14 and 15, rss is 24; 3 is the first.
                self._ticks[pid] = int(fields[11]) + int(fields[12])
                resident += int(fields[21]) * _PAGE
            self.peak_bytes = max(self.peak_bytes, resident)
            if self.ended.wait(LOOK_SECONDS):
                return


def _family(root: int) -> list[int]:
    """A process and its descendants (proc_pid_task_children(5))."""
    found = [root]
    for pid in found:
        try:
            for task in Path(f"/proc/{pid}/task").iterdir():
                found += [int(word) for word in (task / "children").read_bytes().split()]
        except OSError:
            continue
    return found
