"""The files of an import: what each is, its snapshots in order, and those of all merged by time."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from importing import other_files, results, sysbench_log
from importing.captures import CapturedMachine, Snapshot
from importing.intervals import IntegratedCounters, ToldInterval
from importing.machines import ImportedMachine
from importing.monitors import names
from importing.monitors.file import NO_HINTS, Hints, MonitorFile
from importing.monitors.formats import BY_NAME, format_of
from importing.old import container_rows, portal_rows
from importing.old.container_rows import by_time
from importing.old.csv_rows import CsvRow, heading_of, read_rows
from importing.refusals import OUT_OF_ORDER, Refusals
from perfanalysis.errors import InputError
from perfanalysis.recordings.captures import Reading, Tick, opened, read

# Records of different subsystems may stand in another order than that of their times, by so much.
SLACK_SECONDS = 60.0
CAPTURE, CONTAINER_CSV, PORTAL_CSV = "capture", "container CSV", "portal CSV"
RESULT = "load-test result"
EXPECTED = "a capture, a CSV or a result"
_WHY_EMPTY = "a monitor prints nothing where it has recorded nothing of what it was asked for"
_Snapshots = Iterator[Snapshot]


@dataclass
class InputFile:
    """A file, and how far it has been read.

    Attributes:
        size: bytes of it as it is stored.
        hints: what people say of it.
        first: Unix time of its first record.
    """

    path: Path
    machine: ImportedMachine
    kind: str
    size: int
    hints: Hints = NO_HINTS
    first: float = 0.0
    reading: Reading = field(default_factory=Reading)


def kind_of(path: Path) -> str:
    """What a file is, by its first line.

    Raises:
        InputError: it is nothing that can be imported.
    """
    first, head = _beginning(path)
    if not first:
        raise InputError(str(path), "", f"{EXPECTED}; {_WHY_EMPTY}", "an empty file")
    if monitor := format_of(head):
        return monitor.name
    if archive := other_files.archive(head, path.name):
        raise InputError(str(path), "", f"text, not {archive}")
    if elsewhere := other_files.where_it_goes(head):
        raise InputError(str(path), "", f"{EXPECTED}: {elsewhere}")
    # A result is one object, mostly over many lines; a record of a capture is one line.
    if first.strip() == b"{" or b'"schema_version"' in first:
        return RESULT
    if first.startswith((b"{", b"[")):
        return CAPTURE
    columns = heading_of(first)
    if "container_id" in columns:
        return CONTAINER_CSV
    if "cpu_user" in columns and "timestamp" in columns:
        return PORTAL_CSV
    for mark, name in ((b";", "semicolons"), (b"\t", "tabs")):
        if b"timestamp" in first and mark in first and b"," not in first:
            raise InputError(str(path), "line 1", f"columns parted by commas, not by {name}")
    with opened(path) as (_, stream):
        # Warnings may stand before the first run.
        if sysbench_log.has_runs(stream.read(65536)):
            raise InputError(str(path), "", f"{EXPECTED}: {other_files.SYSBENCH_LOG}")
    expected = (
        "a capture (JSON lines), a CSV of containers or of the portal, a result, or what one of "
        f"these writes: {', '.join(BY_NAME)}"
    )
    raise InputError(str(path), "line 1", expected, first[:60].decode("utf-8", "replace"))


# Lines that alone do not say what follows: an object over many lines, and a heading of pmrep.
_OPEN_ENDED = (b"{", b"#")


def _beginning(path: Path) -> tuple[bytes, bytes]:
    """The first line that holds anything, and what follows where that alone says nothing."""
    with opened(path) as (_, stream):
        first = b""
        while not first and (line := stream.readline(65536)):
            first = line.lstrip()
        head = first
        if first.strip() in _OPEN_ENDED:
            head += b"".join(stream.readline(4096) for _ in range(20))
    return first, head


def prepare(path: Path, machine: ImportedMachine, hints: Hints = NO_HINTS) -> InputFile:
    """Look at a file: what it is, and when it begins.

    Raises:
        InputError: it cannot be read, or is nothing that can be imported.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise InputError(str(path), "", f"a readable file ({error.strerror})") from error
    file = InputFile(path, machine, kind_of(path), size, hints)
    if file.kind == RESULT:
        file.first = results.read(path).time
    elif file.kind != CONTAINER_CSV:
        # A container CSV has one container after the other: its first row tells nothing.
        first = next(_moments(file, None))
        file.first = first.begins if isinstance(first, ToldInterval) else first.time
        file.reading = Reading()
    return file


Moment = Tick | CsvRow | ToldInterval


