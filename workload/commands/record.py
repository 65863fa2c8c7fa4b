"""``perfanalysis workload record``: what a machine does, here and now or from history."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from perfanalysis.delivery.flags import EndpointFlags, endpoint_flags
from perfanalysis.durations import parse_duration
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.printable import printable
from workload.recording import collecting
from workload.recording.keeping import parse_keep
from workload.recording.live import LiveSettings, record_live

ENGINE = EndpointFlags("prometheus", "--from-prometheus", variable="PERFANALYSIS_PROMETHEUS_KEY")
FASTEST, SLOWEST = 1.0, 60.0


@click.command()
@click.argument("out", type=click.Path(path_type=Path), metavar="OUT")
@click.option(
    "--step",
    help="Between two ticks, 1s to 60s; default: 1s. From history: samples closer than that are "
    "left out; default: all are kept.",
)
@click.option(
    "--keep",
    help="Keep no more than that of the newest, such as 500MB or 30d: OUT is a folder then, in "
    "which the oldest file goes when it is time. Without it, OUT is a file that grows.",
)
@click.option("--duration", help="End after that time, such as 10m; default: at Ctrl-C or SIGTERM.")
@click.option("--per-cpu", is_flag=True, help="Record the times of every CPU, too.")
@collecting.options
@endpoint_flags(
    "engine",
    ENGINE,
    help="Take the recording from what this engine holds (Prometheus, VictoriaMetrics, ...).",
)
@click.option("--start", help="From history: from when on, such as now-7d or 2026-03-01T00:00:00Z.")
@click.option("--end", default="now", show_default=True, help="From history: until when.")
@click.option(
    "--matcher",
    "matchers",
    multiple=True,
    metavar="LABEL=VALUE",
    help="From history: a label that the machine's series have, beside --machine (label "
    "instance); may be given again.",
)
def record(  # noqa: PLR0913 - one for each flag
    *,
    out: Path,
    step: str | None,
    keep: str | None,
    duration: str | None,
    per_cpu: bool,
    engine: EndpointFlags,
    start: str | None,
    end: str,
    matchers: tuple[str, ...],
    **flags: Any,
) -> None:
    """Record what a machine does: CPU, memory, paging, disks, network, pressure, containers.

    OUT is a recording (docs/recordings.md): OpenMetrics in frames of gzip, which `zcat` shows. One
    that is there is continued. A crash costs the open frame, a minute at one tick a second.
    """
    del start, end, matchers
    engine.check()
    settings = LiveSettings(
        out,
        _seconds(step, "--step", FASTEST, SLOWEST) or FASTEST,
        None if keep is None else parse_keep(keep, "--keep"),
        _seconds(duration, "--duration", 0.0, 1e9),
        per_cpu,
    )
    _record_here(settings, flags)


def _record_here(settings: LiveSettings, flags: dict[str, Any]) -> None:
    ends = "" if settings.duration else "; Ctrl-C ends it"
    click.echo(printable(f"recording to {settings.out} every {settings.step:g} s{ends}"), err=True)
    began = time.monotonic()
    tally = record_live(settings, flags)
    took = time.monotonic() - began
    said = f"{settings.out}: {tally.ticks} ticks of {tally.series} series in {took:.0f} s"
    click.echo(printable(said))
    if tally.failures:
        raise PerfAnalysisError(
            f"{settings.out}: {tally.failures} frames could not be written, and are lost"
        )


def _seconds(text: str | None, where: str, least: float, most: float) -> float | None:
    if text is None:
        return None
    seconds = parse_duration(text)
    if seconds is None or not least <= seconds <= most:
        bounds = f", {least:g}s to {most:g}s" if where == "--step" else ""
        raise InputError(where, "", f"a time such as 5s or 10m{bounds}", text)
    return seconds
