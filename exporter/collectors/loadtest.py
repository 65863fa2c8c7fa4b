"""The newest load-test results, what they say of kinds of work, and what is in progress.

How the documents are read is in ``perfanalysis/results/newest_results.py``.
"""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path

from exporter.collecting import CollectorSpecification, Flag, Flags
from exporter.sources.files import Sources
from perfanalysis.errors import MalformedError
from perfanalysis.exposition.rendering import Block, Layout
from perfanalysis.results import kind_families, replay_families, state
from perfanalysis.results.families import FAMILIES, Sample, in_page_order, samples_of_run
from perfanalysis.results.kind_families import KernelResult, samples_of_kinds
from perfanalysis.results.newest_results import SETTLED_NANOSECONDS, NewestResults

LOG = logging.getLogger(__name__)

DIRECTORY = Flag(
    "collector.loadtest.directory", None, "The load test's state folder (its default when absent)."
)


class LoadtestCollector:
    """``perf_loadtest_*``, ``perf_kind_*`` and ``perf_replay_*``: the newest result of each kernel,
    what these foretell together, and the run or replay in progress, from the state folder.
    """

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del sources
        named = flags[DIRECTORY.variable]
        self._state = Path(named) if named else state.default_state_directory()
        self._results = NewestResults(self._state / state.RESULTS)
        self._kinds_of: dict[str, KernelResult] = {}
        self._kinds: list[Sample] = []
        self._complaints: dict[str, str] = {}
        self._shown: tuple[dict[str, list[Sample]], list[Sample], list[Sample]] | None = None
        self._block = Block(Layout(()), ())
        # The state folder's change, where nothing was in progress and it had settled.
        self._idle: int | None = None

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        newest = self._results.look()
        running, replay = self._in_progress()
        if (newest, running, replay) != self._shown:
            pairs = in_page_order([*(newest[kernel] for kernel in sorted(newest)), running])
            pairs += [*self._of_kinds(), *replay]
            self._block = Block(Layout(s for s, _ in pairs), [value for _, value in pairs])
            self._shown = (newest, running, replay)
        return [self._block]

    def _of_kinds(self) -> list[Sample]:
        results = self._results.for_kinds()
        if results != self._kinds_of:
            self._kinds, self._kinds_of = samples_of_kinds(results), results
        return self._kinds

    def _in_progress(self) -> tuple[list[Sample], list[Sample]]:
        """The run and the replay in progress, by their files in the state folder.

        These come by a rename, which changes the folder: while it stays as it was when there was
        none, there is none. Measured: half of what the collector costs.
        """
        try:
            changed = os.stat(self._state).st_mtime_ns  # noqa: PTH116 - at every scrape
        except FileNotFoundError:
            self._complaints.clear()
            return [], []
        if changed == self._idle:
            return [], []
        running, replay = self._progress(state.RUNNING), self._progress(state.REPLAY)
        settled = abs(time.time_ns() - changed) > SETTLED_NANOSECONDS
        self._idle = changed if running is None and replay is None and settled else None
        return running or [], replay or []

    def _progress(self, name: str) -> list[Sample] | None:
        """What one file says is in progress; nothing of one that was killed, None: no file."""
        path = self._state / name
        try:
            pid, samples = _read_progress(name, path.read_bytes())
        except FileNotFoundError:
            self._complaints.pop(name, None)
            return None
        except (MalformedError, OSError) as error:
            if self._complaints.get(name) != str(error):
                self._complaints[name] = str(error)
                LOG.warning("what is in progress, %s, skipped: %s", path, error)
            return []
        self._complaints.pop(name, None)
        return samples if Path(f"/proc/{pid}").exists() else []


def _read_progress(name: str, data: bytes) -> tuple[int, list[Sample]]:
    # Where there are no load tests or replays, nobody has a use for their readers.
    if name == state.REPLAY:
        from perfanalysis.results import replay_state

        replay = replay_state.parse(data)
        return replay.pid, replay_families.samples_of_replay(replay)
    from perfanalysis.results import running

    run = running.parse(data)
    return run.pid, samples_of_run(run)


SPECIFICATION = CollectorSpecification(
    "loadtest",
    (*FAMILIES, *kind_families.FAMILIES, *replay_families.FAMILIES),
    LoadtestCollector,
    flags=(DIRECTORY,),
)
