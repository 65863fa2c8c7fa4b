"""``perfanalysis workload replay``: drives this machine as a recording says."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from perfanalysis.duration_range import DurationRange
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.recordings.reading import read
from perfanalysis.results.state import default_state_directory
from perfanalysis.terminal import Terminal
from workload.commands.replay_load_flags import LoadFlags, address, load_flags
from workload.commands.replay_part_flags import PartFlags, part_flags
from workload.replaying.amounts import ReplayTarget
from workload.replaying.listening import listen
from workload.replaying.memory.reserve import read_memory
from workload.replaying.outcome.live import KINDS, as_json
from workload.replaying.outcome.presentation import report_table, unreachable_lines
from workload.replaying.performance import Performance, Performed, perform
from workload.replaying.recorded_load import load_of
from workload.replaying.replay import StopRequest
from workload.replaying.timeline import Timeline

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@click.command()
@click.argument(
    "recordings", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@part_flags
@load_flags
@click.option(
    "--listen",
    "listen_address",
    metavar="HOST:PORT",
    default=None,
    help="Be the peer of a replay elsewhere, until stopped; needs --key-file, and no recording.",
)
@click.option(
    "--ticks",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Write each tick's target and actual to this CSV file.",
)
@click.option(
    "--state-directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Where the replay in progress is shown to the exporter, and its files are written down; "
    "default: as of `loadtest run`.",
)
@click.option(
    "--wait",
    type=DurationRange(min=0),
    default="0s",
    help="Wait so long for the end of a load test or another replay on this host; default: 0, "
    "which is not to wait.",
)
@click.option(
    "--progress",
    "progress_kind",
    type=click.Choice(KINDS),
    default="auto",
    show_default=True,
    help="How it is shown while it goes on.",
)
@click.option("--json", "as_json_text", is_flag=True, help="Print the report as JSON.")
@click.option(
    "--over-time", is_flag=True, help="With --json: also each tick, beside the time recorded."
)
def replay(  # noqa: PLR0913, PLR0917 - one for each flag or group of them
    recordings: tuple[Path, ...],
    part: PartFlags,
    driven: LoadFlags,
    listen_address: str | None,
    ticks: Path | None,
    state_directory: Path | None,
    wait: float,
    progress_kind: str,
    as_json_text: bool,
    over_time: bool,
) -> None:
    """Drive CPU, memory, disks and network of this machine so that its ticks follow RECORDINGS.

    Several recordings are replayed at once: their demand is added up. Work is scaled by the load
    tests of both machines; --literal reproduces utilisation instead.

    Exit status: 0 replayed, 1 stopped before its end or failed, 2 bad input.
    """
    with stopped_by_signals() as stop:
        if listen_address is not None:
            if recordings:
                raise InputError("--listen", "", "no recording beside it")
            listen(address(listen_address, "--listen"), driven.key(), driven.limit, stop)
            return
        if not recordings:
            raise InputError("RECORDINGS", "", "at least one recording, or --listen")
        state = state_directory or default_state_directory()
        timeline, wanted = _wanted(recordings, part, driven, state)
        kept = over_time and as_json_text
        wanted = wanted._replace(ticks=ticks, progress=progress_kind, wait=wait, over_time=kept)
        performed = perform(timeline, wanted, stop)
        score = performed.score
        _print_report(performed, as_json_text=as_json_text)
        if stop and part.loops:
            done = max((len(found) for found in score.ticks.values()), default=0)
            raise PerfAnalysisError(f"replay stopped by {stop.reason} after {done} ticks")


def _wanted(
    recordings: tuple[Path, ...], part: PartFlags, driven: LoadFlags, state: Path
) -> tuple[Timeline, Performance]:
    loads = [load_of(read(path)) for path in recordings]
    for path, load in zip(recordings, loads, strict=True):
        if not len(load.starts):
            raise InputError(str(path), "", "a recording of at least two ticks")
    settings = driven.settings(part.kernel, per_core=part.per_core)
    sources, curve = part.sources(loads, state)
    target = ReplayTarget(len(settings.usable.cpus), read_memory().total, curve, part.per_core)
    timeline = Timeline(sources, target, part.stretch(loads[0]))
    return timeline, Performance(settings, tuple(loads), state)


@contextmanager
def stopped_by_signals() -> Iterator[StopRequest]:
    """A stop that SIGINT, SIGTERM and SIGHUP ask for."""
    stop = StopRequest()

    def ask(number: int, frame: FrameType | None) -> None:
        del frame
        stop.reason = signal.Signals(number).name

    before = {number: signal.signal(number, ask) for number in SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _print_report(performed: Performed, *, as_json_text: bool) -> None:
    found, remarks = performed.score.accuracies(), performed.remarks
    if as_json_text:
        document = {"resources": as_json(found), "remarks": list(remarks)}
        if performed.over_time is not None:
            document["over_time"] = performed.over_time.as_json()
        sys.stdout.write(json.dumps(document, indent=1, allow_nan=False) + "\n")
        return
    console = Terminal()
    console.print(report_table(found))
    for line in [*unreachable_lines(found), *remarks]:
        console.print(line, highlight=False)
