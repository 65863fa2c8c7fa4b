"""A worker: one thread, pinned to one CPU, that runs a kernel."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cffi_burn._burn import ffi, lib
from cffi_burn.kernel import Kernel

NANOSECONDS = 1_000_000_000


@dataclass(frozen=True)
class WorkerSlice:
    """What one worker did in one slice of a step; times are seconds, starts of CLOCK_MONOTONIC.

    Attributes:
        start: when the slice began.
        duration: wall time.
        busy: wall time inside of quanta of work.
        cpu_time: CPU time of the worker's thread; less than ``busy`` when others took the CPU.
        units: work units, in floating point.
        involuntary_switches: how often the thread was made to give up the CPU.
        cpu: where the slice ended.
        waited: by how much it began late because the thread was ready, but not let run: other
            threads had the CPU. Known of a step's first slice only, 0 of all others.
    """

    start: float
    duration: float
    busy: float
    cpu_time: float
    units: float
    involuntary_switches: int
    cpu: int
    waited: float = 0.0


@dataclass(frozen=True)
class Pace:
    """A step as its workers run it: slices of equal length from a common start.

    Attributes:
        start: CLOCK_MONOTONIC, seconds.
        slice_seconds: length of a slice.
        slices: how many.
        cycle: length of a cycle, seconds; each holds one quantum of work.
        seed: of the quanta's places; above 0.
    """

    start: float
    slice_seconds: float
    slices: int
    cycle: float
    seed: int


def now() -> float:
    """CLOCK_MONOTONIC in seconds, as the workers read it."""
    return float(lib.burn_now_ns()) / NANOSECONDS


class Control:
    """What a running worker listens to, and says; safe to use from another thread."""

    def __init__(self) -> None:
        self._c: Any = ffi.new("struct burn_control *")

    def set_busy(self, ratio: float) -> None:
        """Ask for this share of time from the next cycle on (0..1)."""
        self._c.busy_ppm = round(ratio * 1_000_000)

    def stop(self) -> None:
        """Make the worker return within one grain or cycle; it stays so."""
        stop_all([self])

    @property
    def filled(self) -> float:
        """What part of its memory a worker that is being made has filled, 0..1."""
        return int(self._c.filled_ppm) / 1_000_000

    @property
    def slices_done(self) -> int:
        """How many slices of the present step are complete."""
        return int(self._c.slices_done)

    def prepare(self, pace: Pace, slices: SliceBuffer) -> None:
        """Write down the next step, for ``give_orders``; the worker must be idle.

        Args:
            pace: how it is run.
            slices: where they go; they must live until the step is over.
        """
        self._c.slices_done = 0
        _write(self._c.pace, pace)
        self._c.slices = slices._c

    def wait(self, timeout: float) -> bool:
        """Whether the worker has carried out its order, after so many seconds at most.

        It also returns when a signal comes, so that Python can see to it.
        """
        return bool(lib.burn_wait(self._c, max(0, round(timeout * NANOSECONDS))))


def give_orders(controls: Sequence[Control], lead: float) -> float:
    """Wake the workers of some controls for the steps that were written down there.

    None of them needs the interpreter's lock to start.

    Args:
        controls: of the workers.
        lead: seconds until all of them begin; the start of their ``Pace`` does not count.

    Returns:
        When they begin, CLOCK_MONOTONIC, seconds.
    """
    start = lib.burn_order(_pointers(controls), len(controls), round(lead * NANOSECONDS))
    return float(start) / NANOSECONDS


def stop_all(controls: Sequence[Control]) -> None:
    """Make all these workers return within one grain or cycle; it stays so."""
    lib.burn_stop(_pointers(controls), len(controls))


def _pointers(controls: Sequence[Control]) -> Any:
    return ffi.new("struct burn_control *[]", [control._c for control in controls])


def _write(target: Any, pace: Pace) -> None:
    target.start_ns = round(pace.start * NANOSECONDS)
    target.slice_ns = round(pace.slice_seconds * NANOSECONDS)
    target.cycle_ns = round(pace.cycle * NANOSECONDS)
    target.slices = pace.slices
    target.seed = pace.seed


class SpendingLimit:
    """When a stretch of work ends at the latest; safe to change from another thread."""

    def __init__(self) -> None:
        self._c: Any = ffi.new("struct burn_limit *")

    def until(self, deadline: float) -> None:
        """End it at that moment (CLOCK_MONOTONIC, seconds)."""
        self._c.deadline_ns = round(deadline * NANOSECONDS)

    def stop(self) -> None:
        """End it within one grain; it stays so."""
        self._c.stop = 1


class SliceBuffer:
    """The array into which a worker writes its slices; readable while the worker runs."""

    def __init__(self, slices: int, grains_per_unit: int) -> None:
        self._c: Any = ffi.new("struct burn_slice[]", slices)
        self._grains_per_unit = grains_per_unit

    def read(self, index: int) -> WorkerSlice:
        """One slice; only those that ``Control.slices_done`` counts are complete."""
        entry = self._c[index]
        return WorkerSlice(
            start=entry.start_ns / NANOSECONDS,
            duration=entry.duration_ns / NANOSECONDS,
            busy=entry.busy_ns / NANOSECONDS,
            cpu_time=entry.cpu_ns / NANOSECONDS,
            units=entry.grains / self._grains_per_unit,
            involuntary_switches=entry.involuntary_switches,
            cpu=entry.cpu,
            waited=entry.waited_ns / NANOSECONDS,
        )


class Worker:
    """A kernel's memory, and the calling thread pinned to run it.

    All methods must be called by the thread that made it. The GIL is released while it works.

    Args:
        kernel: what to run.
        cpu: where; -1 leaves the thread unpinned.
        instruction_set: one of ``kernel.instruction_sets``; the widest when empty.
        control: says how far the memory is filled, and may stop that; None: nobody asks.

    Raises:
        OSError: the CPU is not ours, there is not enough memory, or the control stopped it.
        ValueError: this CPU does not have that instruction set.
    """

    def __init__(
        self,
        kernel: Kernel,
        cpu: int = -1,
        instruction_set: str = "",
        control: Control | None = None,
    ) -> None:
        self.kernel = kernel
        variant = kernel.instruction_sets.index(instruction_set) if instruction_set else 0
        error = ffi.new("int *")
        said = ffi.NULL if control is None else control._c
        self._c: Any = lib.burn_open(kernel.number, variant, kernel.memory_bytes, cpu, said, error)
        if self._c == ffi.NULL:
            raise OSError(error[0], os.strerror(error[0]))

    @property
    def memory(self) -> range:
        """The addresses of its memory."""
        start = int(lib.burn_address(self._c))
        return range(start, start + self.kernel.memory_bytes)

    def run(self, grains: int) -> int:
        """Run that many grains now; returns the checksum of all grains since the start."""
        return int(lib.burn_run(self._c, grains))

    def pace(self, pace: Pace, control: Control, slices: SliceBuffer) -> int:
        """Run one step; returns how many slices are complete: fewer than asked when stopped."""
        c_pace = ffi.new("struct burn_pace *")
        _write(c_pace, pace)
        return int(lib.burn_run_pace(self._c, c_pace, control._c, slices._c))

    def spend(self, cpu_seconds: float, limit: SpendingLimit) -> float:
        """Work for so much CPU time, to within one grain, or up to the limit.

        Returns:
            The CPU time that it took, seconds.
        """
        used = lib.burn_spend(self._c, round(cpu_seconds * NANOSECONDS), limit._c)
        return int(used) / NANOSECONDS

    def serve(self, control: Control) -> None:
        """Carry out the orders that ``give_orders`` gives, until the control stops it."""
        lib.burn_serve(self._c, control._c)

    def close(self) -> None:
        """Give the memory back; the worker must not be used again."""
        if self._c != ffi.NULL:
            lib.burn_close(self._c)
            self._c = ffi.NULL
