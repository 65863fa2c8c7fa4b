"""What ``sysbench cpu run`` prints, as a result document. Pure.

An event is a search for all primes up to a limit; ``events per second`` is that of all threads
together (sysbench 1.0 and later, src/tests/cpu). Nothing else was kept: no slices, no intervals.
The kernel has a name of its own: its unit is no unit of ours, and is never compared with one.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import math
import re
from typing import Any, NamedTuple

from perfanalysis import __version__
from perfanalysis.errors import InputError
from perfanalysis.results.document import Document, Imported, Level
from perfanalysis.results.machine import from_facts

FORMAT = "sysbench-log"
KERNEL = "sysbench_cpu"
PROFILE = "imported"
FIRST_WORD = b"sysbench "
_FIELDS = {
    "version": r"^sysbench ([0-9][0-9A-Za-z.+-]*)",
    "threads": r"^Number of threads: ([0-9]{1,6})\s*$",
    "limit": r"^Prime numbers limit: ([0-9]{1,12})\s*$",
    "rate": r"^\s+events per second:\s+([0-9]{1,15}(?:\.[0-9]{1,9})?)\s*$",
    "seconds": r"^\s+total time:\s+([0-9]{1,12}(?:\.[0-9]{1,9})?)s\s*$",
}


class SysbenchLog(NamedTuple):
    """One run: events per second of all threads, primes up to ``limit``, seconds that it took."""

    version: str
    threads: int
    limit: int
    rate: float
    seconds: float


def parse(data: bytes, where: str) -> SysbenchLog:
    """Read what one run printed.

    Args:
        data: of the log.
        where: its name, for messages.

    Raises:
        InputError: it is no whole log of one ``sysbench cpu`` run.
    """
    text = data.decode("utf-8", "replace")
    found: dict[str, str] = {}
    for name, pattern in _FIELDS.items():
        values = re.findall(pattern, text, re.MULTILINE)
        if len(values) != 1:
            shown = pattern.strip("^$").partition("(")[0].replace(r"\s+", " ").strip()
            expected = f"one line with {shown!r}, as `sysbench cpu run` prints it"
            raise InputError(where, name, expected, len(values))
        found[name] = values[0]
    log = SysbenchLog(
        found["version"],
        int(found["threads"]),
        int(found["limit"]),
        float(found["rate"]),
        float(found["seconds"]),
    )
    if not (log.threads and log.rate > 0 and math.isfinite(log.rate)):
        raise InputError(where, "rate", "a run of at least one thread and event")
    return log


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
