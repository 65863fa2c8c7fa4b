"""Result documents as tables for people."""

from __future__ import annotations

import datetime
import os
import sys
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from perfanalysis.results.document import Document
from perfanalysis.terminal import Terminal

WIDTH_OF_FILES = 160


def show(document: Document, console: Console) -> None:
    """Print a result: one row a level, then the verdict.

    Args:
        document: valid by the schema.
        console: where to.
    """
    machine = document["machine"]
    name = machine.get("name", document["test_id"])
    title = f"{name}: kernel {document['kernel']}{_on_cpus(machine)}"
    console.print(_levels(document["levels"], title))
    single = document.get("single_units_per_second")
    if single is not None:
        bounds = interval(document.get("single_interval", {}))
        console.print(f"one worker on one CPU: {single:.5g} units/s ({bounds})", highlight=False)
    for line in noise_lines(document) + endurance_lines(document.get("until_steady")):
        console.print(line, highlight=False)
    took = f", {document['duration_seconds']:.1f} s" if "duration_seconds" in document else ""
    console.print(f"{document['test_id']}{took}", highlight=False)
    if "imported" in document:
        source = document["imported"]
        console.print(f"imported: {source['format']} of {source['file']}", highlight=False)
    for line in reason_lines(document.get("invalid_reasons", [])):
        console.print(f"not valid: {line}", style="yellow", highlight=False)
    for entry in document.get("thresholds", []):
        console.print(threshold_line(entry), highlight=False)


def _on_cpus(machine: dict[str, Any]) -> str:
    if "used_cpus" not in machine:
        return ""
    count = len(machine["used_cpus"])
    return f" on {count} CPU{'' if count == 1 else 's'}"


def _levels(levels: Sequence[dict[str, Any]], title: str) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in ("busy asked", "reached", "steal", "units/s", "95 % interval", "slices"):
        table.add_column(heading, justify="right")
    for level in levels:
        table.add_row(
            f"{level['busy']} %",
            percent(level.get("busy_ratio")),
            percent(level.get("steal_ratio")),
            f"{level['units_per_second']:.5g}",
            interval(level),
            f"{len(level['slices']) - level['slices_excluded']}/{len(level['slices'])}"
            if "slices" in level
            else "unknown",
        )
    return table


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
    last, noise = document["levels"][-1], document.get("noise", {})
    lines = []
    if "mean_units_per_second" in last:
        bounds = {key: last[f"mean_{key}"] for key in ("lower", "upper") if f"mean_{key}" in last}
        lines.append(
            f"work done at {last['busy']} %: {last['mean_units_per_second']:.5g} units/s "
            f"({interval(bounds)}), the mean; the table has medians"
        )
    if (modes := noise.get("bimodal")) is not None:
        lines.append(
            f"two speeds: {1 - modes['slow_ratio']:.0%} slower for {modes['slow_share']:.0%} of "
            "the time; the median is that of the more frequent one"
        )
    if (seconds := noise.get("covered_seconds")) is not None:
        lines.append(f"intervals are good for changes shorter than {seconds:.1f} s")
    return lines


def endurance_lines(part: dict[str, Any] | None) -> list[str]:
    """What ``--until-steady`` found, in words."""
    if part is None:
        return []
    if not part["steady"]:
        rate = f": {part['units_per_second']:.5g} units/s" if "units_per_second" in part else ""
        return [f"no fall from burst to baseline in {part['duration_seconds']:.0f} s{rate}"]
    lines = []
    for name in ("burst", "baseline"):
        bounds = interval({key: part[f"{name}_{key}"] for key in ("lower", "upper")})
        rate, steal = part[f"{name}_units_per_second"], percent(part.get(f"{name}_steal_ratio"))
        lines.append(f"{name}: {rate:.5g} units/s ({bounds}), steal {steal}")
    after = f"after {part['seconds_to_baseline']:.0f} s at full load"
    lines[1] += f"; {part['baseline_ratio']:.1%} of the burst, {after}"
    return lines


def percent(ratio: float | None) -> str:
    """A share of 0..1 in words."""
    return "unknown" if ratio is None else f"{ratio:.2%}"


def interval(bounds: dict[str, Any]) -> str:
    """The bounds of a level or interval in words."""
    if "lower" not in bounds:
        return "unknown"
    return f"{bounds['lower']:.5g} .. {bounds['upper']:.5g}"


def moment(seconds: float) -> str:
    """A time on a page, in the reader's zone."""
    return f"{datetime.datetime.fromtimestamp(seconds).astimezone():%Y-%m-%d %H:%M:%S}"


def show_machine(document: Document, console: Console) -> None:
    """Print the facts of the machine and of the run, one row each; unknown ones are left out."""
    table = Table(show_header=False, title="machine and run", title_justify="left")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row("ended", moment(document["timestamp_seconds"]))
    table.add_row("kernel version", document["kernel_version"])
    table.add_row("profile", document["profile"])
    facts = document["machine"] | {
        f"{part} {key}": value
        for part in ("build", "software")
        for key, value in document.get(part, {}).items()
    }
    for key, value in facts.items():
        table.add_row(key.replace("_", " "), _fact(value))
    if "seed" in (settings := document.get("settings", {})):
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
    for level in document["levels"]:
        table = Table(title=f"slices at {level['busy']} % busy", title_justify="left")
        for heading in ("start", "seconds", "units", "units/s", "lost to others"):
            table.add_column(heading, justify="right")
        table.add_column("not used because of")
        slices = level.get("slices", [])
        first = slices[0].get("start_seconds") if slices else None
        for entry in slices:
            start = entry.get("start_seconds")
            table.add_row(
                "unknown" if start is None or first is None else f"+{start - first:.3f}",
                f"{entry['duration_seconds']:.4f}",
                f"{entry['units']:.5g}",
                f"{entry['units'] / entry['duration_seconds']:.5g}",
                f"{entry.get('lost_ratio', 0):.2%}",
                ", ".join(entry.get("excluded", [])),
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
        maximum = document.get("max_units_per_second")
        last = document["levels"][-1]
        table.add_row(
            moment(document["timestamp_seconds"]),
            document["test_id"],
            document["machine"].get("name", "unknown"),
            document["kernel"],
            document["profile"],
            "not measured" if maximum is None else f"{maximum:.5g}",
            "" if maximum is None else interval(last),
            _fact(document["valid"]) if "valid" in document else "unknown",
        )
    console.print(table)


def threshold_line(entry: dict[str, Any]) -> str:
    """One verdict in words."""
    if entry["passed"] is None:
        return f"threshold {entry['name']}: cannot tell, the figure is unknown"
    said = "passed" if entry["passed"] else "not passed"
    doubt = "" if entry["certain"] else ", but the interval reaches over the limit"
    return f"threshold {entry['name']}: {said} ({entry['value']:.5g}){doubt}"
