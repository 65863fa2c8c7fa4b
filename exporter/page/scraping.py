"""One scrape: all collectors in turn, each one's failure its own, and the page of their samples."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from threading import get_ident
from time import monotonic_ns, thread_time_ns

from exporter.collecting import CodeFailedError, Collector, NothingToRead
from exporter.page.families import CPU_SECONDS, DURATION, FAMILIES, SUCCESS, build_info
from exporter.page.progress import ConflictResolver, Progress, ScrapeObserver
from exporter.page.steady_plan import SteadyEntry
from exporter.page.steady_scraping import NotObserved, SteadyScrapes
from exporter.sources.files import ABSENT_SCRAPES, Sources
from perfanalysis.errors import MalformedError
from perfanalysis.exposition.families import OF_THE_SERVER, Series
from perfanalysis.exposition.openmetrics import claimed_names
from perfanalysis.exposition.rendering import TEXT, Block, Exposition, Layout, render_page

LOG = logging.getLogger(__name__)

_NANOSECONDS = b"e-9"
_TORN = "a part of the page could not be made, and is left out: %s"
_OWN_NAMES: frozenset[str] = OF_THE_SERVER.union(*map(claimed_names, FAMILIES))

# node_exporter shows its own process whatever is asked for.
_ALWAYS = frozenset({"process"})

MOST_SELECTIONS = 64


class SelectionError(ValueError):
    """A request asks for collectors that there are not, or that do not run."""


def _sound(blocks: Sequence[Block], exposition: Exposition) -> list[Block]:
    """The blocks that can be rendered."""
    sound = []
    for block in blocks:
        with contextlib.suppress(Exception):
            block.layout.render(block.values, exposition)
            sound.append(block)
    return sound


class Scraper:
    """Runs the collectors and renders the page.

    Args:
        collectors: by name, in the order of the page.
        sources: the files that they share.
        known: the names of all collectors that there are, running or not.
        observer: one of the collectors that looks at the samples of the others, if there is one.
        resolver: one of the collectors that must not show what others show, if there is one.
    """

    def __init__(
        self,
        collectors: Mapping[str, Collector],
        sources: Sources,
        known: Iterable[str] = (),
        observer: ScrapeObserver | None = None,
        resolver: ConflictResolver | None = None,
    ) -> None:
        self._beside: Callable[[], Sequence[Block]] = tuple
        self._observer = observer
        self._resolver = resolver
        self._collectors = dict(collectors)
        self._sources = sources
        self._known = frozenset(known) | frozenset(collectors)
        self._build_info = build_info()
        self._complaints: dict[str, str] = {}
        self._torn = False
        self._resting: dict[str, int] = {}
        self._layouts: dict[tuple[str, ...], Layout] = {}
        self._cpu_time = dict.fromkeys(self._collectors, 0)
        self._steady = SteadyScrapes(self._collectors, observer or NotObserved())
        # The thread that ran the collector before, and the time and its CPU time at that one's end.
        self._before = (0, 0, 0)
        self.names = tuple(self._collectors)

    @property
    def collectors(self) -> Mapping[str, Collector]:
        """The collectors that run, by name."""
        return self._collectors

    @property
    def cpu_time(self) -> Mapping[str, int]:
        """Nanoseconds of CPU time that each collector has taken so far."""
        return self._cpu_time

    @property
    def scrapes(self) -> int:
        """How many scrapes have begun."""
        return self._sources.cycle

    def show_beside(self, blocks: Callable[[], Sequence[Block]]) -> None:
        """Show on every page, whatever is asked for, what this gives, too."""
        self._beside = blocks

    def select(self, collect: Sequence[str], exclude: Sequence[str]) -> tuple[str, ...]:
        """The collectors of a request with ``collect[]`` or ``exclude[]``, in the page's order.

        Raises:
            SelectionError: both are given, or a name to collect is of no running collector. A name
                to exclude may be any, as in node_exporter: that one does not run is what is wanted.
        """
        if collect and exclude:
            raise SelectionError("collect[] and exclude[] cannot be combined")
        for name in collect:
            if name not in self._known:
                raise SelectionError(f"missing collector: {name}")
            if name not in self._collectors:
                raise SelectionError(f"disabled collector: {name}")
        if collect:
            return tuple(name for name in self.names if name in collect or name in _ALWAYS)
        return tuple(name for name in self.names if name not in exclude)

    def begin(self, names: tuple[str, ...] | None = None) -> Progress:
        """Begin a scrape of these collectors, or of all."""
        self._sources.begin_scrape()
        self._before = (0, 0, 0)
        return Progress(self.names if names is None else names)

    def read_steady(self, names: tuple[str, ...]) -> Mapping[str, SteadyEntry]:
        """Read the collectors of a scrape that C can read: for ``Progress.take``."""
        read = self._steady.read(None if names is self.names else names)
        for name, entry in read.items():
            self._cpu_time[name] += entry.native.cpu
        return read

    @property
    def steady(self) -> SteadyScrapes:
        """The collectors that C reads."""
        return self._steady

    def run(self, name: str, progress: Progress) -> tuple[Sequence[Block] | None, int, int]:
        """Run one collector: its blocks, or None when it failed, the nanoseconds it took, and when
        it was done; see ``Progress.add``.

        Args:
            name: the collector.
            progress: what the others gave before it.
        """
        if self._resting and self._sources.cycle < self._resting.get(name, 0):
            # It is not run, and so takes no time.
            return None, 0, 0
        # The CPU clock is a system call: the end of one collector is the next one's beginning.
        self._steady.claim(name)
        thread = get_ident()
        before, start, used = self._before
        if before != thread:
            start, used = monotonic_ns(), thread_time_ns()
        if self._observer is not None and name == self._observer.name:
            self._observe(self._observer, progress)
        collected = self._collect(name, self._collectors[name])
        done = thread_time_ns()
        end = monotonic_ns()
        self._cpu_time[name] += done - used
        self._before = (thread, end, done)
        return collected, end - start, end

    def _observe(self, observer: ScrapeObserver, progress: Progress) -> None:
        unseen, progress.unseen = progress.unseen, []
        for name, collected, now in unseen:
            try:
                observer.observe(name, collected, now)
            except Exception as error:
                # What looks at the samples must not cost any.
                self._complain(observer.name, f"{name}: {type(error).__name__}: {error}")
                LOG.debug("collector %s: where it failed", observer.name, exc_info=True)

    def blocks(self, progress: Progress) -> Sequence[Block]:
        """All that a scrape shows whose collectors have had their turn."""
        return self._whole(progress, self._own(progress))

    def _own(self, progress: Progress) -> list[Block]:
        """What is shown beside what the collectors gave."""
        if self._observer is not None and progress.unseen:
            self._observe(self._observer, progress)
        layout = self._layouts.get(progress.names)
        if layout is None:
            layout = Layout(
                Series(family, (name,), suffix)
                for family, suffix in (
                    (DURATION, _NANOSECONDS),
                    (SUCCESS, b""),
                    (CPU_SECONDS, _NANOSECONDS),
                )
                for name in progress.names
            )
            if len(self._layouts) < MOST_SELECTIONS:
                self._layouts[progress.names] = layout
        durations = [b"%d" % nanoseconds for nanoseconds in progress.durations]
        successes = [b"0" if result is None else b"1" for result in progress.results]
        used = [b"%d" % self._cpu_time[name] for name in progress.names]
        own = Block(layout, durations + successes + used)
        return [self._build_info, *self._beside(), own]

    def _whole(self, progress: Progress, own: list[Block]) -> Sequence[Block]:
        blocks: Sequence[Block] = progress.blocks
        if self._resolver is not None:
            try:
                blocks = self._resolver.resolve_conflicts(blocks, _OWN_NAMES)
            except Exception as error:  # noqa: BLE001 - it is logged
                self._say_torn(error)
        return (*blocks, *own)

    def page(self, progress: Progress, exposition: Exposition) -> bytes:
        """The page of a scrape whose collectors have all had their turn."""
        own = self._own(progress)
        page = self._quick_page(progress, own) if exposition is TEXT else None
        if page is None:
            page = self._plain_page(self._whole(progress, own), exposition)
        try:
            self._steady.take(progress.handed_over)
        except Exception as error:  # noqa: BLE001 - it is logged
            # What makes the next scrapes quicker must not cost this one.
            self._say_torn(error)
        return page

    def _quick_page(self, progress: Progress, own: list[Block]) -> bytes | None:
        """The page, of which C writes what it has read; None where that is not to be."""
        if self._resolver is not None and self._resolver.has_chosen_names:
            return None
        results = [result for result in progress.results if result]
        try:
            return b"".join(self._steady.render([*results, own]))
        except Exception as error:  # noqa: BLE001 - it is logged
            self._say_torn(error)
            return None

    def _plain_page(self, blocks: Sequence[Block], exposition: Exposition) -> bytes:
        try:
            return render_page(blocks, exposition)
        except Exception as error:  # noqa: BLE001 - it is logged
            # A mistake in one block must not cost the thread that makes the pages.
            self._say_torn(error)
            return render_page(_sound(blocks, exposition), exposition)

    def _say_torn(self, error: Exception) -> None:
        if not self._torn:
            LOG.exception(_TORN, error)
        self._torn = True

    def scrape(self, exposition: Exposition, names: tuple[str, ...] | None = None) -> bytes:
        """The page of now, made in this thread. Never raises for what a collector does."""
        progress = self.begin(names)
        progress.take(self.read_steady(progress.names))
        while (name := progress.next()) is not None:
            progress.add(*self.run(name, progress))
        return self.page(progress, exposition)

    def _collect(self, name: str, collector: Collector) -> Sequence[Block] | None:
        """The collector's blocks, or None when it has failed or has nothing to read."""
        try:
            collected = collector.collect()
        except NothingToRead:
            # What the machine does not have is looked for again at every fourth scrape.
            self._resting[name] = self._sources.cycle + ABSENT_SCRAPES
            return None
        except (MalformedError, OSError, CodeFailedError) as error:
            self._complain(name, str(error))
            if self._observer is not None and isinstance(error, MalformedError):
                self._observer.observe_failure(name, str(error))
            return None
        except Exception as error:
            # A mistake in one collector must not cost the samples of the others.
            if self._complain(name, f"{type(error).__name__}: {error}"):
                LOG.debug("collector %s: where it failed", name, exc_info=True)
            return None
        if name in self._complaints:
            del self._complaints[name]
            LOG.info("collector %s works again", name)
        return collected

    def _complain(self, name: str, text: str) -> bool:
        """Log a failure once, until another one or success comes; whether it was logged."""
        if self._complaints.get(name) == text:
            return False
        self._complaints[name] = text
        LOG.error("collector %s failed: %s", name, text)
        return True
