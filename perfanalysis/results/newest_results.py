"""The result of each kernel that is the machine's own, for one stat(2) a scrape.

That is the newest valid one under the machine's full conditions (``conditions.py``): a run on one
CPU, or one that something spoiled, says nothing of what the machine does. Where there is none it is
another program's curve, which tells no conditions, else the newest spoiled one under full
conditions, of which ``perf_loadtest_valid`` says so. A run under narrower conditions is shown under
its own id alone, never as what the machine does. Remote write goes by the same choice (``is_own``).

A run may have been cut down from outside (taskset, a smaller cgroup): it had a smaller share of its
machine than others of the latest runs. A share that all of these have is the machine's.

A machine that measures itself every night has thousands of documents after some years. They are
written by a rename, which changes their folder, so while that stays as it is they are looked at
once a minute only (somebody may copy one over another); of most of them no more is read than their
first lines, and each of the others once. The reader of documents is loaded when there is one: most
exporters run where there are no load tests.
"""

from __future__ import annotations

import itertools
import logging
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from perfanalysis.errors import InputError
from perfanalysis.results.families import (
    INFO,
    Sample,
    samples_of,
    samples_of_lasting,
    samples_of_newest,
    samples_of_one_run,
    with_lasting,
)
from perfanalysis.results.kind_families import KernelResult, of_result

if TYPE_CHECKING:
    from perfanalysis.results.document import Document

LOG = logging.getLogger(__name__)

LOOK_SECONDS = 60.0
# A folder's time has the resolution of the kernel's tick: what has just changed is looked at again.
SETTLED_NANOSECONDS = 1_000_000_000
# So many valid runs under otherwise full conditions tell the machine's usual share.
LATEST = 10
# Of each kernel no more are decoded in search of these.
MOST_DECODED = 50


class _Known(NamedTuple):
    """A file as it was looked at: its change (nanoseconds) and size, and what its head says.

    The kernel of a file that is no result is "".
    """

    modified: int
    size: int
    kernel: str
    ended: float
    valid: bool | None


class _Judged(NamedTuple):
    """A file that was decoded: under which conditions its run was.

    Attributes:
        name: of the file.
        entry: of the file.
        valid: whether nothing spoiled the run.
        imported: whether another program measured it.
        full: whether its own conditions are full.
        cpus: how many its machine had; with another number it is another machine.
        share: how many of them the run might use.
        run: the series under the run's own id.
        version: of the kernel.
        whole: whether its own conditions are full, but for a wait for the baseline behind them.
        lasting: what is shown of its minutes at full load; empty: it had none.
    """

    name: str
    entry: _Known
    valid: bool | None
    imported: bool
    full: bool
    cpus: int | None
    share: float
    run: list[Sample]
    version: str
    whole: bool
    lasting: list[Sample]


# A file whose figures are shown, its samples, and what it says for kinds of work.
_Read = tuple[_Known, list[Sample], KernelResult | None]


