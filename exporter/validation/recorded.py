"""The collectors over a recording: what they read of /proc comes from the tick's texts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from exporter.collecting import Collector, CollectorError, CollectorSpecification, Flags
from exporter.collecting import NothingToRead as NothingToReadError
from exporter.collectors.cgroup import families
from exporter.collectors.filesystem import collector as filesystem
from exporter.sources.files import KeptFile, Paths, Sources
from exporter.validation import rules
from exporter.validation.evaluation import Validator
from perfanalysis.errors import MalformedError
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, VaryingSeries
from perfanalysis.recordings.captures import Tick

# The collectors that read nothing but files of /proc, which a recording can hold.
READ_PROC_ONLY = frozenset(
    {
        "conntrack",
        "cpu",
        "diskstats",
        "entropy",
        "filefd",
        "loadavg",
        "meminfo",
        "netdev",
        "netstat",
        "pressure",
        "schedstat",
        "sockstat",
        "softnet",
        "stat",
        "vmstat",
    }
)
_PROC = "/proc/"
_STATFS = "statfs"
_CONTAINER = "container/"
MICROSECONDS = b"e-6"
# A folder that is in no tree, so that nothing of this machine is taken for the recording's.
_NOWHERE = Path("/proc/self/no-such-tree")


class RecordedFile(KeptFile):
    """A file of the tick."""

    __slots__ = ("_name", "_recorded")

    def __init__(self, name: str, recorded: RecordedSources) -> None:
        super().__init__(recorded.paths.procfs / name, recorded)
        self._name = name
        self._recorded = recorded

    def read(self) -> bytes:
        """What the tick has of it.

        Raises:
            FileNotFoundError: it has nothing.
        """
        text = self._recorded.texts.get(_PROC + self._name)
        if text is None:
            raise FileNotFoundError(f"the recording has no /proc/{self._name}")
        return text


class RecordedSources(Sources):
    """Files of /proc out of a recording; ``texts`` are those of the tick, by their paths."""

    def __init__(self) -> None:
        super().__init__(Paths(_NOWHERE, _NOWHERE, _NOWHERE, _NOWHERE))
        self.texts: dict[str, bytes] = {}

    def proc(self, name: str, longest_line: int | None = None) -> KeptFile:
        """The file of that name below /proc."""
        del longest_line
        return RecordedFile(name, self)


def _numbers(text: bytes, what: str) -> list[dict[str, Any]]:
    found = []
    for line in text.split(b"\n"):
        if line.strip():
            try:
                entry = json.loads(line)
            except ValueError as error:
                raise CollectorError(f"{what}: expected a JSON object a line") from error
            if not isinstance(entry, dict):
                raise CollectorError(f"{what}: expected a JSON object a line")
            found.append(entry)
    return found


def _number(entry: dict[str, Any], field: str, what: str) -> int:
    value = entry.get(field)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise CollectorError(f"{what}: expected a number in {field}, found {value!r}")
    return value


def mounts(texts: dict[str, bytes]) -> list[tuple[Series, bytes]]:
    """The file systems' space, as the collector ``filesystem`` shows it.

    Raises:
        CollectorError: a record is malformed.
    """
    pairs = []
    columns = ((filesystem.SIZE, "total"), (filesystem.FREE, "free"))
    for subsystem, text in texts.items():
        if subsystem.startswith(_STATFS):
            for entry in _numbers(text, subsystem):
                labels = ("", str(entry.get("mount_point", "")), "", "")
                block = _number(entry, "block_size", subsystem)
                for family, field in (*columns, (filesystem.AVAILABLE, "available")):
                    blocks = _number(entry, f"blocks_{field}", subsystem)
                    pairs.append((Series(family, labels), b"%d" % (block * blocks)))
    return pairs


_CONTAINER_FIELDS: tuple[tuple[str, Family, tuple[str, ...], bytes], ...] = (
    ("cpu_usage_usec", families.CPU_USAGE, ("total",), MICROSECONDS),
    ("cpu_user_usec", families.CPU_USER, (), MICROSECONDS),
    ("cpu_system_usec", families.CPU_SYSTEM, (), MICROSECONDS),
    ("cpu_periods", families.CFS_PERIODS, (), b""),
    ("cpu_throttled", families.CFS_THROTTLED, (), b""),
    ("cpu_throttled_usec", families.CFS_SECONDS, (), MICROSECONDS),
    ("memory_current", families.MEMORY_USAGE, (), b""),
    ("memory_anon", families.MEMORY_RSS, (), b""),
    ("memory_file", families.MEMORY_CACHE, (), b""),
    ("memory_kernel", families.MEMORY_KERNEL, (), b""),
    ("memory_max", families.SPEC_MEMORY, (), b""),
    ("io_read_bytes", families.FS_READ_BYTES, ("",), b""),
    ("io_write_bytes", families.FS_WRITTEN_BYTES, ("",), b""),
    ("io_read_ops", families.FS_READS, ("",), b""),
    ("io_write_ops", families.FS_WRITES, ("",), b""),
    ("pids_current", families.THREADS, (), b""),
    ("pids_max", families.THREADS_MAX, (), b""),
    ("cpu_period", families.SPEC_PERIOD, (), b""),
    ("cpu_quota", families.SPEC_QUOTA, (), b""),
)

_LIMITS = frozenset({"memory_max", "pids_max", "cpu_quota"})
NO_LIMIT = -1


def _container_labels(entry: dict[str, Any], subsystem: str) -> tuple[str, str]:
    name = entry.get("container_name")
    identity = entry.get("container_id")
    return (
        identity if isinstance(identity, str) and identity else subsystem,
        name if isinstance(name, str) else "",
    )


def containers(texts: dict[str, bytes]) -> list[tuple[Series, bytes]]:
    """The containers' counters, as the collector ``cgroup`` shows them.

    Raises:
        CollectorError: a record is malformed.
    """
    pairs = []
    for subsystem, text in texts.items():
        if subsystem.startswith(_CONTAINER):
            for entry in _numbers(text, subsystem):
                labels = _container_labels(entry, subsystem)
                for field, family, more, suffix in _CONTAINER_FIELDS:
                    if field in entry and not (field in _LIMITS and entry[field] == NO_LIMIT):
                        value = b"%d" % _number(entry, field, subsystem)
                        pairs.append((Series(family, (*labels, *more), suffix), value))
    return pairs


class RecordedSeries:
    """A collector of what is in no file of /proc."""

    def __init__(
        self,
        sources: RecordedSources,
        make: Callable[[dict[str, bytes]], list[tuple[Series, bytes]]],
    ) -> None:
        self._sources = sources
        self._make = make
        self._series = VaryingSeries()

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        pairs = self._make(self._sources.texts)
        if not pairs:
            raise NothingToReadError
        return [self._series.block(pairs)]


Outcome = Sequence[Block] | MalformedError


class RecordedCollectors:
    """The collectors that read /proc, over the ticks of one machine's recording.

    Args:
        specifications: the collectors of which those that read /proc are used.
        flags: the exporter's.
    """

    def __init__(self, specifications: Sequence[CollectorSpecification], flags: Flags) -> None:
        self.sources = RecordedSources()
        self._collectors: dict[str, Collector] = {
            specification.name: specification.create(self.sources, flags)
            for specification in specifications
            if specification.name in READ_PROC_ONLY
        }

    @property
    def names(self) -> tuple[str, ...]:
        """Of the collectors."""
        return tuple(self._collectors)

    def add(self, name: str, collector: Collector) -> None:
        """Let another collector look at the ticks, too."""
        self._collectors[name] = collector

    def collect(self, texts: dict[str, bytes]) -> Iterator[tuple[str, Outcome]]:
        """What each collector makes of a tick's texts; those that find nothing are left out."""
        self.sources.texts = texts
        for name, collector in self._collectors.items():
            try:
                yield name, collector.collect()
            except MalformedError as error:
                yield name, error
            except (NothingToReadError, OSError):
                continue


