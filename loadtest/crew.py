"""The workers of a run: one thread a CPU, pinned, each with its own memory, alive for the run."""

from __future__ import annotations

import hashlib
import os
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

from cffi_burn.kernel import Kernel
from cffi_burn.worker import Control, Pace, SliceBuffer, Worker, WorkerSlice, now
from perfanalysis.errors import PerfAnalysisError

# Between the order to start and the common start, so that all workers are asleep and waiting.
LEAD_SECONDS = 0.003


def mixed(seed: int, number: int) -> int:
    """A seed of 64 bits, above 0, that has nothing in common with those of other numbers."""
    digest = hashlib.blake2b(f"{seed} {number}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) or 1


class CrewMember:
    """One thread and its worker; orders come through a queue.

    Args:
        kernel: what to run.
        cpu: where.
        instruction_set: the widest that the CPU has when empty.
        nice: the thread's niceness.
    """

    def __init__(self, kernel: Kernel, cpu: int, instruction_set: str, nice: int) -> None:
        self.cpu = cpu
        self.control = Control()
        self.buffer = SliceBuffer(0, 1)
        self.failure: OSError | None = None
        self._kernel = kernel
        self._instruction_set = instruction_set
        self._nice = nice
        self.memory = range(0)
        self._orders: queue.SimpleQueue[Pace | None] = queue.SimpleQueue()
        self._idle = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"burn-{cpu}", daemon=True)

    def _work(self) -> None:
        try:
            if self._nice:
                # On Linux the niceness is each thread's own.
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), self._nice)
            worker = Worker(self._kernel, self.cpu, self._instruction_set, self.control)
        except OSError as error:
            self.failure = error
            self._idle.set()
            return
        self.memory = worker.memory
        self._idle.set()
        while (pace := self._orders.get()) is not None:
            worker.pace(pace, self.control, self.buffer)
            self._idle.set()
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
        return self._idle.wait(timeout)

    def begin(self, pace: Pace, busy: float) -> None:
        """Give the order for one step at a busy share (0..1)."""
        self.buffer = SliceBuffer(pace.slices, self._kernel.grains_per_unit)
        self.control.restart()
        self.control.set_busy(busy)
        self._idle.clear()
        self._orders.put(pace)

    def slices(self) -> list[WorkerSlice]:
        """The complete slices of the present step, in order."""
        return [self.buffer.read(index) for index in range(self.control.slices_done)]

    def end(self) -> None:
        """Stop at once, and end the thread."""
        self.control.stop()
        self._orders.put(None)
        if self._thread.ident is not None:
            self._thread.join()


class Crew:
    """All workers of a run; a context manager that leaves no thread behind.

    Args:
        kernel: what to run.
        cpus: one worker on each.
        instruction_set: the widest that the CPU has when empty.
        nice: the workers' niceness; the caller keeps its own.
        memory: of each worker, bytes; None: the kernel's, of each.
        filling: called about ten times a second while the workers fill their memory, with the part
            of it that is filled (0..1); what it raises ends that.
    """

    def __init__(  # noqa: PLR0913 - what a crew is made of; the last four have their usual values
        self,
        kernel: Kernel,
        cpus: Sequence[int],
        instruction_set: str = "",
        nice: int = 0,
        *,
        memory: Sequence[int] | None = None,
        filling: Callable[[float], None] = lambda _: None,
    ) -> None:
        self.kernel = kernel
        self._filling = filling
        sizes = memory if memory is not None else [kernel.memory_bytes] * len(cpus)
        self.members = [
            CrewMember(replace(kernel, memory_bytes=size), cpu, instruction_set, nice)
            for cpu, size in zip(cpus, sizes, strict=True)
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
        for member in self.members:
            member.control.stop()
        for member in self.members:
            member.end()

    def begin(self, pace: Pace, busy: Sequence[float]) -> list[CrewMember]:
        """Start one round.

        Args:
            pace: the round's layout.
            busy: the share of each worker (0..1), in the crew's order; 0 leaves it out.

        Returns:
            The workers that take part.
        """
        started = []
        for number, (member, share) in enumerate(zip(self.members, busy, strict=False)):
            if share > 0:
                # Different seeds, or all CPUs would work and rest in step.
                member.begin(replace(pace, seed=mixed(pace.seed, number)), share)
                started.append(member)
        return started

    def correct(self, busy: Sequence[float]) -> None:
        """Change the busy shares of a round under way."""
        for member, share in zip(self.members, busy, strict=False):
            member.control.set_busy(share)

    def start_time(self) -> float:
        """A start (CLOCK_MONOTONIC, seconds) that all workers can meet."""
        return now() + LEAD_SECONDS
