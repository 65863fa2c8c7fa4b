"""Threads that read and write one file, each operation at its moment."""

from __future__ import annotations

import random
import threading
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from cffi_burn.worker import now
from workload.replaying.disk.target_disk import LARGEST, DiskCounters
from workload.replaying.disk.target_file import TargetFile, buffer

# As many operations at once as a disk of a cloud likes to have.
THREADS = 8


class Operation(NamedTuple):
    """One read or write."""

    due: float
    write: bool
    size: int


class Operators:
    """The threads of one file.

    Args:
        file: theirs.
    """

    def __init__(self, file: TargetFile) -> None:
        self._file = file
        self._condition = threading.Condition()
        self._waiting: deque[Operation] = deque()
        self._under_way = DiskCounters(0, 0, 0, 0)
        self._done = DiskCounters(0, 0, 0, 0)
        self._stopped = False
        self.failure: OSError | None = None
        self._threads = [
            threading.Thread(target=self._work, args=(number,), name="replay-io", daemon=True)
            for number in range(THREADS)
        ]

    def launch(self) -> None:
        """Start them."""
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """End them, each with the operation that it is at."""
        with self._condition:
            self._stopped = True
            self._condition.notify_all()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    def state(self) -> tuple[DiskCounters, DiskCounters]:
        """What was done so far, and what is under way."""
        with self._condition:
            return self._done, self._under_way

    def order(self, operations: Sequence[Operation]) -> None:
        """What to do, in order of time, in place of what has not yet begun."""
        with self._condition:
            self._waiting = deque(operations)
            self._condition.notify_all()

    def _work(self, number: int) -> None:
        places = random.Random(number)  # noqa: S311 - places in a file, not secrets
        into, content = buffer(LARGEST), buffer(LARGEST)
        while (operation := self._next()) is not None:
            try:
                if operation.write:
                    self._file.write(content, operation.size, places)
                else:
                    self._file.read(into, operation.size, places)
            except OSError as error:
                self.failure = error
                return
            self._finished(operation)

    def _next(self) -> Operation | None:
        with self._condition:
            while not self._stopped:
                wait = self._waiting[0].due - now() if self._waiting else None
                if wait is not None and wait <= 0:
                    operation = self._waiting.popleft()
                    self._under_way = _plus(self._under_way, operation, 1)
                    return operation
                self._condition.wait(wait)
            return None

    def _finished(self, operation: Operation) -> None:
        with self._condition:
            self._under_way = _plus(self._under_way, operation, -1)
            self._done = _plus(self._done, operation, 1)


def _plus(counters: DiskCounters, operation: Operation, sign: int) -> DiskCounters:
    size = sign * operation.size
    if operation.write:
        return counters._replace(
            write_bytes=counters.write_bytes + size, writes=counters.writes + sign
        )
    return counters._replace(read_bytes=counters.read_bytes + size, reads=counters.reads + sign)
