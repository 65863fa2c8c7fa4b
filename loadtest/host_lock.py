"""One load test at a time on a host: two would measure each other."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from perfanalysis.errors import PerfAnalysisError

# An abstract address: the kernel frees it when its holder dies, and it needs no folder that all
# users may write.
ADDRESS = b"\0perfanalysis-loadtest"
POLL_SECONDS = 0.1


@contextmanager
def hold(
    wait_seconds: float, address: bytes = ADDRESS, waiting: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """Hold the host's lock while the block runs.

    Args:
        wait_seconds: how long to wait for another load test to end.
        address: of the lock.
        waiting: called about ten times a second meanwhile; what it raises ends the waiting.

    Raises:
        PerfAnalysisError: another load test still holds it.
    """
    deadline = time.monotonic() + wait_seconds
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as lock:
        while True:
            try:
                lock.bind(address)
                break
            except OSError as error:
                if time.monotonic() >= deadline:
                    raise PerfAnalysisError(
                        "another load test is running on this host, and two would measure each "
                        f"other; waited {wait_seconds:g} s for its end"
                    ) from error
            waiting()
            time.sleep(POLL_SECONDS)
        yield
