"""Scrapes in a thread of their own, so that a source that hangs never holds a page.

One thread waits for requests, walks the collectors and hands over the page. When a collector
exceeds its time, the thread is left to it: the collector counts as failed, a new thread goes on
with the rest, and the collector is not started again until it has returned. So there are never more
threads than collectors, and usually one.

Requests that arrive while a scrape is on its way share the next one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from functools import partial
from time import monotonic_ns
from typing import Any

from isal import isal_zlib

from exporter.native._numbers import lib
from exporter.page.negotiation import Form
from exporter.page.progress import Progress
from exporter.page.scraping import Scraper
from exporter.page.wanted import Clients, NoClients, Wanted
from perfanalysis.exposition.rendering import Block

LOG = logging.getLogger(__name__)

Deliver = Callable[[bytes], None]
DeliverBlocks = Callable[[Sequence[Block]], None]
Alarm = Callable[[float], object]

# The least of ISA-L's levels: a fifth of what zlib takes for a page, for a tenth more bytes.
GZIP_LEVEL = 0
GZIP_WINDOW_BITS = 31
# So many understand what they read, and have looked for what is not there; what only they have run
# need not stay (0.7 MB).
FIRST_SCRAPES = 8


class _Job:
    """A scrape for one or several requests, and which collector it is at since when.

    ``make`` makes what is wanted of it, when all collectors have had their turn, for those in
    ``deliver``. ``in_c`` is whether C reads just now, and ``lost`` the collector that it hangs at.
    """

    __slots__ = ("deliver", "in_c", "lost", "make", "progress", "since")

    def __init__(
        self,
        progress: Progress,
        make: Callable[[Progress], Any],
        deliver: Sequence[Callable[[Any], None]],
    ) -> None:
        self.progress = progress
        self.make = make
        self.deliver = deliver
        self.since = 0
        self.in_c = False
        self.lost: str | None = None


class ScrapeRunner:
    """Makes pages in a worker thread.

    Args:
        scraper: what runs the collectors; nobody else may use it at the same time.
        limit: seconds that one collector may take.
        clients: those whose requests the worker hears itself.
        alarm: has ``check`` called after so many seconds, by another thread than the worker; 0 is
            never. Without it the caller looks after the runner as long as it is ``busy``.
    """

    def __init__(
        self,
        scraper: Scraper,
        limit: float,
        clients: Clients[Any] | None = None,
        alarm: Alarm = lambda _: None,
    ) -> None:
        self.limit = limit
        self._scraper = scraper
        self._clients: Clients[Any] = clients or NoClients()
        self._alarm = alarm
        self._lock = threading.Lock()
        self._stuck: set[str] = set()
        self._job: _Job | None = None
        self._waiting: dict[Wanted, list[Deliver]] = {}
        self._waiting_for_blocks: dict[tuple[str, ...], list[DeliverBlocks]] = {}
        self._stopped = False
        self._shift = 0
        self._start_worker()

    @property
    def busy(self) -> bool:
        """Whether a scrape is on its way."""
        return self._job is not None

    def request(self, wanted: Wanted, deliver: Deliver) -> None:
        """Ask for a page; ``deliver`` gets its bytes, in the worker's thread."""
        with self._lock:
            if self._stopped:
                return
            self._waiting.setdefault(wanted, []).append(deliver)
            self._clients.ring()

    def request_blocks(self, names: tuple[str, ...], deliver: DeliverBlocks) -> None:
        """Ask for what these collectors give, of which no page is made.

        ``deliver`` gets it in the worker's thread, with values that nobody changes any more.
        """
        with self._lock:
            if self._stopped:
                return
            self._waiting_for_blocks.setdefault(names, []).append(deliver)
            self._clients.ring()

    def check(self) -> None:
        """Leave a collector that has exceeded its time to its thread, and go on without it.

        To be called from time to time while ``busy``, by another thread than the worker.
        """
        name = self._relieve()
        if name is not None:
            LOG.error(
                "collector %s has not returned within %g s; left alone until it has",
                name,
                self.limit,
            )
        if self.busy:
            self._alarm(self.limit / 4)

    def _relieve(self) -> str | None:
        """Put a new worker in the place of one that is stuck: the name of its collector."""
        with self._lock:
            job = self._job
            if job is None or not job.since:
                return None
            taken = monotonic_ns() - job.since
            if taken < self.limit * 1e9:
                return None
            name = self._scraper.steady.current if job.in_c else job.progress.next()
            if name is not None:
                self._stuck.add(name)
                if job.in_c:
                    # Python reads all others in this scrape, and fails to read this one.
                    self._scraper.steady.abandon()
                    job.in_c, job.lost = False, name
                else:
                    job.progress.add(None, taken)
                job.since = 0
                self._start_worker()
        return name

    def stop(self) -> None:
        """Let the worker end when it is idle; one that hangs ends with the process."""
        with self._lock:
            self._stopped = True
            self._clients.ring()

    def _start_worker(self) -> None:
        self._shift += 1
        threading.Thread(target=self._work, args=(self._shift,), daemon=True, name="scrape").start()

    def _work(self, shift: int) -> None:
        while (job := self._next()) is not None:
            self._alarm(self.limit)
            if not self._walk(job, shift):
                return
            self._alarm(0)
            made = job.make(job.progress)
            self._job = None
            for deliver in job.deliver:
                deliver(made)
            if self._scraper.scrapes == FIRST_SCRAPES:
                lib.give_memory_back()
        self._clients.close()

    def _page(self, form: Form, progress: Progress) -> bytes:
        page = self._scraper.page(progress, form.exposition)
        return isal_zlib.compress(page, GZIP_LEVEL, GZIP_WINDOW_BITS) if form.gzip else page

    def _blocks(self, progress: Progress) -> Sequence[Block]:
        return [Block(layout, tuple(values)) for layout, values in self._scraper.blocks(progress)]

    def _begin(self) -> _Job | None:
        """The next scrape that somebody wants; the lock is held."""
        # They seldom come, so that no client waits long, however many there are.
        if self._waiting_for_blocks:
            names = next(iter(self._waiting_for_blocks))
            deliver = self._waiting_for_blocks.pop(names)
            return _Job(self._scraper.begin(names), self._blocks, deliver)
        if self._waiting:
            wanted = next(iter(self._waiting))
            make = partial(self._page, wanted.form)
            return _Job(self._scraper.begin(wanted.names), make, self._waiting.pop(wanted))
        return None

    def _next(self) -> _Job | None:
        """The scrape to go on with, or the next one when somebody wants one; None is the end."""
        while True:
            with self._lock:
                if self._stopped:
                    return None
                if self._job is None:
                    self._job = self._begin()
                if self._job is not None:
                    return self._job
            for asker in self._clients.wait():
                deliver = partial(self._clients.answer, asker)
                with self._lock:
                    self._waiting.setdefault(asker.wanted, []).append(deliver)

    def _walk(self, job: _Job, shift: int) -> bool:
        """Run what remains of a scrape; False when this thread was given up meanwhile."""
        if not (job.progress.begun or self._read_steady(job, shift)):
            return False
        with self._lock:
            name = self._turn(job)
        while name is not None:
            outcome = self._scraper.run(name, job.progress)
            with self._lock:
                if self._shift != shift:
                    self._stuck.discard(name)
                    LOG.warning("collector %s has returned after %.3g s", name, outcome[1] / 1e9)
                    return False
                job.progress.add(*outcome)
                name = self._turn(job)
        return True

    def _read_steady(self, job: _Job, shift: int) -> bool:
        """Let C read what it can; False when this thread was given up meanwhile."""
        job.progress.begun = job.in_c = True
        job.since = monotonic_ns()
        read = self._scraper.read_steady(job.progress.names)
        with self._lock:
            if self._shift != shift:
                if job.lost is not None:
                    self._stuck.discard(job.lost)
                    LOG.warning("collector %s has returned", job.lost)
                return False
            job.in_c = False
            job.progress.take(read)
        return True

    def _turn(self, job: _Job) -> str | None:
        """The collector whose turn it is, without those that are stuck; the lock is held."""
        while (name := job.progress.next()) in self._stuck:
            job.progress.add(None, 0)
        job.since = monotonic_ns() if name is not None else 0
        return name
