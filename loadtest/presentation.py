"""Result documents as tables for people."""

from __future__ import annotations

import datetime
import os
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from loadtest import smt_check
from loadtest.long_load_text import long_load_lines, percent
from perfanalysis.results import slices, writing
from perfanalysis.results.document import Document, Interval, Level, Verdict
from perfanalysis.results.machine import Machine
from perfanalysis.terminal import Terminal

WIDTH_OF_FILES = 160


def show(document: Document, console: Console) -> None:
    """Print a result: one row a level, then the verdict.

    Args:
        document: a result.
        console: where to.
    """
    machine = document.machine
    name = document.test_id if machine.name is None else machine.name
    title = f"{name}: kernel {document.kernel}{_on_cpus(machine)}"
    console.print(_levels(document.levels, title))
    single = document.single_units_per_second
    if single is not None:
        bounds = interval(document.single_interval)
        console.print(f"one worker on one CPU: {single:.5g} units/s ({bounds})", highlight=False)
    if document.ladder is not None:
        console.print(_ladder(document))
    for line in noise_lines(document) + long_load_lines(document):
        console.print(line, highlight=False)
    seconds = document.duration_seconds
    took = "" if seconds is None else f", {seconds:.1f} s"
    console.print(f"{document.test_id}{took}", highlight=False)
    if (source := document.imported) is not None:
        console.print(f"imported: {source.format} of {source.file}", highlight=False)
    if odd := smt_check.remark(document):
        console.print(f"remark: {odd}", style="yellow", highlight=False)
    for line in reason_lines(document.invalid_reasons or ()):
        console.print(f"not valid: {line}", style="yellow", highlight=False)
    if document.invalid_reasons:
        console.print(_NOT_VALID, style="yellow", highlight=False)
    for entry in document.thresholds or ():
        console.print(threshold_line(entry), highlight=False)


_NOT_VALID = (
    "These figures are not taken for the machine's: they are shown, but not ranked, and have no "
    "units per dollar. Measure again when nothing else runs (`top` shows what does)."
)


def _on_cpus(machine: Machine) -> str:
    if machine.used_cpus is None:
        return ""
    count = len(machine.used_cpus)
    return f" on {count} CPU{'' if count == 1 else 's'}"


def _levels(levels: Sequence[Level], title: str) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in ("busy asked", "reached", "steal", "units/s", "95 % interval", "slices"):
        table.add_column(heading, justify="right")
    for level in levels:
        table.add_row(
            f"{level.busy} %",
            percent(level.busy_ratio),
            percent(level.steal_ratio),
            f"{level.units_per_second:.5g}",
            interval(level),
            _slice_counts(level),
        )
    return table


def _ladder(document: Document) -> Table:
    """Full load by the number of workers, with what each of them does beside one alone."""
    table = Table(title="full load by workers, cores filled first", title_justify="left")
    for heading in ("workers", "units/s", "95 % interval", "of one worker's each", "slices"):
        table.add_column(heading, justify="right")
    single = document.single_units_per_second
    for workers, level in document.rungs.items():
        part = None if single is None else level.units_per_second / workers / single
        table.add_row(
            str(workers),
            f"{level.units_per_second:.5g}",
            interval(level),
            "unknown" if part is None else f"{part:.0%}",
            _slice_counts(level),
        )
    return table


def _slice_counts(level: Level) -> str:
    if level.slices is None or level.slices_excluded is None:
        return "unknown"
    every = slices.count(level.slices)
    return f"{every - level.slices_excluded}/{every}"


def reason_lines(reasons: Sequence[str]) -> list[str]:
    """What spoiled a run, one line for each kind of reason; a document has one for each level.

    Args:
        reasons: as in a document, each with its kind before a colon.
    """
    kinds: dict[str, list[str]] = {}
    for reason in reasons:
        kinds.setdefault(reason.partition(":")[0], []).append(reason)
    lines = []
    for found in kinds.values():
        more = f", and {len(found) - 1} more like it" if len(found) > 1 else ""
        lines.append(f"{found[0]}{more}")
    if len(lines) < len(reasons):
        lines[-1] += " (--json shows all)"
    return lines


def console() -> Console:
    """Standard output; wide where it is no terminal, so that files hold whole lines.

    Names and reasons are shown as they are: ``db[primary]`` is no mark-up,
    and control characters are written out.
    """
    wide = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    return Terminal(width=WIDTH_OF_FILES if wide else None, markup=False)


