"""``perfanalysis workload record``: what a machine does, here and now or from history."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from perfanalysis.delivery.flags import EndpointFlags, endpoint_flags
from perfanalysis.duration_range import DurationRange
from perfanalysis.errors import InputError
from perfanalysis.flag_groups import grouped
from perfanalysis.printable import printable
from perfanalysis.renamed_option import RenamedOption
from workload.commands import collector_flags
from workload.recording.here import FASTEST, live_settings, record_here, seconds_of

ENGINE = EndpointFlags(
    "prometheus",
    "--prometheus",
    variable="PERFANALYSIS_PROMETHEUS_KEY",
    old_url_flags=("--from-prometheus",),
)
MACHINE = "machine_name"
DAY = 86_400.0


@dataclass(frozen=True)
class HistoryFlags:
    """What was given of a history; see the help of each flag."""

    endpoint: EndpointFlags = ENGINE
    start: str | None = None
    end: str | None = None
    matchers: tuple[str, ...] = ()
    timeout: float = 30.0

    def check(self) -> None:
        """See that no flag stands alone.

        Raises:
            InputError: one describes a history that is not asked for.
        """
        self.endpoint.check()
        given = {"--from": self.start, "--to": self.end, "--matcher": self.matchers}
        for flag, value in given.items():
            if value and not self.endpoint.url:
                raise InputError(flag, "", "--prometheus beside it")


@dataclass(frozen=True)
class LiveFlags:
    """What was given of a recording that is made here and now."""

    keep: str | None = None
    duration: str | None = None
    per_cpu: bool = False

    def refuse(self) -> None:
        """See that none was given.

        Raises:
            InputError: one was.
        """
        given = {"--keep": self.keep, "--duration": self.duration, "--per-cpu": self.per_cpu}
        for flag, value in given.items():
            if value:
                raise InputError(flag, "", "no --prometheus beside it")


_LIVE = (
    click.option(
        "--keep",
        help="Keep no more than that of the newest, such as 500MB or 30d: OUT is a folder then, "
        "whose oldest file goes when it is time. Without it, OUT is a file that grows.",
    ),
    click.option(
        "--duration",
        metavar="DURATION",
        help="End after that time, such as 10m; default: at a signal.",
    ),
    click.option("--per-cpu", is_flag=True, help="Record the times of every CPU, too."),
)
_HISTORY = (
    endpoint_flags(
        "history_endpoint",
        ENGINE,
        help="Take what this engine (Prometheus, VictoriaMetrics, ...) holds of --machine.",
    ),
    click.option(
        "--from",
        "history_start",
        cls=RenamedOption,
        old_names=("--start",),
        help="From history: since when, such as now-7d or 2026-03-01T00:00:00Z.",
    ),
    click.option(
        "--to",
        "history_end",
        cls=RenamedOption,
        old_names=("--end",),
        help="From history: until when; default: now.",
    ),
    click.option(
        "--matcher",
        "history_matchers",
        multiple=True,
        metavar="LABEL=VALUE",
        help="From history: a label that the machine has beside its name; may be given again.",
    ),
    click.option(
        "--prometheus-timeout",
        "history_timeout",
        cls=RenamedOption,
        old_names=("--query-timeout",),
        type=DurationRange(min=1, max=3600),
        default="30s",
        show_default=True,
        help="From history: how long one query may take.",
    ),
)


@click.command()
@click.argument("out", type=click.Path(path_type=Path), metavar="OUT")
@click.option(
    "--step",
    metavar="DURATION",
    help="Between two ticks, 1s to 60s; default: 1s. From history: what is closer than that to the "
    "tick before is left out; default: nothing is.",
)
@grouped("live", LiveFlags, _LIVE)
@collector_flags.options
@grouped("history", HistoryFlags, _HISTORY, prefix="history_")
def record(
    out: Path, step: str | None, live: LiveFlags, history: HistoryFlags, **flags: Any
) -> None:
    """Record what a machine does: CPU, memory, paging, disks, network, pressure, containers.

    OUT is a recording (docs/recordings.md): OpenMetrics in frames of gzip, which zcat shows. One
    that is there is continued. A crash costs the open frame, which is a minute at most at one tick
    a second. It needs no root.
    """
    history.check()
    if history.endpoint.url:
        live.refuse()
        wanted = seconds_of(step, "--step", FASTEST, DAY)
        _record_history(out, wanted, history, flags[MACHINE])
        return
    record_here(live_settings(out, step, live.keep, live.duration, live.per_cpu), flags)


def _record_history(
    out: Path, step: float | None, flags: HistoryFlags, machine: str | None
) -> None:
    # They load numpy and an HTTP client, which a recording of here and now must not.
    from perfanalysis.moments import parse_time
    from perfanalysis.promql import Access, Engine
    from workload.recording.from_history import HistorySettings, record_history
    from workload.recording.history_progress import HistoryProgress

    if not machine:
        raise InputError("--machine", "", "the machine's name in the history (label instance)")
    if not flags.start:
        raise InputError("--from", "", "a time, such as now-7d")
    now = time.time()
    start = parse_time(flags.start, "--from", now=now)
    end = parse_time(flags.end or "now", "--to", now=now, end=True)
    if not start < end:
        raise InputError("--to", "", f"a time after --from {flags.start}", flags.end or "now")
    matchers = dict(_matcher(text) for text in flags.matchers)
    engine = Engine(Access(flags.endpoint.endpoint(), flags.timeout))
    settings = HistorySettings(out, machine, start, end, step, matchers)
    with HistoryProgress(start, end) as progress:
        tally = record_history(engine, settings, progress.passed)
    said = f"{out}: {tally.ticks} ticks of up to {tally.series} series"
    click.echo(printable(said))
    for warning in engine.warnings:
        click.echo(printable(f"record: the engine warns: {warning}"), err=True)


def _matcher(text: str) -> tuple[str, str]:
    label, mark, value = text.partition("=")
    if not mark or not label.isidentifier() or not label.isascii():
        raise InputError("--matcher", "", "LABEL=VALUE", text)
    return label, value
