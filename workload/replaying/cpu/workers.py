"""One thread a CPU, pinned, that spends the CPU time that it is told to: plain work, and calls."""

from __future__ import annotations

import random
import threading
import time

from cffi_burn.kernel import Kernel
from cffi_burn.worker import SpendingLimit, Worker, now
from workload.replaying.owing import CpuShare

# A sleep wakes late by some tens of microseconds, in a virtual machine at times by more.
WAKE_MARGIN = 0.0003
# Of a wait for orders, seconds.
LONGEST_WAIT = 0.5
# What a share that takes all the time may go on for when nobody says anything.
FULL_AHEAD = 0.25


class CpuWorker:
    """One CPU's worker.

    Args:
        plain: kernel of plain work.
        calls: kernel of system calls.
        cpu: where.
    """

    def __init__(self, plain: Kernel, calls: Kernel, cpu: int) -> None:
        self.cpu = cpu
        self.failure: OSError | None = None
        self.ready = threading.Event()
        self._kernels = (plain, calls)
        self._condition = threading.Condition()
        self._limit = SpendingLimit()
        self._order: tuple[float, CpuShare] | None = None
        self._full: CpuShare | None = None
        self._clock: int | None = None
        self._spent_in_all = 0.0
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name=f"replay-{cpu}", daemon=True)

    def launch(self) -> None:
        """Start the thread."""
        self._thread.start()

    def order(self, begin: float, end: float, share: CpuShare) -> None:
        """What to do between two moments (CLOCK_MONOTONIC); the last order counts."""
        with self._condition:
            going_on = self._full is not None and share.full
            self._full = share if share.full else None
            if going_on:
                self._limit.until(end + FULL_AHEAD)
                return
            # What is still under way is taken into account by whoever gives this order.
            self._limit.until(begin)
            self._order = (end, share)
            self._condition.notify()

    @property
    def spent(self) -> float:
        """CPU time of its thread so far, seconds."""
        clock = self._clock
        try:
            return self._spent_in_all if clock is None else time.clock_gettime(clock)
        except OSError:
            # It ended between the two.
            return self._spent_in_all

    def stop(self) -> None:
        """End what it does, within one grain."""
        with self._condition:
            self._stopped = True
            self._limit.stop()
            self._condition.notify()

    def join(self) -> None:
        """Wait for its end."""
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        # A thread's clock is there as long as the thread is: nobody else can tell how long.
        self._clock = time.pthread_getcpuclockid(threading.get_ident())
        try:
            self._work()
        finally:
            self._spent_in_all = time.thread_time()
            self._clock = None

    def _work(self) -> None:
        try:
            plain, calls = (
                Worker(kernel, cpu)
                for kernel, cpu in zip(self._kernels, (self.cpu, -1), strict=True)
            )
        except OSError as error:
            self.failure = error
            return
        finally:
            self.ready.set()
        # Both touch their memory here, and not in the first tick.
        plain.run(1)
        calls.run(1)
        places = random.Random(self.cpu)  # noqa: S311 - places of quanta, not secrets
        while (order := self._next()) is not None:
            self._carry_out(plain, calls, order, places)
        plain.close()
        calls.close()

    def _next(self) -> tuple[float, CpuShare] | None:
        with self._condition:
            while self._order is None and not self._stopped:
                self._condition.wait(LONGEST_WAIT)
            order, self._order = self._order, None
            return None if self._stopped else order

    def _carry_out(
        self, plain: Worker, calls: Worker, order: tuple[float, CpuShare], places: random.Random
    ) -> None:
        end, share = order
        if share.full:
            self._go_on(plain, calls, end)
            return
        room = end - now() - share.user - share.system - WAKE_MARGIN
        if room > WAKE_MARGIN and share.user + share.system > 0:
            # At a random place: the load does not lock to the kernel's tick.
            time.sleep(places.random() * room)
        if not self._begins(end):
            return
        work = [(plain, share.user), (calls, share.system)]
        if places.random() < 1 / 2:
            work.reverse()
        for worker, seconds in work:
            if seconds > 0:
                worker.spend(seconds, self._limit)

    def _begins(self, end: float) -> bool:
        """Whether this order still counts; it then goes on up to that moment."""
        with self._condition:
            if self._order is not None or self._stopped:
                return False
            self._limit.until(end)
            return True

    def _go_on(self, plain: Worker, calls: Worker, end: float) -> None:
        """All the time that there is, until another order comes: both kinds in turns."""
        if not self._begins(end + FULL_AHEAD):
            return
        while True:
            with self._condition:
                share = self._full
                if share is None or self._stopped:
                    return
            before = now()
            for worker, seconds in ((plain, share.user), (calls, share.system)):
                if seconds > 0:
                    worker.spend(seconds, self._limit)
            if now() - before < WAKE_MARGIN:
                # Its limit has passed, and nobody has said more: whoever gives orders hangs.
                with self._condition:
                    self._full = None
