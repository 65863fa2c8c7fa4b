"""Processes and threads by state."""

from __future__ import annotations

import subprocess
import sys

import pytest

from exporter.collecting import CollectorError
from exporter.collectors import processes
from tests.exporter.collectors.conftest import Write
from tests.exporter.conftest import Collect

LIMITS = {"proc/sys/kernel/threads-max": "7801\n", "proc/sys/kernel/pid_max": "123\n"}
SEVERAL = """
import threading, time
for _ in range(3):
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
print(flush=True)
input()
"""


def stat(pid: int, state: str, threads: int, name: str = "a) R (b") -> str:
    return f"{pid} ({name}) {state} " + "0 " * 16 + f"{threads} " + "0 " * 20 + "\n"


def test_processes(write: Write, collect: Collect) -> None:
    tree = write(
        {
            **LIMITS,
            "proc/1/stat": stat(1, "S", 1),
            "proc/7/stat": stat(7, "R", 3),
            "proc/7/task/7/stat": stat(7, "D", 3),
            "proc/7/task/8/stat": stat(8, "S", 3),
            "proc/7/task/9/stat": stat(9, "D", 3),
            # Of a process that ended while it was looked at, and what is no process.
            "proc/12/comm": "gone",
            "proc/self.txt": "",
        }
    )
    assert collect(processes.SPECIFICATION, tree) == {
        "node_processes_threads": 4,
        "node_processes_max_threads": 7801,
        'node_processes_state{state="R"}': 1,
        'node_processes_state{state="S"}': 1,
        'node_processes_threads_state{thread_state="D"}': 1,
        'node_processes_threads_state{thread_state="R"}': 1,
        'node_processes_threads_state{thread_state="S"}': 2,
        "node_processes_pids": 2,
        "node_processes_max_processes": 123,
    }


def test_the_processes_of_this_machine() -> None:
    command = [sys.executable, "-c", SEVERAL]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        tally = processes.look("/proc")
        process.communicate(b"\n")
    assert tally.threads - tally.processes.total() >= 3
    assert abs(tally.threads - tally.states.total()) < 20
    assert tally.processes["S"] + tally.processes["R"] > 1


def test_a_process_that_has_ended_costs_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    assert processes._read(f"/proc/{process.pid}/stat") is None
    assert processes._numbered(f"/proc/{process.pid}/task") == []


@pytest.mark.parametrize("text", ["", "1 (a) S 2 3", "1 (a) SS " + "0 " * 30, stat(1, "S", -1)])
def test_a_stat_that_is_none(text: str) -> None:
    with pytest.raises(CollectorError, match="/proc/PID/stat: "):
        processes.parse(text.encode())
