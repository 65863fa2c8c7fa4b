"""The agent's life: ask for work, run it, tell how it ended, show the machine to who watches."""

from __future__ import annotations

import contextlib
import datetime
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from loadtest.agent.allowed import AllowedTests, NotAllowedError
from loadtest.agent.child import MeasuringChild
from loadtest.agent.memory import AgentMemory, JobEnded
from loadtest.agent.readings import HostReadings
from loadtest.agent.reporting import LOST, ProgressReporting
from loadtest.outputs.outbox import send_all, spool_of
from perfanalysis.delivery.backoff import Backoff, PassingFailure
from perfanalysis.delivery.destinations import Destination
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.portal_client.jobs import AgentClient, TakenWork, WorkFound
from perfanalysis.printable import printable
from perfanalysis.results.state import OUTBOX

# How long the portal may wait with its answer.
_POLL_SECONDS = 25.0
_LOOK_SECONDS = 0.5
# Readings in a row before work is asked for again.
_READINGS = 5
_DELIVER_SECONDS = 10.0
CANCELLED, TIME_LIMIT = "cancelled", "time limit"
_RELEASED = "released"


class _StopNow(BaseException):
    """A signal has come while the portal was waited for."""


@dataclass(frozen=True)
class AgentSettings:
    """What an agent is told.

    Attributes:
        endpoint: the portal.
        machine: this machine's name there.
        state: the state folder.
        allowed: what may be started.
        words: flags of each run.
        results: where results are delivered to, in the same portal.
        exporter: of readings; "": none.
        say: tells a person one line.
    """

    endpoint: Endpoint
    machine: str
    state: Path
    allowed: AllowedTests
    words: Sequence[str]
    results: Destination
    exporter: str
    say: Callable[[str], None]


