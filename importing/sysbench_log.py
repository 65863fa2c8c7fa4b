"""What ``sysbench cpu run`` prints, as result documents. Pure.

An event is a search for all primes up to a limit; ``events per second`` is that of all threads
together (sysbench 1.0 and later, src/sysbench.c and src/tests/cpu). 1.0 has ``total time`` under
``General statistics``, 1.1 ``time elapsed`` under ``Throughput``. Nothing else was kept: no slices,
no intervals. The kernel has a name of its own: its unit is none of ours, and never compared.

A log may hold several runs, and any text around each: a run is what stands between its first line
(``sysbench VERSION (using ...``) and its last (``execution time (avg/stddev)``).
"""

from __future__ import annotations

import codecs
import datetime
import hashlib
import json
import math
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from perfanalysis import __version__
from perfanalysis.errors import InputError
from perfanalysis.results.document import Document, Imported, Level
from perfanalysis.results.machine import from_facts

FORMAT = "sysbench-log"
KERNEL = "sysbench_cpu"
PROFILE = "imported"
# Of the threads' time, what events took: the rest went into waiting, or into sysbench itself.
LEAST_BUSY = 0.95
# Events per second times seconds is the number of events, but for what was rounded.
_AGREEMENT = 0.01
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LOG = re.compile(rb"^.{0,200}?\bsysbench \d", re.MULTILINE)
_FIRST = re.compile(r"\bsysbench (\d[0-9A-Za-z.+-]*)(?: \(using |:)")
_LAST = re.compile(r"\bexecution time \(avg/stddev\):.*")
_NUMBER = r"([0-9]{1,15}(?:\.[0-9]{1,9})?)"
_FIELDS = {
    "threads": r"\bNumber of threads: ([0-9]{1,6})\s*$",
    "limit": r"\bPrime numbers limit: ([0-9]{1,12})\s*$",
    "rate": rf"\bevents per second:\s+{_NUMBER}\s*$",
    "seconds": rf"\b(?:total time|time elapsed):\s+{_NUMBER}s\s*$",
    "events": r"\btotal number of events:\s+([0-9]{1,18})\s*$",
    "latency sum": rf"\bsum:\s+{_NUMBER}\s*$",
}
# As sysbench prints them, for messages.
_SHOWN = {
    "threads": "Number of threads:",
    "limit": "Prime numbers limit:",
    "rate": "events per second:",
    "seconds": "total time:' or 'time elapsed:",
    "events": "total number of events:",
    "latency sum": "sum:",
}


class SysbenchLog(NamedTuple):
    """One run: events per second of all threads, primes up to ``limit``, seconds that it took."""

    version: str
    threads: int
    limit: int
    rate: float
    seconds: float


def is_log(data: bytes) -> bool:
    """Whether a file is a log of sysbench: a line of it names the program and its version."""
    if data.startswith(_UTF_16):
        data = data.decode("utf-16", "replace").encode()
    return bool(_LOG.search(data))


def has_runs(data: bytes) -> bool:
    """Whether a run begins in this piece of a file."""
    return bool(_FIRST.search(data.decode("utf-8", "replace")))


def parse(data: bytes, where: str) -> list[SysbenchLog]:
    """Read the runs of a log, in its order; there is at least one.

    Args:
        data: of the log.
        where: its name, for messages.

    Raises:
        InputError: one is no whole ``sysbench cpu`` run, or was not at full speed all the time.
    """
    text = data.decode("utf-16" if data.startswith(_UTF_16) else "utf-8", "replace")
    begins = list(_FIRST.finditer(text))
    if not begins:
        first = "sysbench 1.0.20 (using ...)"
        raise InputError(where, "", f"a run of sysbench, which begins with a line like '{first}'")
    ends = [begin.start() for begin in begins[1:]] + [len(text)]
    runs = []
    for number, (begin, end) in enumerate(zip(begins, ends, strict=True), 1):
        place = f"run {number} of {len(begins)}" if len(begins) > 1 else ""
        runs.append(_run(begin[1], text[begin.start() : end], where, place))
    return runs


