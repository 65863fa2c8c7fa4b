"""Metrics that a YAML file defines, from files, commands and JSON over HTTP."""

from __future__ import annotations

import atexit
import logging
import threading
from pathlib import Path
from time import monotonic, time
from typing import TYPE_CHECKING

from exporter.collecting import CollectorSpecification, Flag, Flags
from exporter.sources.files import Sources
from perfanalysis.errors import InputError
from perfanalysis.exposition.catalogue import Catalogue
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, VaryingSeries, format_value

if TYPE_CHECKING:
    from exporter.collectors.custom.metrics import Metric, PolledSource, Samples, Source
    from exporter.collectors.custom.polling import Poller

LOG = logging.getLogger(__name__)

CONFIG = Flag(
    "collector.custom.config", None, "YAML file of your own metrics; turns the collector on."
)
SUCCESS = Family(
    "perf_custom_success",
    "gauge",
    "Whether the last attempt to read a metric of the custom configuration succeeded.",
    ("metric",),
    source="the file of --collector.custom.config",
)
AGE = Family(
    "perf_custom_age_seconds",
    "gauge",
    "How old the values of a custom metric from a command or over HTTP are.",
    ("metric",),
    "seconds",
    "the file of --collector.custom.config",
)
RELOADED = Family(
    "perf_config_last_reload_successful",
    "gauge",
    "Whether the last attempt to load the custom configuration succeeded.",
    source="the file of --collector.custom.config",
)
RELOADED_AT = Family(
    "perf_config_last_reload_success_timestamp_seconds",
    "gauge",
    "When the custom configuration was last loaded with success, in unixtime.",
    unit="seconds",
    source="the file of --collector.custom.config",
)
LONGEST_KILL_SECONDS = 2.0
NO_CATALOGUE = Catalogue()


class CustomCollector:
    """The metrics of the configuration, and how well each one's source does.

    Files are read at the scrape. Commands and HTTP have threads of their own; a scrape shows their
    last good values, and never waits.

    Args:
        sources: not read.
        flags: of the command.
        catalogue: families whose names no metric may have.

    Raises:
        InputError: the flag is missing, or the file is unusable.
    """

    def __init__(self, sources: Sources, flags: Flags, catalogue: Catalogue = NO_CATALOGUE) -> None:
        del sources
        self._catalogue = catalogue
        if not flags[CONFIG.variable]:
            raise InputError("--collector.custom", "", f"--{CONFIG.name} beside it")
        self._path = Path(flags[CONFIG.variable])
        # YAML, subprocess and JMESPath are loaded only for those who use them.
        from exporter.collectors.custom import configuration, files, polling
        from exporter.collectors.custom.metrics import FileSource

        self._file_source = FileSource
        self._configuration, self._files, self._polling = configuration, files, polling
        self._lock = threading.Lock()
        self._pollers: dict[PolledSource, Poller] = {}
        self._sources: tuple[Source, ...] = ()
        self._complaints: dict[str, str] = {}
        self._series = VaryingSeries()
        self._reloaded = True
        self._reloaded_at = 0.0
        self._use(self._read())
        atexit.register(self.close)

    def reload(self) -> None:
        """Read the file anew. Sources that are the same as before go on undisturbed.

        Raises:
            InputError: it is unusable; then everything stays as it was.
        """
        try:
            self._use(self._read())
        except InputError:
            self._reloaded = False
            raise
        self._reloaded = True

    def _read(self) -> tuple[Source, ...]:
        return self._configuration.read_configuration(self._path, self._catalogue)

    def _use(self, sources: tuple[Source, ...]) -> None:
        with self._lock:
            polled = [source for source in sources if not isinstance(source, self._file_source)]
            new = {
                source: self._polling.Poller(source)
                for source in polled
                if source not in self._pollers
            }
            for source in [source for source in self._pollers if source not in polled]:
                self._pollers.pop(source).stop()
            self._pollers |= new
            self._sources = sources
            self._reloaded_at = time()
            # What is wrong still is said once more, beside the reload that has not changed it.
            self._complaints = {}
            for poller in new.values():
                poller.start()

    def close(self) -> None:
        """Stop all sources, and kill the commands that run."""
        with self._lock:
            pollers = list(self._pollers.values())
            self._pollers.clear()
            self._sources = ()
        for poller in pollers:
            poller.stop()
        for poller in pollers:
            poller.join(LONGEST_KILL_SECONDS)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        pairs: Samples = []
        own: Samples = []
        with self._lock:
            sources, pollers = self._sources, dict(self._pollers)
        for source in sources:
            if not isinstance(source, self._file_source):
                if source in pollers:
                    self._collect_polled(pollers[source], pairs, own)
                continue
            for metric, outcome in self._files.read_source(source):
                if isinstance(outcome, str):
                    self._tell(metric, outcome, own)
                else:
                    self._tell(metric, "", own)
                    pairs += outcome
        own.append((Series(RELOADED), b"1" if self._reloaded else b"0"))
        own.append((Series(RELOADED_AT), b"%.3f" % self._reloaded_at))
        return [self._series.block(pairs + own)]

    def _collect_polled(self, poller: Poller, pairs: Samples, own: Samples) -> None:
        now, source = monotonic(), poller.source
        for metric in source.metrics:
            name = metric.family.name
            state = poller.states.get(name)
            if state is None:
                continue
            age = None if state.since is None else now - state.since
            # What is not shown any more does not count as read, also while the next try goes on.
            old = age is not None and age > source.schedule.max_age
            late = f"{source.shown}: no answer for {source.schedule.max_age:g} s" if old else ""
            self._tell(metric, state.complaint or late, own)
            if age is not None:
                own.append((Series(AGE, (name,)), format_value(round(age, 3))))
                if not old:
                    pairs += state.samples

    def _tell(self, metric: Metric, complaint: str, own: Samples) -> None:
        """Show whether a metric could be read, and log what changes about it."""
        name = metric.family.name
        own.append((Series(SUCCESS, (name,)), b"0" if complaint else b"1"))
        before = self._complaints.get(name, "")
        if complaint == before:
            return
        self._complaints[name] = complaint
        if complaint:
            LOG.warning("custom metric %s failed: %s", name, complaint)
        else:
            LOG.info("custom metric %s works again", name)


SPECIFICATION = CollectorSpecification(
    "custom",
    (SUCCESS, AGE, RELOADED, RELOADED_AT),
    CustomCollector,
    flags=(CONFIG,),
    enabled=False,
    implied_by=CONFIG,
    create_beside=CustomCollector,
)