def _moments(file: InputFile, refusals: Refusals | None) -> Iterator[Moment]:
    """What the file holds, in its order; or what stands first, when nothing is refused."""
    refuse = refusals.malformed if refusals else _overlook
    if file.kind in BY_NAME:
        say = refusals.note if refusals else _unsaid
        cpus = file.machine.cpus
        monitor = MonitorFile(file.path, file.hints, cpus, refuse, say, file.reading)
        yield from (_with_total(told, file.hints) for told in BY_NAME[file.kind].read(monitor))
        return
    if file.kind == CAPTURE:
        yield from read(file.path, refuse, file.reading)
        return
    rows = read_rows(file.path, refuse, file.reading)
    yield from (
        by_time(rows, file.path, refusals) if file.kind == CONTAINER_CSV and refusals else rows
    )


def _with_total(told: ToldInterval, hints: Hints) -> ToldInterval:
    """The interval with the memory that people say the machine has, where it tells of the rest."""
    total = names.memory("MemTotal")
    of_memory = any(series.family.source == total.family.source for series in told.values)
    if hints.memory_bytes and of_memory:
        told.values.setdefault(total, hints.memory_bytes)
    return told


def _overlook(error: InputError) -> None:
    del error


def _unsaid(text: str) -> None:
    del text


def place_of(moment: Moment) -> str:
    """Where it stands in its file."""
    return moment.place if isinstance(moment, ToldInterval) else f"line {moment.line}"


def in_order(moments: Iterator[Moment], path: Path, refusals: Refusals) -> Iterator[Moment]:
    """All but those whose time is far ahead of the next ones': a clock that was wrong once.

    Without this, one such record would make all that follow it come too late.
    """
    held: Moment | None = None
    before = -1.0
    for moment in moments:
        if held is not None:
            if held.time - SLACK_SECONDS > moment.time > before:
                where, after = f"{path}: {place_of(held)}", place_of(moment)
                error = InputError(where, "", f"a time before that of {after}", held.time)
                refusals.add(OUT_OF_ORDER, error)
            else:
                before = held.time
                yield held
        held = moment
    if held is not None:
        yield held


def moments_in_order(file: InputFile, refusals: Refusals) -> Iterator[Moment]:
    """The looks or rows of a file that is no result.

    Raises:
        InputError: the time of one is ahead of now.
    """
    for moment in in_order(_moments(file, refusals), file.path, refusals):
        refusals.check_time(moment.time, f"{file.path}: {place_of(moment)}")
        yield moment


# Of each machine's files of a kind, which follow each other.
_Counters = dict[tuple[str, str], IntegratedCounters]


def snapshots(
    file: InputFile, recorded: CapturedMachine, refusals: Refusals, counters: _Counters
) -> _Snapshots:
    """The snapshots of one file."""
    if file.kind == RESULT:
        found = results.read(file.path)
        refusals.check_time(found.time, str(file.path))
        file.reading.bytes_read = file.size
        fresh = recorded.is_next(f"result of {found.kernel}", found.time, str(file.path))
        # A spoiled run takes no valid one's place, as in the exporter.
        alone = found.valid is False and found.kernel in recorded.measured
        if found.valid and found.full:
            recorded.measured.add(found.kernel)
        pairs = found.alone if alone else found.pairs
        yield recorded.with_identity(found.time, recorded.batch(pairs if fresh else ()))
        return
    moments = moments_in_order(file, refusals)
    if file.kind in BY_NAME:
        told = (moment for moment in moments if isinstance(moment, ToldInterval))
        new = IntegratedCounters(recorded, file.kind)
        integrated = counters.setdefault((file.machine.name, file.kind), new)
        yield from integrated.snapshots(told, file.path)
        return
    make = {
        CONTAINER_CSV: container_rows.Containers(recorded).snapshot,
        PORTAL_CSV: portal_rows.Portal(recorded).snapshot,
    }
    for moment in moments:
        if isinstance(moment, Tick):
            yield recorded.snapshot(moment, file.path)
        elif isinstance(moment, CsvRow):
            yield make[file.kind](moment, file.path)


def merged(files: Sequence[InputFile], refusals: Refusals) -> _Snapshots:
    """The snapshots of all files by time; a file is opened when its time has come."""
    machines: dict[str, CapturedMachine] = {}
    counters: _Counters = {}
    waiting = sorted(files, key=lambda file: file.first, reverse=True)
    heap: list[tuple[float, int, Snapshot, _Snapshots]] = []

    def push(order: int, source: _Snapshots) -> None:
        snapshot = next(source, None)
        if snapshot is not None:
            heapq.heappush(heap, (snapshot.time, order, snapshot, source))

    while waiting or heap:
        while waiting and (not heap or waiting[-1].first <= heap[0][0]):
            file = waiting.pop()
            machine = machines.setdefault(
                file.machine.name, CapturedMachine(file.machine, refusals)
            )
            push(len(waiting), snapshots(file, machine, refusals, counters))
        if heap:
            _, order, snapshot, source = heapq.heappop(heap)
            yield snapshot
            push(order, source)
