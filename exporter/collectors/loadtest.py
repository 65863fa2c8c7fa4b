"""The newest load-test results, what they say of kinds of work, and the run in progress.

How the documents are read is in ``perfanalysis/results/newest_results.py``.
"""

from __future__ import annotations

import logging
from pathlib import Path

from exporter.collecting import CollectorSpecification, Flag, Flags
from exporter.sources.files import Sources
from perfanalysis.errors import MalformedError
from perfanalysis.exposition.rendering import Block, Layout
from perfanalysis.results import kind_families, state
from perfanalysis.results.families import FAMILIES, Sample, in_page_order, samples_of_run
from perfanalysis.results.kind_families import KernelResult, samples_of_kinds
from perfanalysis.results.newest_results import NewestResults

LOG = logging.getLogger(__name__)

DIRECTORY = Flag(
    "collector.loadtest.directory", None, "The load test's state folder (its default when absent)."
)


class LoadtestCollector:
    """``perf_loadtest_*`` and ``perf_kind_*``: the newest result of each kernel, what these
    foretell together, and the run in progress, from the state folder.
    """

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del sources
        named = flags[DIRECTORY.variable]
        self._state = Path(named) if named else state.default_state_directory()
        self._results = NewestResults(self._state / state.RESULTS)
        self._kinds_of: dict[str, KernelResult] = {}
        self._kinds: list[Sample] = []
        self._complaint = ""
        self._shown: tuple[dict[str, list[Sample]], list[Sample]] | None = None
        self._block = Block(Layout(()), ())

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        newest = self._results.look()
        running = self._running()
        if (newest, running) != self._shown:
            pairs = in_page_order([*(newest[kernel] for kernel in sorted(newest)), running])
            pairs += self._of_kinds()
            self._block = Block(Layout(s for s, _ in pairs), [value for _, value in pairs])
            self._shown = (newest, running)
        return [self._block]

    def _of_kinds(self) -> list[Sample]:
        results = self._results.for_kinds()
        if results != self._kinds_of:
            self._kinds, self._kinds_of = samples_of_kinds(results), results
        return self._kinds

    def _running(self) -> list[Sample]:
        path = self._state / state.RUNNING
        try:
            data = path.read_bytes()
            # Where there are no load tests, nobody has a use for it.
            from perfanalysis.results import running

            found = running.parse(data)
        except FileNotFoundError:
            self._complaint = ""
            return []
        except (MalformedError, OSError) as error:
            if self._complaint != str(error):
                self._complaint = str(error)
                LOG.warning("run in progress %s skipped: %s", path, error)
            return []
        self._complaint = ""
        # A run that was killed leaves its file behind.
        return samples_of_run(found) if Path(f"/proc/{found.pid}").exists() else []


SPECIFICATION = CollectorSpecification(
    "loadtest", (*FAMILIES, *kind_families.FAMILIES), LoadtestCollector, flags=(DIRECTORY,)
)
