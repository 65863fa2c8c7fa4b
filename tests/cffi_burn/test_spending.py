"""Work that is measured in CPU time, and its limit."""

from __future__ import annotations

import threading
import time

from cffi_burn.kernel import all_kernels
from cffi_burn.worker import SpendingLimit, Worker, now

LONG = 60.0


def worker() -> Worker:
    return Worker(all_kernels()["integer"])


def test_so_much_cpu_time_is_spent_to_within_a_grain() -> None:
    found, limit = worker(), SpendingLimit()
    limit.until(now() + LONG)
    before = time.thread_time()
    used = found.spend(0.05, limit)
    assert used >= 0.05
    assert time.thread_time() - before >= used
    # A grain of this kernel takes some microseconds.
    assert used < 0.06
    found.close()


def test_nothing_is_spent_behind_its_limit() -> None:
    found, limit = worker(), SpendingLimit()
    limit.until(now() - 1.0)
    assert found.spend(1.0, limit) == 0.0
    found.close()


def test_another_thread_moves_the_limit_and_stops_it() -> None:
    for end in (SpendingLimit.stop, lambda limit: limit.until(0.0)):
        found, limit = worker(), SpendingLimit()
        limit.until(now() + LONG)
        timer = threading.Timer(0.05, end, [limit])
        timer.start()
        assert found.spend(LONG, limit) < LONG / 2
        timer.join()
        found.close()