class MachineAgent:
    """The one agent of a state folder.

    Args:
        settings: what it is told.
        memory: what it remembers.
    """

    def __init__(self, settings: AgentSettings, memory: AgentMemory) -> None:
        self._settings = settings
        self._memory = memory
        self._agent = memory.own_id()
        self._client = AgentClient(settings.endpoint, self._agent)
        self._readings = HostReadings(settings.exporter)
        self._stopping = threading.Event()
        self._waiting = False
        self._complaint = ""

    def run(self, *, once: bool) -> bool:
        """Work until SIGTERM or SIGINT.

        Args:
            once: do what there is to do now, and end.

        Returns:
            Whether the last job, if there was one, was done.

        Raises:
            PerfAnalysisError: only with ``once``: the portal does not answer, or refuses.
        """
        with self._listening(), contextlib.suppress(_StopNow):
            if once:
                return self._turn(0.0)
            failures, backoff = 0, Backoff(first=1.0, longest=60.0)
            while not self._stopping.is_set():
                try:
                    self._turn(_POLL_SECONDS)
                    failures, self._complaint = 0, ""
                except (PassingFailure, PerfAnalysisError) as error:
                    failures += 1
                    self._complain(str(error))
                    asked = error.wait if isinstance(error, PassingFailure) else 0.0
                    self._stopping.wait(backoff.wait(failures, asked))
        return True

    def _turn(self, wait_seconds: float) -> bool:
        """Ask once, and do what there is to do."""
        self._tell_end()
        self._deliver()
        found = self._ask(wait_seconds)
        if found.taken is not None:
            done = self._do(found.taken)
            self._tell_end()
            self._deliver()
            return done
        if found.watched:
            self._show(found.machine_id)
        return True

    def _ask(self, wait_seconds: float) -> WorkFound:
        allowed = self._settings.allowed
        is_open = allowed.is_open(datetime.datetime.now().astimezone().time())
        self._waiting = True
        try:
            return self._client.work(
                self._settings.machine, allowed.offers, takes=is_open, wait_seconds=wait_seconds
            )
        finally:
            self._waiting = False

    def _do(self, taken: TakenWork) -> bool:
        """Run a job and keep how it ended."""
        before = self._memory.ended()
        if before is not None and before.job == taken.job.id and before.outcome != _RELEASED:
            # It was run already; the portal had not heard of it, and gave it out once more.
            ended: JobEnded | None = JobEnded(
                job=before.job,
                attempt=taken.attempt,
                outcome=before.outcome,
                said=before.said,
                test_ids=before.test_ids,
            )
        else:
            ended = self._measured(taken)
        if ended is None:
            self._settings.say("the job is another agent's by now")
            return False
        self._memory.keep(ended)
        said = f": {ended.said}" if ended.said else ""
        self._settings.say(printable(f"{ended.outcome}: job {taken.job.id}{said}"))
        return ended.outcome == "done"

    def _measured(self, taken: TakenWork) -> JobEnded | None:
        job = taken.job
        try:
            words = [*self._settings.words, *self._settings.allowed.words(job)]
        except NotAllowedError as error:
            return JobEnded(job=job.id, attempt=taken.attempt, outcome="failed", said=str(error))
        self._settings.say(printable(f"takes job {job.id}: {' '.join(job.kernels) or job.profile}"))
        reporter = AgentClient(self._settings.endpoint, self._agent)
        with MeasuringChild(self._memory.folder, words) as child:
            with ProgressReporting(reporter, taken, lambda: child.progress) as reporting:
                reason = self._wait_for(child, reporting, job.limit_seconds)
            child.stop()
            return _ended(taken, child, reason)

    def _wait_for(
        self, child: MeasuringChild, reporting: ProgressReporting, limit: int
    ) -> str | None:
        """Wait for the end of a run; why it is to be stopped before, or None."""
        until = time.monotonic() + limit
        while child.status is None:
            if self._stopping.is_set():
                return _RELEASED
            if reporting.stop is not None:
                return reporting.stop
            if time.monotonic() >= until:
                return TIME_LIMIT
            child.wait(_LOOK_SECONDS)
        return None

    def _tell_end(self) -> None:
        """Tell the portal of a job that has ended, if it has not heard of it."""
        ended = self._memory.ended()
        if ended is None:
            return
        try:
            self._client.end(ended.job, ended.attempt, ended.ending)
        except PassingFailure:
            if not self._stopping.is_set():
                raise
            return
        except PerfAnalysisError as error:
            # Another attempt is on its way, or the job is gone: its results are delivered anyhow.
            self._complain(str(error))
        self._memory.forget()

    def _deliver(self) -> None:
        """Send results that still wait for the portal."""
        folder = self._settings.state / OUTBOX / self._settings.results.name
        if self._stopping.is_set() or not folder.is_dir():
            return
        spool, destination = spool_of(folder)
        if spool.waiting():
            send_all([(spool, destination)], _DELIVER_SECONDS)

    def _show(self, machine_id: str) -> None:
        """Send readings once a second for a while."""
        for _ in range(_READINGS):
            began = time.monotonic()
            found = self._readings.read()
            if found is not None and not self._client.readings(machine_id, found):
                return
            if self._stopping.wait(max(0.0, 1.0 - (time.monotonic() - began))):
                return

    def _complain(self, said: str) -> None:
        if said != self._complaint:
            self._complaint = said
            self._settings.say(printable(said))

    @contextlib.contextmanager
    def _listening(self) -> Iterator[None]:
        """Hear SIGTERM and SIGINT while the block runs."""

        def stop(number: int, frame: FrameType | None) -> None:
            del number, frame
            self._stopping.set()
            if self._waiting:
                raise _StopNow

        before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            self._client.close()


def _ended(taken: TakenWork, child: MeasuringChild, reason: str | None) -> JobEnded | None:
    if reason == LOST:
        return None
    test_ids = child.test_ids()
    if reason is None:
        outcome = "done" if test_ids else "failed"
        said = "" if child.status == 0 else child.said or f"ended with status {child.status}"
    elif reason == TIME_LIMIT:
        outcome, said = "failed", f"its {taken.job.limit_seconds} seconds were over"
    else:
        stopped = reason == _RELEASED
        outcome, said = reason, "its agent was told to stop" if stopped else "it was taken back"
    return JobEnded(
        job=taken.job.id,
        attempt=taken.attempt,
        outcome=outcome,
        said=said or None,
        test_ids=test_ids,
    )