def is_own(document: Document, folder: Path) -> bool:
    """Whether a result's figures are its machine's own, as an exporter of the folder would show it.

    A run on a part of the machine never is, nor one that was spoiled or cut down beside a better
    one. Of a result that is not in the folder only its own conditions tell it.

    Raises:
        OSError: the folder cannot be read.
    """
    from perfanalysis.results import conditions

    if conditions.full(document) is False:
        return False
    if not (folder / f"{document.test_id}.json").is_file():
        return True
    shown = NewestResults(folder).look().get(document.kernel, ())
    return any(series.family is INFO and document.test_id in series.labels for series, _ in shown)


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
        self._judged: dict[str, _Judged] = {}
        self._read: dict[str, _Read] = {}
        self._shown: dict[str, list[Sample]] = {}

    def look(self) -> dict[str, list[Sample]]:
        """What is shown of each kernel.

        It is the same object when nothing has changed.

        Raises:
            OSError: the folder cannot be read.
        """
        try:
            changed = os.stat(self._folder).st_mtime_ns  # noqa: PTH116 - at every scrape
        except FileNotFoundError:
            self._seen, self._known, self._judged, self._read, self._shown = None, {}, {}, {}, {}
            return self._shown
        now = time.monotonic()
        if changed != self._seen or now >= self._due:
            settled = abs(time.time_ns() - changed) > SETTLED_NANOSECONDS
            self._look_anew()
            self._due = now + LOOK_SECONDS
            self._seen = changed if settled else None
        return self._shown

    def for_kinds(self) -> dict[str, KernelResult]:
        """What the results that were shown last say for kinds of work, by kernel."""
        return {entry.kernel: own for entry, _, own in self._read.values() if own is not None}

    def _look_anew(self) -> None:
        known: dict[str, _Known] = {}
        for name in sorted(os.listdir(self._folder)):  # noqa: PTH208 - names alone
            if name.endswith(".json") and not name.startswith("."):
                entry = self._entry(name)
                if entry is not None:
                    known[name] = entry
        self._known = known
        self._judged = {name: one for name, one in self._judged.items() if name in known}
        names: dict[str, list[str]] = {}
        for name, entry in sorted(known.items(), key=lambda e: (-e[1].ended, e[0])):
            if entry.kernel:
                names.setdefault(entry.kernel, []).append(name)
        read: dict[str, _Read] = {}
        shown: dict[str, list[Sample]] = {}
        for kernel, files in names.items():
            newest = next(filter(None, map(self._judge, files)), None)
            chosen = newest and self._choose(files)
            kept = chosen and self._samples(chosen.name, chosen.entry)
            if newest and chosen and kept:
                read[chosen.name] = kept
                shown[kernel] = with_lasting(kept[1], self._lasting(chosen, files))
                shown[kernel] += samples_of_newest(kernel, valid=newest.valid)
                if newest.name != chosen.name:
                    shown[kernel] += newest.run
        self._read = read
        if shown != self._shown:
            self._shown = shown

    def _choose(self, files: list[str]) -> _Judged | None:
        """What is shown of one kernel's files, the newest first; None: none is a result."""
        found: list[_Judged] = []
        curve: _Judged | None = None
        # What was spoiled is told by the head.
        unspoiled = (name for name in files if self._known[name].valid is not False)
        for name in itertools.islice(unspoiled, MOST_DECODED):
            judged = self._judge(name)
            if judged is not None and judged.imported:
                curve = curve or judged
            elif judged is not None and judged.valid and judged.full:
                found.append(judged)
            if len(found) == LATEST:
                break
        if not found:
            return curve or self._next_best(files)
        # Of a machine that got more CPUs, or fewer, what it was before tells nothing.
        own = [one for one in found if one.cpus == found[0].cpus]
        usual = max(one.share for one in own)
        return next(one for one in own if one.share == usual)

    def _lasting(self, chosen: _Judged, files: list[str]) -> list[Sample]:
        """The minutes at full load of the newest run like the one that is shown.

        A machine measures itself every night, and for minutes once in a while.
        """
        like = (chosen.valid, chosen.whole, chosen.cpus, chosen.share, chosen.version)
        # What was not decoded in search of the one that is shown is too old.
        judged = filter(None, map(self._judged.get, files))
        alike = (
            one
            for one in judged
            if (one.valid, one.whole, one.cpus, one.share, one.version) == like
            and one.entry.ended <= chosen.entry.ended
        )
        return next((one.lasting for one in alike if one.lasting), [])

    def _next_best(self, files: list[str]) -> _Judged | None:
        """Where no run tells what the machine does: a spoiled one of all of it, else any."""
        judged = filter(None, map(self._judge, files))
        results = list(itertools.islice(judged, MOST_DECODED))
        whole = next((one for one in results if one.full), None)
        return whole or next(iter(results), None)

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
        known = _Known(facts.st_mtime_ns, facts.st_size, *(head or ("", 0.0, None)))
        if head is None:
            self._document(name, known)
        return known

    def _judge(self, name: str) -> _Judged | None:
        """Under which conditions the run of a file was; None: the file is no result."""
        from perfanalysis.results import conditions

        entry, before = self._known[name], self._judged.get(name)
        if before is not None and before.entry == entry:
            return before
        document = self._document(name, entry) if entry.kernel else None
        if document is None:
            return None
        full, share = conditions.full(document), conditions.share(document)
        judged = self._judged[name] = _Judged(
            name,
            entry,
            document.valid,
            imported=full is None,
            full=full is True,
            cpus=document.machine.logical_cpus,
            # A run that does not tell it is no reason to leave others out.
            share=0.0 if isinstance(share, conditions.Unknown) else share,
            run=samples_of_one_run(document),
            version=document.kernel_version,
            whole=full is not None
            and not set(conditions.less_than_full(document)) - {"until_steady"},
            lasting=samples_of_lasting(document),
        )
        return judged

    def _samples(self, name: str, entry: _Known) -> _Read | None:
        """What is shown of a file; None when it is no result any more."""
        before = self._read.get(name)
        if before is not None and before[0] == entry:
            return before
        document = self._document(name, entry)
        return None if document is None else (entry, samples_of(document), of_result(document))

    def _document(self, name: str, entry: _Known) -> Document | None:
        """What a file holds; None, and not looked at again, when it is no result."""
        from perfanalysis.results import reading

        try:
            return reading.read(Path(self._folder, name), whole=False)
        except InputError as error:
            LOG.warning("result document skipped: %s", error)
            self._known[name] = entry._replace(kernel="")
            return None
