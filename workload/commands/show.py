"""``perfanalysis workload show``: what is in a recording."""

from __future__ import annotations

import dataclasses
import json
import math
import shutil
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
import numpy as np

from perfanalysis.errors import InputError
from perfanalysis.printable import printable
from perfanalysis.recordings.pieces import files_of
from perfanalysis.recordings.reading import FrameReading, read_frames
from workload.recording import terminal_chart
from workload.recording.summary import Gap, Peak, RecordingSummary, Summed, summarise
from workload.recording.whole_text import whole_text

CHART_LINES, WIDEST, NARROWEST = 6, 100, 20
_MOST_GAPS = 5
_MARGIN = 11
_PREFIXES = ("", "k", "M", "G", "T", "P")


@click.command()
@click.argument("path", type=click.Path(path_type=Path), metavar="RECORDING")
@click.option(
    "--openmetrics",
    is_flag=True,
    help="Print all samples as one OpenMetrics text, for promtool tsdb create-blocks-from.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and no chart.")
def show(path: Path, *, openmetrics: bool, as_json: bool) -> None:
    """Show what is in a recording: its span, gaps, restarts, peaks, and a chart.

    RECORDING is a file, or the folder of one that was made with --keep.
    """
    if openmetrics and as_json:
        raise InputError("--json", "", "no --openmetrics beside it")
    if openmetrics:
        for part in whole_text(path):
            sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()
        return
    summed = _summed(path)
    if as_json:
        click.echo(json.dumps(_document(summed.summary), indent=2))
        return
    for line in [*_said(summed.summary, path), *_charts(summed)]:
        click.echo(printable(line))


def _summed(path: Path) -> Summed:
    reading = FrameReading()
    frames = read_frames(path, reading=reading)
    try:
        size = sum(file.stat().st_size for file in files_of(path))
    except OSError as error:
        raise InputError(str(path), "", f"a recording ({error.strerror})") from error
    return summarise(frames, str(path), size, reading)


def _document(summary: RecordingSummary) -> dict[str, object]:
    found = dataclasses.asdict(summary)
    return found | {"bytes_per_sample": summary.bytes_per_sample}


def _said(summary: RecordingSummary, path: Path) -> Iterator[str]:
    identity = ", ".join(f"{label} {value}" for label, value in summary.labels.items())
    yield f"{path}: {summary.machine or 'a machine without a name'}"
    if identity:
        yield f"machine    {identity}"
    known = [f"{summary.cpus:.0f} CPUs"] if summary.cpus else []
    known += [f"{_shown(summary.memory_bytes, 'bytes')} memory"] if summary.memory_bytes else []
    if known:
        yield f"size       {', '.join(known)}"
    yield (
        f"span       {_moment(summary.start)} to {_moment(summary.end)},"
        f" {_length(summary.end - summary.start)}"
    )
    yield f"ticks      {_ticks(summary)}"
    yield f"gaps       {_gaps(summary.gaps)}"
    if summary.restarts:
        yield f"restarts   {', '.join(map(_moment, summary.restarts))}"
    if summary.lost_bytes:
        yield f"lost       {summary.lost_bytes} bytes of frames that are cut off or damaged"
    yield (
        f"holds      {summary.series} series of {summary.families} metrics,"
        f" {summary.samples} samples in {summary.bytes} bytes"
        f" ({summary.bytes_per_sample:.2f} a sample)"
    )
    yield ""
    yield from _peaks(summary.peaks)


def _ticks(summary: RecordingSummary) -> str:
    said = [str(summary.ticks)]
    if summary.step is not None:
        said.append(f"every {summary.step:.6g} s")
    if summary.wanted_step is not None and summary.wanted_step != summary.step:
        said.append(f"wanted every {summary.wanted_step:g} s")
    if summary.continued:
        said.append(f"begun anew {summary.continued} times")
    if summary.out_of_order:
        said.append(f"{summary.out_of_order} more not in order of time")
    return ", ".join(said)


def _gaps(gaps: Sequence[Gap]) -> str:
    if not gaps:
        return "none"
    longest = sorted(gaps, key=lambda gap: gap.start - gap.end)[:_MOST_GAPS]
    shown = [f"{_length(gap.end - gap.start)} from {_moment(gap.start)}" for gap in longest]
    more = f" and {len(gaps) - len(shown)} shorter" if len(gaps) > len(shown) else ""
    return f"{len(gaps)}: {', '.join(shown)}{more}"


def _peaks(peaks: Sequence[Peak]) -> Iterator[str]:
    if not peaks:
        yield "nothing is known of what was used: fewer than two ticks, or no such metrics"
        return
    yield f"{'':17}{'P50':>12}{'P95':>12}{'P99':>12}{'max':>12}  at"
    for peak in peaks:
        levels = [*peak.percentiles.values(), peak.value]
        cells = "".join(f"{_shown(level, peak.unit):>12}" for level in levels)
        yield f"{peak.what:17}{cells}  {_moment(peak.time)}"


def _charts(summed: Summed) -> Iterator[str]:
    usage = summed.usage
    strokes = _strokes()
    width = max(NARROWEST, min(shutil.get_terminal_size().columns, WIDEST) - _MARGIN - 1)
    total = usage.memory_total_bytes
    with np.errstate(invalid="ignore"):
        shares = (("busy", usage.busy), ("memory", usage.memory_bytes / total))
    for what, values in shares:
        if not np.isfinite(values).any():
            continue
        size = (width, CHART_LINES)
        lines = terminal_chart.draw(usage.ends, values, 1.0, size, strokes)
        yield ""
        for number, line in enumerate(lines):
            label = {0: f"{what} 100%", CHART_LINES - 1: "0%"}.get(number, "")
            yield f"{label:>{_MARGIN}}{strokes.axis}{line}".rstrip()
    if np.isfinite(usage.busy).any():
        begin, end = _moment(summed.summary.start), _moment(summed.summary.end)
        yield f"{'':{_MARGIN + 1}}{begin}{end:>{max(width - len(begin), len(end) + 1)}}"


def _strokes() -> terminal_chart.Strokes:
    """Blocks where the terminal's encoding has them."""
    blocks = terminal_chart.BLOCKS
    try:
        "".join(blocks).encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return terminal_chart.ASCII
    return blocks


def _shown(value: float, unit: str) -> str:
    if unit == "ratio":
        return f"{value:.1%}"
    power = min(int(math.log10(value) // 3), len(_PREFIXES) - 1) if value >= 1 else 0
    suffix = unit.replace("bytes", "B").replace("1/s", "/s")
    return f"{value / 1000**power:.3g} {_PREFIXES[power]}{suffix}"


def _moment(time: float) -> str:
    return datetime.fromtimestamp(int(time), UTC).isoformat().replace("+00:00", "Z")


def _length(seconds: float) -> str:
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.4g} s"
