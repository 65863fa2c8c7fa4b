"""The newest load-test results, and the run in progress, from the state folder.

How the documents are read is in ``perfanalysis/results/result_documents.py``.
"""

from __future__ import annotations

import logging
from pathlib import Path

from exporter.collecting import CollectorSpecification, Flag, Flags
from exporter.sources.files import Sources
from perfanalysis.errors import MalformedError
from perfanalysis.exposition.rendering import Block, Layout
from perfanalysis.results import state
from perfanalysis.results.families import FAMILIES, samples_of
from perfanalysis.results.newest_results import NewestResults
from perfanalysis.results.result_documents import Result, Running, parse_running

LOG = logging.getLogger(__name__)

DIRECTORY = Flag(
    "collector.loadtest.directory", None, "The load test's state folder (its default when absent)."
)


class LoadtestCollector:
    """``perf_loadtest_*``: the newest result of each kernel, and the run in progress."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del sources
        named = flags[DIRECTORY.variable]
        self._state = Path(named) if named else state.default_state_directory()
        self._results = NewestResults(self._state / state.RESULTS)
        self._complaint = ""
        self._shown: tuple[dict[str, Result], Running | None] | None = None
        self._block = Block(Layout(()), ())

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        newest = self._results.look()
        running = self._running()
        if (newest, running) != self._shown:
            pairs = samples_of([newest[kernel] for kernel in sorted(newest)], running)
            self._block = Block(Layout(s for s, _ in pairs), [value for _, value in pairs])
            self._shown = (newest, running)
        return [self._block]

    def _running(self) -> Running | None:
        path = self._state / state.RUNNING
        try:
            running = parse_running(path.read_bytes())
        except FileNotFoundError:
            self._complaint = ""
            return None
        except (MalformedError, OSError) as error:
            if self._complaint != str(error):
                self._complaint = str(error)
                LOG.warning("run in progress %s skipped: %s", path, error)
            return None
        self._complaint = ""
        # A run that was killed leaves its file behind.
        return running if Path(f"/proc/{running.process}").exists() else None


SPECIFICATION = CollectorSpecification("loadtest", FAMILIES, LoadtestCollector, flags=(DIRECTORY,))
