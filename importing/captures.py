"""Captures of /proc, statfs and containers, snapshot by snapshot, as the exporter's samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from exporter.collecting import CollectorError
from exporter.collecting.captured import PROC, READ_PROC_ONLY, CapturedCollectors
from exporter.collectors.cgroup import families
from exporter.collectors.cgroup.captured import ContainerRow, rows_of
from exporter.collectors.cpu.facts import parse_cpuinfo
from exporter.collectors.cpu.info import info_samples
from exporter.collectors.filesystem.captured import mounts
from exporter.registrations import COLLECTORS
from importing.machines import ImportedMachine, cpu_model_in
from importing.refusals import DUPLICATE, OUT_OF_ORDER, Refusals
from perfanalysis.errors import InputError, MalformedError
from perfanalysis.exposition.families import Series
from perfanalysis.recordings.captures import Tick

# Layouts that are kept; a machine has a handful at a time.
MOST_LAYOUTS = 1000
_CPUINFO = f"{PROC}cpuinfo"
DEFAULTS = {
    flag.variable: flag.default
    for specification in COLLECTORS
    if specification.name in READ_PROC_ONLY
    for flag in specification.flags
}


class Batch(NamedTuple):
    """Samples and their values in text form; the same tuple of samples comes again and again."""

    series: tuple[Series, ...]
    values: Sequence[bytes]


class Snapshot(NamedTuple):
    """Samples of one moment, in Unix seconds; as a machine saw itself then."""

    time: float
    machine: ImportedMachine
    batches: Sequence[Batch]


class CapturedMachine:
    """What is remembered of a machine from snapshot to snapshot, through all of its files.

    Args:
        machine: who it is.
        refusals: told of what is left out.

    Attributes:
        cpus: the batch of ``node_cpu_info``, for each snapshot with CPU times; none when unknown.
    """

    def __init__(self, machine: ImportedMachine, refusals: Refusals) -> None:
        self.machine = machine
        self._refusals = refusals
        self._collectors = CapturedCollectors(COLLECTORS, DEFAULTS)
        self._seen: dict[str, float] = {}
        # Kernels of which a result has told what the machine does.
        self.measured: set[str] = set()
        self._identified = -1.0
        # Who it is, and by which name of its CPUs.
        self._identity: tuple[str, list[Batch]] | None = None
        self._cpu_model = machine.system.model if machine.system else ""
        self._boot = b""
        self._known: dict[tuple[Series, ...], tuple[Series, ...]] = {}
        # By the record's name, and each of its containers' labels and fields.
        self._of_containers: dict[tuple[object, ...], tuple[Series, ...]] = {}
        self.cpus = self.batch(machine.system.pairs) if machine.system else []
        self._cpus_told = False

    def snapshot(self, tick: Tick, path: Path) -> Snapshot:
        """The samples of a tick; what is malformed or not in order is left out."""
        texts = {}
        for subsystem, text in tick.texts.items():
            if tick.time > self._seen.get(subsystem, -1.0):
                self._seen[subsystem] = tick.time
            elif not self.is_next(subsystem, tick.time, f"{path}: line {tick.lines[subsystem]}"):
                continue
            texts[subsystem] = text
        self._forget_at_reboot(texts.get("/proc/stat", b""))
        batches: list[Batch] = []
        for _, outcome in self._collectors.collect(texts):
            if isinstance(outcome, MalformedError):
                self._refuse(outcome, tick, path)
            else:
                batches += [Batch(block.layout.series, block.values) for block in outcome]
        for subsystem, text in texts.items():
            if subsystem.startswith(PROC) and (self._cpus_told or subsystem != _CPUINFO):
                continue
            try:
                batches += self._batches(subsystem, text)
            except CollectorError as error:
                self._refuse(error, tick, path)
        if "/proc/stat" in texts:
            batches += self.cpus
        return self.with_identity(tick.time, batches, cpu_model_in(texts))

    def with_identity(self, time: float, batches: list[Batch], cpu_model: str = "") -> Snapshot:
        """The snapshot of these batches, and who the machine is unless that was said for then."""
        self._cpu_model = cpu_model or self._cpu_model
        if batches and time > self._identified:
            self._identified = time
            if self._identity is None or self._identity[0] != self._cpu_model:
                own = self.batch(self.machine.series(self._cpu_model))
                self._identity = self._cpu_model, own
            batches += self._identity[1]
        return Snapshot(time, self.machine, batches)

    def batch(self, pairs: Sequence[tuple[Series, bytes]]) -> list[Batch]:
        """The batch of some samples; none when there are no samples."""
        if not pairs:
            return []
        samples = tuple(sample for sample, _ in pairs)
        if len(self._known) > MOST_LAYOUTS:
            self._known.clear()
        samples = self._known.setdefault(samples, samples)
        return [Batch(samples, [value for _, value in pairs])]

    def is_next(self, subsystem: str, time: float, where: str) -> bool:
        """Whether a record is newer than the last one of its subsystem; refused when not."""
        before = self._seen.get(subsystem, -1.0)
        if time > before:
            self._seen[subsystem] = time
            return True
        if time == before:
            error = InputError(where, "", f"one record of {subsystem} for each time", time)
            self._refusals.add(DUPLICATE, error)
        else:
            error = InputError(where, "", f"a record of {subsystem} after {before:.15g}", time)
            self._refusals.add(OUT_OF_ORDER, error)
        return False

    def _forget_at_reboot(self, stat: bytes) -> None:
        """What was held of times that ran backwards ends when the machine was started anew."""
        start = stat.find(b"\nbtime ")
        if start < 0:
            return
        boot = stat[start + 7 : stat.find(b"\n", start + 7)]
        # Kernels before 4.20 move it by a second.
        if self._boot and boot.isdigit() and abs(int(boot) - int(self._boot)) > 2:
            self._collectors = CapturedCollectors(COLLECTORS, DEFAULTS)
            self._cpus_told = False
        self._boot = boot if boot.isdigit() else self._boot

    def _batches(self, subsystem: str, text: bytes) -> list[Batch]:
        """What no collector of /proc tells."""
        if subsystem.startswith("statfs"):
            return self.batch(mounts({subsystem: text}))
        if subsystem.startswith("container/"):
            return self._container(subsystem, text)
        if subsystem == _CPUINFO:
            # What does not change is read once, and told at each snapshot.
            self.cpus = self.batch(info_samples(parse_cpuinfo(text), None, None))
            self._cpus_told = True
        return []

    def _container(self, subsystem: str, text: bytes) -> list[Batch]:
        """The batch of a record of containers; their series are made once."""
        rows = rows_of(text, subsystem)
        values = [value for row in rows for value in row.values]
        if not values:
            return []
        key = (subsystem, *((row.labels, row.fields) for row in rows))
        series = self._of_containers.get(key)
        if series is None:
            if len(self._of_containers) > MOST_LAYOUTS:
                self._of_containers.clear()
            series = self._of_containers[key] = self._container_series(subsystem, rows)
        values.append(b"1")
        return [Batch(series, values)]

    def _container_series(self, subsystem: str, rows: Sequence[ContainerRow]) -> tuple[Series, ...]:
        names = self.machine.container_names
        series = [_named(one, names) for row in rows for one in row.series()]
        identity, name = series[0].labels[:2]
        runtime = subsystem.split("/")[1]
        labels = (identity, name, identity, runtime, "", "", "", "", "")
        return (*series, Series(families.INFO, labels))

    def refuse(self, error: InputError) -> None:
        """Leave out what is malformed."""
        self._refusals.malformed(error)

    def _refuse(self, error: MalformedError, tick: Tick, path: Path) -> None:
        # The messages of parsers begin with the name of the file in /proc, or of the record.
        source, _, said = str(error).partition(": ")
        lines = [line for name, line in tick.lines.items() if name.startswith(source)]
        where = f"{path}: line {lines[0] if lines else tick.line}"
        self.refuse(InputError(where, source, said.removeprefix("expected ")))


def _named(sample: Series, names: Mapping[str, str]) -> Series:
    """A container's sample with the name that is known from elsewhere."""
    identity, name, *rest = sample.labels
    return sample._replace(labels=(identity, name or names.get(identity, ""), *rest))
