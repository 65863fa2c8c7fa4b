"""The workers of a run: one thread a CPU, pinned, each with its own memory, alive for the run."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

from cffi_burn.kernel import Kernel
from cffi_burn.worker import (
    Control,
    Pace,
    SliceBuffer,
    Worker,
    WorkerSlice,
    give_orders,
    now,
    stop_all,
)
from perfanalysis.errors import PerfAnalysisError

# Between the order to start and the common start, so that all workers are asleep and waiting: of
# all together, and for each of them, who must be woken.
LEAD_SECONDS = 0.003
LEAD_OF_EACH_SECONDS = 0.00005
# Of one wait of many, seconds.
LONGEST_WAIT = 10.0


def mixed(seed: int, number: int) -> int:
    """A seed of 64 bits, above 0, that has nothing in common with those of other numbers."""
    digest = hashlib.blake2b(f"{seed} {number}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) or 1


class CrewMember:
    """One thread and its worker, which waits for orders outside of Python.

    Args:
        kernel: what to run.
        cpu: where.
        instruction_set: the widest that the CPU has when empty.
        nice: the thread's niceness.
        core: the CPU's, see ``perfanalysis/machines/cpu_order.py``.
    """

    def __init__(
        self, kernel: Kernel, cpu: int, instruction_set: str, nice: int, core: int
    ) -> None:
        self.cpu = cpu
        self.core = core
        self.control = Control()
        self.buffer = SliceBuffer(0, 1)
        self.failure: OSError | None = None
        self._kernel = kernel
        self._instruction_set = instruction_set
        self._nice = nice
        self.memory = range(0)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"burn-{cpu}", daemon=True)

    def _work(self) -> None:
        try:
            if self._nice:
                # On Linux the niceness is each thread's own.
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), self._nice)
            worker = Worker(self._kernel, self.cpu, self._instruction_set, self.control)
        except OSError as error:
            self.failure = error
            self._ready.set()
            return
        self.memory = worker.memory
        self._ready.set()
        worker.serve(self.control)
        worker.close()

    @property
    def memory_bytes(self) -> int:
        """How much memory it is to have."""
        return self._kernel.memory_bytes

    def launch(self) -> None:
        """Start the thread; it then fills its memory."""
        self._thread.start()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until there is nothing under way; False when ``timeout`` seconds have passed."""
        if not self._ready.wait(timeout):
            return False
        deadline = None if timeout is None else now() + timeout
        while not self.control.wait(LONGEST_WAIT if deadline is None else deadline - now()):
            if deadline is not None and now() >= deadline:
                return False
        return True

    def prepare(self, pace: Pace, busy: float) -> None:
        """Write the order for one step at a busy share (0..1)."""
        self.buffer = SliceBuffer(pace.slices, self._kernel.grains_per_unit)
        self.control.set_busy(busy)
        self.control.prepare(pace, self.buffer)

    def slices(self) -> list[WorkerSlice]:
        """The complete slices of the present step, in order."""
        return [self.buffer.read(index) for index in range(self.control.slices_done)]

    def end(self) -> None:
        """Wait for the end of the thread, which was stopped."""
        if self._thread.ident is not None:
            self._thread.join()


class Crew:
    """All workers of a run; a context manager that leaves no thread behind.

    Args:
        kernel: what to run.
        cpus: one worker on each, in the order in which they are set to work.
        instruction_set: the widest that the CPU has when empty.
        nice: the workers' niceness; the caller keeps its own.
        cores: the core of each CPU; None: each has its own.
        memory: of each worker, bytes; None: the kernel's, of each.
        filling: called about ten times a second while the workers fill their memory, with the part
            of it that is filled (0..1); what it raises ends that.
    """

    def __init__(  # noqa: PLR0913 - what a crew is made of; the last five have their usual values
        self,
        kernel: Kernel,
        cpus: Sequence[int],
        instruction_set: str = "",
        nice: int = 0,
        *,
        cores: Sequence[int] | None = None,
        memory: Sequence[int] | None = None,
        filling: Callable[[float], None] = lambda _: None,
    ) -> None:
        self.kernel = kernel
        self._filling = filling
        sizes = memory if memory is not None else [kernel.memory_bytes] * len(cpus)
        self.members = [
            CrewMember(replace(kernel, memory_bytes=size), cpu, instruction_set, nice, core)
            for cpu, core, size in zip(cpus, cores or cpus, sizes, strict=True)
        ]

    def __enter__(self) -> Self:
        """Start all threads, and wait until their memory is filled.

        Raises:
            PerfAnalysisError: a CPU or memory was refused.
        """
        try:
            for member in self.members:
                member.launch()
            for member in self.members:
                # With a timeout, because a wait without one cannot be interrupted everywhere.
                while not member.wait(0.1):
                    self._filling(self._filled())
                if member.failure is not None:
                    raise PerfAnalysisError(
                        f"could not start a worker on CPU {member.cpu} with "
                        f"{member.memory_bytes} bytes of memory and the asked niceness: "
                        f"{member.failure.strerror}"
                    )
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _filled(self) -> float:
        """What part of all memory is filled, 0..1."""
        sizes = [member.memory_bytes for member in self.members]
        filled = [member.memory_bytes * member.control.filled for member in self.members]
        return sum(filled) / max(1, sum(sizes))

    def close(self) -> None:
        """Stop all workers, within one grain or cycle, and end their threads."""
        stop_all([member.control for member in self.members])
        for member in self.members:
            member.end()

    def begin(self, pace: Pace, busy: Sequence[float]) -> tuple[list[CrewMember], float]:
        """Start one round, as soon as all workers can be awake.

        Args:
            pace: the round's layout; its start does not count.
            busy: the share of each worker (0..1), in the crew's order; 0 leaves it out.

        Returns:
            The workers that take part, and when they begin (CLOCK_MONOTONIC, seconds).
        """
        started = []
        for number, (member, share) in enumerate(zip(self.members, busy, strict=False)):
            if share > 0:
                # Different seeds, or all CPUs would work and rest in step.
                member.prepare(replace(pace, seed=mixed(pace.seed, number)), share)
                started.append(member)
        lead = LEAD_SECONDS + LEAD_OF_EACH_SECONDS * len(started)
        return started, give_orders([member.control for member in started], lead)

    def correct(self, busy: Sequence[float]) -> None:
        """Change the busy shares of a round under way."""
        for member, share in zip(self.members, busy, strict=False):
            member.control.set_busy(share)
