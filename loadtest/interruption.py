"""SIGTERM ends a run as Ctrl-C does: workers stopped, nothing written."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from perfanalysis.errors import PerfAnalysisError


@contextmanager
def stop_on_sigterm() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into an error while the block runs.

    Raises:
        PerfAnalysisError: in the block, when one of them arrives.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        del frame
        name = signal.Signals(number).name
        raise PerfAnalysisError(f"load test stopped by {name}: no result was written")

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
