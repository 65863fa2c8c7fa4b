"""Scrapes in a thread of their own, so that a source that hangs never holds a page.

One thread walks the collectors. When one of them exceeds its time, the thread is left to it: the
collector counts as failed, a new thread goes on with the rest, and the collector is not started
again until it has returned. So there are never more threads than collectors, and usually one.

Requests that arrive while a scrape is on its way share the next one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue
from time import monotonic

from isal import isal_zlib

from exporter.negotiation import Form
from exporter.scraping import Progress, Scraper

LOG = logging.getLogger(__name__)

Deliver = Callable[[bytes], None]
Names = tuple[str, ...]

# The least of ISA-L's levels: a fifth of what zlib takes for a page, for a tenth more bytes.
GZIP_LEVEL = 0
GZIP_WINDOW_BITS = 31


class _Job:
    """A scrape for one or several requests, and which collector it is at since when."""

    def __init__(self, progress: Progress, form: Form, deliver: list[Deliver]) -> None:
        self.progress = progress
        self.form = form
        self.deliver = deliver
        self.since = 0.0


class ScrapeRunner:
    """Makes pages in a worker thread.

    Args:
        scraper: what runs the collectors; nobody else may use it at the same time.
        limit: seconds that one collector may take.
    """

    def __init__(self, scraper: Scraper, limit: float) -> None:
        self.limit = limit
        self._scraper = scraper
        self._lock = threading.Lock()
        self._stuck: set[str] = set()
        self._job: _Job | None = None
        self._waiting: dict[tuple[Form, Names], list[Deliver]] = {}
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._worker = self._start_worker()

    @property
    def busy(self) -> bool:
        """Whether a scrape is on its way."""
        return self._job is not None

    def request(self, form: Form, names: Names, deliver: Deliver) -> None:
        """Ask for a page; ``deliver`` gets its bytes, in the worker's thread."""
        with self._lock:
            self._waiting.setdefault((form, names), []).append(deliver)
            if self._job is None:
                self._start_next()

    def check(self) -> None:
        """Leave a collector that has exceeded its time to its thread, and go on without it.

        To be called from time to time while ``busy``, by another thread than the worker.
        """
        with self._lock:
            job = self._job
            if job is None or not job.since or monotonic() - job.since < self.limit:
                return
            name = job.progress.next()
            if name is None:
                return
            self._stuck.add(name)
            job.progress.add(None, monotonic() - job.since)
            job.since = 0.0
            self._queue = SimpleQueue()
            self._worker = self._start_worker()
            self._queue.put(job)
        LOG.error(
            "collector %s has not returned within %g s; left alone until it has", name, self.limit
        )

    def stop(self) -> None:
        """Let the worker end when it is idle; one that hangs ends with the process."""
        self._queue.put(None)

    def _start_worker(self) -> threading.Thread:
        worker = threading.Thread(
            target=self._work, args=(self._queue,), daemon=True, name="scrape"
        )
        worker.start()
        return worker

    def _start_next(self) -> None:
        """Start the scrape of the first waiting request; the lock is held."""
        key = next(iter(self._waiting), None)
        if key is None:
            self._job = None
            return
        form, names = key
        self._job = _Job(self._scraper.begin(names), form, self._waiting.pop(key))
        self._queue.put(self._job)

    def _work(self, queue: SimpleQueue[_Job | None]) -> None:
        while (job := queue.get()) is not None:
            if not self._walk(job, queue):
                return
            page = self._scraper.page(job.progress, job.form.exposition)
            if job.form.gzip:
                page = isal_zlib.compress(page, GZIP_LEVEL, GZIP_WINDOW_BITS)
            with self._lock:
                self._start_next()
            for deliver in job.deliver:
                deliver(page)

    def _walk(self, job: _Job, queue: SimpleQueue[_Job | None]) -> bool:
        """Run what remains of a scrape; False when this thread was given up meanwhile."""
        progress = job.progress
        while True:
            with self._lock:
                while (name := progress.next()) in self._stuck:
                    progress.add(None, 0.0)
                job.since = monotonic() if name is not None else 0.0
            if name is None:
                return True
            outcome = self._scraper.run(name)
            with self._lock:
                if self._queue is not queue:
                    self._stuck.discard(name)
                    LOG.warning("collector %s has returned after %.3g s", name, outcome[1])
                    return False
                progress.add(*outcome)
