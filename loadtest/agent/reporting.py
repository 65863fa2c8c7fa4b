"""Tells the portal once a second how far a run is, and hears whether it is to be stopped.

On a thread of its own, so that a portal that does not answer delays neither the time limit nor the
end; with the lowest priority, so that it takes no time from the workers.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable
from typing import Any, Self

from perfanalysis.delivery.backoff import Backoff, PassingFailure
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.portal_client.jobs import AgentClient, AgentRefusedError, TakenWork

EVERY_SECONDS = 1.0
LOST = "lost"
_LOWEST = 19


class ProgressReporting:
    """Goes on while its block runs.

    Args:
        client: of this thread alone.
        taken: the job.
        progress: what there is to tell.
    """

    def __init__(
        self, client: AgentClient, taken: TakenWork, progress: Callable[[], dict[str, Any]]
    ) -> None:
        self._client = client
        self._taken = taken
        self._progress = progress
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._go, daemon=True)
        self.stop: str | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._end.set()
        # A request on its way is given up with the process.
        self._thread.join(1.0)

    def _go(self) -> None:
        # Of this thread alone (Linux).
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOWEST)
        backoff, failures = Backoff(EVERY_SECONDS, 10.0), 0
        while self.stop is None:
            try:
                self.stop = self._client.progress(self._taken, self._progress())
                failures = 0
            except PassingFailure as error:
                failures += 1
                wait = backoff.wait(failures, error.wait)
            except AgentRefusedError as error:
                # It is gone, or another's: a wrong form would be our own fault, and heal no more.
                self.stop = LOST if error.status in {404, 409} else None
                failures += 1
                wait = backoff.wait(failures)
            except PerfAnalysisError:
                # The file of the key is not there just now.
                failures += 1
                wait = backoff.wait(failures)
            if self._end.wait(wait if failures else EVERY_SECONDS):
                return
