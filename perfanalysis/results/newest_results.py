"""The newest result of each kernel among all that the load test has left, for one stat(2) a scrape.

A machine that measures itself every night has thousands of documents after some years. They are
written by a rename, which changes their folder, so while that stays as it is they are looked at
once a minute only (somebody may copy one over another); of those that are not the newest, no more
is read and kept than what is needed to know that. The reader of documents is loaded when there is
one: most exporters run where there are no load tests.
"""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path
from typing import NamedTuple

from perfanalysis.errors import InputError
from perfanalysis.results.families import Sample, samples_of

LOG = logging.getLogger(__name__)

LOOK_SECONDS = 60.0
# A folder's time has the resolution of the kernel's tick: what has just changed is looked at again.
SETTLED_NANOSECONDS = 1_000_000_000


class _Known(NamedTuple):
    """A file as it was looked at: its change (nanoseconds), size, kernel and end of the run.

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
        self._read: dict[str, tuple[_Known, list[Sample]]] = {}
        self._shown: dict[str, list[Sample]] = {}

    def look(self) -> dict[str, list[Sample]]:
        """What is shown of the newest readable result of each kernel.

        It is the same object when nothing has changed.

        Raises:
            OSError: the folder cannot be read.
        """
        try:
            changed = os.stat(self._folder).st_mtime_ns  # noqa: PTH116 - at every scrape
        except FileNotFoundError:
            self._seen, self._known, self._read, self._shown = None, {}, {}, {}
            return self._shown
        now = time.monotonic()
        if changed != self._seen or now >= self._due:
            settled = abs(time.time_ns() - changed) > SETTLED_NANOSECONDS
            self._look_anew()
            self._due = now + LOOK_SECONDS
            self._seen = changed if settled else None
        return self._shown

    def _look_anew(self) -> None:
        known: dict[str, _Known] = {}
        for name in sorted(os.listdir(self._folder)):  # noqa: PTH208 - names alone
            if name.endswith(".json") and not name.startswith("."):
                entry = self._entry(name)
                if entry is not None:
                    known[name] = entry
        self._known = known
        read: dict[str, tuple[_Known, list[Sample]]] = {}
        shown: dict[str, list[Sample]] = {}
        # The newest first; a file that is no result gives way to the one before it.
        for name, entry in sorted(known.items(), key=lambda e: (-e[1].ended, e[0])):
            if entry.kernel and entry.kernel not in shown:
                before = self._read.get(name)
                kept = before if before and before[0] == entry else self._samples(name, entry)
                if kept is not None:
                    read[name], shown[entry.kernel] = kept, kept[1]
        self._read = read
        if shown != self._shown:
            self._shown = shown

    def _entry(self, name: str) -> _Known | None:
        """What is known of a file; None when it is gone."""
        from perfanalysis.results import heads

        path = f"{self._folder}/{name}"
        try:
            facts = os.stat(path)  # noqa: PTH116 - of thousands
            before = self._known.get(name)
            if before is not None and before[:2] == (facts.st_mtime_ns, facts.st_size):
                return before
            head = heads.read(path)
        except FileNotFoundError:
            return None
        except OSError:
            # The full reader says why.
            head = None
        known = _Known(facts.st_mtime_ns, facts.st_size, *(head or ("", 0.0)))
        if head is None:
            self._samples(name, known)
        return known

    def _samples(self, name: str, entry: _Known) -> tuple[_Known, list[Sample]] | None:
        """What is shown of a file; None, and not looked at again, when it is no result."""
        from perfanalysis.results import reading

        try:
            document = reading.read(Path(self._folder, name), whole=False)
        except InputError as error:
            LOG.warning("result document skipped: %s", error)
            self._known[name] = entry._replace(kernel="")
            return None
        return entry, samples_of(document)