class Recording:
    """Evaluates the rules over the ticks of one recording.

    ``failed`` holds the collectors for which no tick had anything yet; ``running`` all.

    Args:
        specifications: the collectors of which those that read /proc are used.
        flags: the exporter's.
    """

    def __init__(self, specifications: Sequence[CollectorSpecification], flags: Flags) -> None:
        self.validator = Validator()
        self._collectors = RecordedCollectors(specifications, flags)
        sources = self._collectors.sources
        self._collectors.add("filesystem", RecordedSeries(sources, mounts))
        self._collectors.add("cgroup", RecordedSeries(sources, containers))
        self.running = self._collectors.names
        self.failed = set(self.running)
        self._time = 0.0

    def see(self, tick: Tick) -> None:
        """Look at one tick."""
        now = tick.time
        findings = self.validator.findings
        if self._time:
            findings.looked("time", rules.CLOCK)
            if now < self._time:
                detail = f"line {tick.line}: {self._time - now:.6g} s before the tick above it"
                findings.violated("time", rules.CLOCK, now, detail)
        self._time = now
        for name, outcome in self._collectors.collect(tick.texts):
            self.failed.discard(name)
            if isinstance(outcome, MalformedError):
                self.validator.see_failure(name, f"line {tick.line}: {outcome}", now)
                continue
            self.validator.see(name, outcome, now)
            if name == "cpu":
                self.validator.see_stat(tick.texts.get(f"{_PROC}stat", b""), now)
