"""The newest result of each kernel among all that the load test has left, for one stat(2) a scrape.

A machine that measures itself every night has thousands of documents after some years. They are
written by a rename, which changes their folder, so while that stays as it is they are looked at
once a minute only (somebody may copy one over another); and of those that are not the newest, no
more is kept than what is needed to know that.
"""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path
from typing import NamedTuple

from perfanalysis.errors import MalformedError
from perfanalysis.results.result_documents import Result, parse

LOG = logging.getLogger(__name__)

LOOK_SECONDS = 60.0
# A folder's time has the resolution of the kernel's tick: what has just changed is looked at again.
SETTLED_NANOSECONDS = 1_000_000_000
_ENDED = "timestamp_seconds"


class _Known(NamedTuple):
    """A file as it was read: its change (nanoseconds), size, kernel and end of the run.

    The kernel of a file that is no result is "".
    """

    modified: int
    size: int
    kernel: str
    ended: float


class NewestResults:
    """Finds them, and remembers.

    Args:
        folder: of the documents; it need not be there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._seen: int | None = None
        self._due = 0.0
        self._known: dict[str, _Known] = {}
        self._files: dict[str, str] = {}
        self._results: dict[str, Result] = {}

    def look(self) -> dict[str, Result]:
        """The newest readable result of each kernel; the same object when nothing has changed.

        Raises:
            OSError: the folder cannot be read.
        """
        try:
            changed = os.stat(self._folder).st_mtime_ns  # noqa: PTH116 - at every scrape
        except FileNotFoundError:
            self._seen, self._known, self._files, self._results = None, {}, {}, {}
            return self._results
        now = time.monotonic()
        if changed != self._seen or now >= self._due:
            settled = abs(time.time_ns() - changed) > SETTLED_NANOSECONDS
            self._look_anew()
            self._due = now + LOOK_SECONDS
            self._seen = changed if settled else None
        return self._results

    def _look_anew(self) -> None:
        known: dict[str, _Known] = {}
        newest: dict[str, tuple[str, Result | None]] = {}
        for name in sorted(os.listdir(self._folder)):  # noqa: PTH208 - names alone
            if not name.endswith(".json") or name.startswith("."):
                continue
            try:
                entry, result = self._entry(name)
            except FileNotFoundError:
                continue
            known[name] = entry
            best = newest.get(entry.kernel)
            if entry.kernel and (best is None or entry.ended >= known[best[0]].ended):
                newest[entry.kernel] = (name, result)
        results = {
            kernel: found
            for kernel, (name, result) in newest.items()
            if (found := result or self._held(kernel, name)) is not None
        }
        self._known, self._files = known, {kernel: name for kernel, (name, _) in newest.items()}
        if results != self._results:
            self._results = results

    def _entry(self, name: str) -> tuple[_Known, Result | None]:
        """What is known of a file, and the result when it was read just now."""
        path = f"{self._folder}/{name}"
        facts = os.stat(path)  # noqa: PTH116 - of thousands
        before = self._known.get(name)
        if before is not None and before[:2] == (facts.st_mtime_ns, facts.st_size):
            return before, None
        result = _read(path)
        kernel, ended = ("", 0.0) if result is None else (result.kernel, result.run[_ENDED])
        return _Known(facts.st_mtime_ns, facts.st_size, kernel, ended), result

    def _held(self, kernel: str, name: str) -> Result | None:
        """The result of a file that was read earlier."""
        if self._files.get(kernel) == name and kernel in self._results:
            return self._results[kernel]
        return _read(f"{self._folder}/{name}")


def _read(path: str) -> Result | None:
    try:
        return parse(Path(path).read_bytes())
    except (MalformedError, OSError) as error:
        LOG.warning("result document %s skipped: %s", path, error)
        return None