def noise_lines(document: Document) -> list[str]:
    """The mean at the highest level, what it differs from the median for, and for how long."""
    last, noise, lines = document.levels[-1], document.noise, []
    if last.mean_units_per_second is not None:
        bounds = "unknown"
        if last.mean_lower is not None:
            bounds = f"{last.mean_lower:.5g} .. {last.mean_upper:.5g}"
        lines.append(
            f"work done at {last.busy} %: {last.mean_units_per_second:.5g} units/s ({bounds}), "
            "the mean; the table has medians"
        )
    if noise is not None and (modes := noise.bimodal) is not None:
        lines.append(
            f"two speeds: {1 - modes.slow_ratio:.0%} slower for {modes.slow_share:.0%} of the "
            "time; the median is that of the more frequent one"
        )
    if noise is not None:
        lines.append(f"intervals are good for changes shorter than {noise.covered_seconds:.1f} s")
    return lines


def interval(bounds: Level | Interval | None) -> str:
    """The bounds of a level or interval in words."""
    if bounds is None or bounds.lower is None:
        return "unknown"
    return f"{bounds.lower:.5g} .. {bounds.upper:.5g}"


def moment(seconds: float) -> str:
    """A time on a page, in the reader's zone."""
    return f"{datetime.datetime.fromtimestamp(seconds).astimezone():%Y-%m-%d %H:%M:%S}"


def show_machine(document: Document, console: Console) -> None:
    """Print the facts of the machine and of the run, one row each; unknown ones are left out."""
    table = Table(show_header=False, title="machine and run", title_justify="left")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("ended", moment(document.timestamp_seconds))
    table.add_row("kernel version", document.kernel_version)
    table.add_row("profile", document.profile)
    found = writing.as_json(document)
    facts = found["machine"] | {
        f"{part} {key}": value
        for part in ("memory", "build", "software")
        for key, value in found.get(part, {}).items()
    }
    for key, value in facts.items():
        table.add_row(key.replace("_", " "), _fact(value))
    if "seed" in (settings := document.settings or {}):
        table.add_row("seed", str(settings["seed"]))
    console.print(table, highlight=False)


def _fact(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_fact(entry)}" for key, entry in value.items())
    if isinstance(value, list):
        separator = "; " if any(isinstance(entry, dict) for entry in value) else " "
        return separator.join(_fact(entry) for entry in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def show_slices(document: Document, console: Console) -> None:
    """Print every slice of every level, in the order of time."""
    for level in document.levels:
        table = Table(title=f"slices at {level.busy} % busy", title_justify="left")
        for heading in ("start", "seconds", "units", "units/s", "lost to others"):
            table.add_column(heading, justify="right")
        table.add_column("not used because of")
        every = slices.listed(level.slices or (), document.test_id, "levels")
        first = every[0].start_seconds if every else None
        for entry in every:
            start = entry.start_seconds
            table.add_row(
                "unknown" if start is None or first is None else f"+{start - first:.3f}",
                f"{entry.duration_seconds:.4f}",
                f"{entry.units:.5g}",
                f"{entry.units / entry.duration_seconds:.5g}",
                f"{entry.lost_ratio or 0:.2%}",
                ", ".join(entry.excluded or ()),
            )
        console.print(table)


def show_list(documents: Sequence[Document], console: Console) -> None:
    """Print one row a result."""
    table = Table()
    for heading in ("ended", "id", "machine", "kernel", "profile"):
        # An id that is cut cannot be copied.
        table.add_column(heading, overflow="fold")
    table.add_column("max units/s", justify="right")
    table.add_column("95 % interval", justify="right")
    table.add_column("valid")
    for document in documents:
        maximum = document.max_units_per_second
        name = document.machine.name
        table.add_row(
            moment(document.timestamp_seconds),
            document.test_id,
            "unknown" if name is None else name,
            document.kernel,
            document.profile,
            "not measured" if maximum is None else f"{maximum:.5g}",
            "" if maximum is None else interval(document.levels[-1]),
            "unknown" if document.valid is None else _fact(document.valid),
        )
    console.print(table)


def threshold_line(entry: Verdict) -> str:
    """One verdict in words."""
    if entry.passed is None:
        return f"threshold {entry.name}: cannot tell, the figure is unknown"
    said = "passed" if entry.passed else "not passed"
    value = "" if entry.value is None else f" ({entry.value:.5g})"
    doubt = ", but the interval reaches over the limit" if entry.certain is False else ""
    return f"threshold {entry.name}: {said}{value}{doubt}"