def _run(version: str, text: str, where: str, place: str) -> SysbenchLog:
    def fault(expected: str, found: object = None, name: str = "") -> InputError:
        field = ": ".join(part for part in (place, name) if part)
        return InputError(where, field, expected, found)

    if last := _LAST.search(text):
        text = text[: last.end()]
    if unfit := _unfit(version, text, ended=last is not None):
        raise fault(*unfit)
    found = {}
    for name, pattern in _FIELDS.items():
        values = re.findall(pattern, text, re.MULTILINE)
        if len(values) != 1:
            shown = _SHOWN[name]
            raise fault(f"one line with '{shown}', as sysbench prints it", len(values), name)
        found[name] = values[0]
    log = SysbenchLog(
        version,
        int(found["threads"]),
        int(found["limit"]),
        float(found["rate"]),
        float(found["seconds"]),
    )
    if not (log.threads and log.seconds > 0 and log.rate > 0 and math.isfinite(log.rate)):
        raise fault("a run of at least one thread and event", name="rate")
    if expected := _doubt(log, int(found["events"]), float(found["latency sum"]) / 1000):
        raise fault(expected)
    return log


def _unfit(version: str, text: str, *, ended: bool) -> tuple[str, str | None] | None:
    """What was expected of a run that tells nothing of its machine, and what was found."""
    if version.startswith("0."):
        return "a log of sysbench 1.0 or later, which tells events per second", version
    if died := re.search(r"^.*\bFATAL: .*$", text, re.MULTILINE):
        return "a run that went well", died[0].strip()
    if not re.search(_FIELDS["limit"], text, re.MULTILINE):
        said = _SHOWN["limit"]
        return f"`sysbench cpu run`, which prints '{said}'; this is another test, or no run", None
    if asked := re.search(r"\bTarget transaction rate: (.*)", text):
        expected = "a run at full speed, without --rate: its events are those that were asked for"
        return expected, asked[1].strip()
    expected = ""
    if "Checkpoint report:" in text or re.search(r"\bReport checkpoint\(s\) at", text):
        expected = "a run without --report-checkpoints, whose figures are of parts of it"
    elif not ended:
        expected = "a run that has ended, whose last line is 'execution time (avg/stddev):'"
    return (expected, None) if expected else None


def _doubt(log: SysbenchLog, events: int, busy_seconds: float) -> str:
    """What was expected of a run whose figures are none of its machine; "" when they are."""
    # The rate has two digits behind its point.
    tolerance = _AGREEMENT * events + 0.005 * log.seconds + 1
    if abs(events - log.rate * log.seconds) > tolerance:
        return (
            f"figures of one run: {log.rate:g} events per second for {log.seconds:g} s are not the "
            f"{events} events that it tells"
        )
    busy = busy_seconds / (log.threads * log.seconds)
    if busy < LEAST_BUSY:
        return (
            f"threads that were busy with events all the time (at least {LEAST_BUSY:.0%}): theirs "
            f"took {busy_seconds:.1f} s (sum) of {log.threads} x {log.seconds:.1f} s, {busy:.0%}"
        )
    return ""


def ends(logs: Sequence[SysbenchLog], when: float) -> list[float]:
    """When each run of a log ended: the last one at ``when``, those before it back to back.

    The log tells no times, and nothing of pauses: an earlier one ended then, or before.
    """
    found = []
    for log in reversed(logs):
        found.append(when)
        when -= log.seconds
    return found[::-1]


def as_document(
    log: SysbenchLog, *, cpus: int, file: str, when: float, machine: dict[str, Any]
) -> Document:
    """The result document of one run; the same log and time give the same id.

    Threads that are fewer than the CPUs keep just as many of them busy.

    Args:
        log: the run.
        cpus: how many CPUs the machine had.
        file: name of the file that it came from.
        when: the end of the run, seconds since 1970.
        machine: facts as in the schema; what is unknown is absent.

    Raises:
        InputError: a fact is not what the schema expects.
    """
    busy = max(1, round(100 * min(log.threads, cpus) / cpus))
    machine = machine | {"logical_cpus": cpus}
    content = json.dumps([log, when, machine], sort_keys=True).encode()
    moment = datetime.datetime.fromtimestamp(when, datetime.UTC)
    mark = hashlib.sha256(content).hexdigest()[:8]
    return Document(
        test_id=f"{moment:%Y%m%dT%H%M%SZ}-{KERNEL}-imported-{mark}",
        kernel=KERNEL,
        kernel_version=f"{log.version}-primes-{log.limit}",
        profile=PROFILE,
        timestamp_seconds=when,
        duration_seconds=log.seconds,
        levels=(Level(busy=busy, units_per_second=log.rate),),
        machine=from_facts(machine, file),
        imported=Imported(format=FORMAT, file=file, perfanalysis=__version__),
        max_units_per_second=log.rate if log.threads >= cpus else None,
        single_units_per_second=log.rate if log.threads == 1 else None,
    )
