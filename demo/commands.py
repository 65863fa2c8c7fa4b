"""The commands of the demonstration: the product's own, run beside its servers."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from demo.servers import REPOSITORY, DemoServer
from demo.settings import DemoSettings
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.machines.inventory import InventoryMachine

PERFANALYSIS = (sys.executable, "-m", "perfanalysis")


def load_test(settings: DemoSettings, machine: InventoryMachine, servers: list[DemoServer]) -> None:
    """Run the load test that stands for one machine, in its own state folder.

    Raises:
        PerfAnalysisError: it failed, or a server died meanwhile.
    """
    # What stands for the machine is all that the run may use: with --cpus it had a part of one.
    pinned = ["taskset", "-c", usable_cpus(machine)] if machine.cpus else []
    command = [*pinned, *PERFANALYSIS, "loadtest", "run", "--machine", machine.name]
    # What it is goes into the result, so that a portal can find its price.
    command += ["--inventory", str(settings.inventory)]
    # A busy machine shows the chain as well; the document then says that it is not valid.
    command += ["--state-directory", str(settings.state(machine)), "--force"]
    run_beside(command + settings.loadtest_arguments, servers, f"load test of {machine.name}")


def usable_cpus(machine: InventoryMachine) -> str:
    """The machine's CPUs, or the first that we may use where CPU 0 is not ours (a cpuset)."""
    usable = os.sched_getaffinity(0)
    return str(min(usable)) if machine.cpus == "0" and 0 not in usable else machine.cpus


def reports(
    settings: DemoSettings,
    url: str,
    times: tuple[float, float],
    names: Sequence[str],
    servers: list[DemoServer],
) -> None:
    """Write the report's forms beside each other, over the range ``times`` (Unix seconds).

    Raises:
        PerfAnalysisError: the reporter failed, or a server died meanwhile.
    """
    command = [*PERFANALYSIS, "report", "--config", str(REPOSITORY / "demo" / "report.yaml")]
    command += ["--prometheus", url, "--from", f"{times[0]:.3f}", "--to", f"{times[1]:.3f}"]
    command += ["--quiet", "--output"]
    with ExitStack() as stack:
        processes = [
            stack.enter_context(_begun([*command, str(settings.output / n)])) for n in names
        ]
        for process, name in zip(processes, names, strict=True):
            _await(process, servers, name)


def run_beside(
    command: list[str], servers: list[DemoServer], what: str, output: int | None = None
) -> None:
    """Run a command to its end, while all servers must stay alive.

    Args:
        command: its words.
        servers: who must stay alive.
        what: what messages call it.
        output: an open file for what it prints; None: ours.

    Raises:
        PerfAnalysisError: the command failed or a server died; the command is then stopped.
    """
    with _begun(command, output) as process:
        _await(process, servers, what)


@contextmanager
def _begun(command: list[str], output: int | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the command, which is stopped at the end when it has not ended."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await(process: subprocess.Popen[bytes], servers: list[DemoServer], what: str) -> None:
    while True:
        try:
            status = process.wait(0.2)
            break
        except subprocess.TimeoutExpired:
            for server in servers:
                server.check()
    if status:
        raise PerfAnalysisError(f"{what} failed with status {status} (its message stands above)")
