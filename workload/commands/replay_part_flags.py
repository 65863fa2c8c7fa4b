"""The flags of `workload replay` that say what of the recordings is replayed, and at what scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from perfanalysis.durations import parse_duration
from perfanalysis.errors import InputError
from perfanalysis.flag_groups import grouped
from perfanalysis.moments import parse_time
from perfanalysis.number_range import NumberRange
from workload.prediction.candidate import WorkCurve
from workload.replaying import curves
from workload.replaying.recorded_load import RecordedLoad
from workload.replaying.timeline import ReplaySource, Stretch

# Seconds since 1970 are more than that since 1973, and no recording has that many.
_LONGEST = 1e8


@dataclass(frozen=True)
class PartFlags:
    """What was given on the command line; see the help of each flag."""

    begin: str | None
    end: str | None
    speed: float
    loops: int
    literal: bool
    per_core: bool
    source_results: tuple[Path, ...]
    target_result: Path | None
    kernel: str

    def stretch(self, first: RecordedLoad) -> Stretch:
        """Which part is replayed.

        Args:
            first: of the recordings: times are held against its begin.

        Raises:
            InputError: a bound is no time.
        """
        start = float(first.starts[0])
        begin = 0.0 if self.begin is None else _seconds(self.begin, "--from", start)
        end = float("inf") if self.end is None else _seconds(self.end, "--to", start)
        if end <= begin:
            raise InputError("--to", "", "a time after --from", self.end)
        return Stretch(begin, end, self.speed, self.loops)

    def sources(
        self, loads: Sequence[RecordedLoad], state: Path
    ) -> tuple[list[ReplaySource], WorkCurve | None]:
        """The recordings with their machines' curves, and the target's; None: none counts.

        Raises:
            InputError: a curve is missing, or is of another kernel.
        """
        if self.literal:
            if self.source_results or self.target_result:
                raise InputError("--literal", "", "no curves beside it: utilisation is reproduced")
            return [ReplaySource(load) for load in loads], None
        given = self.source_results
        if len(given) not in {1, len(loads)}:
            expected = (
                "a result of the recorded machine's load test for each recording, or one for all; "
                "or --literal, to reproduce utilisation"
            )
            raise InputError("--source-result", "", expected, len(given))
        documents = [curves.document_of(path) for path in given]
        if self.target_result is None:
            target = curves.newest_of(state, documents[0].kernel)
        else:
            target = curves.document_of(self.target_result)
        for path, document in zip(given, documents, strict=True):
            curves.check_same_work(document, target, str(path))
        each = documents * len(loads) if len(documents) == 1 else documents
        return [
            ReplaySource(load, curves.curve_of(document))
            for load, document in zip(loads, each, strict=True)
        ], curves.curve_of(target)


def _seconds(text: str, flag: str, start: float) -> float:
    """Seconds since the begin of a recording, of a duration or a time."""
    found = parse_duration(text)
    if found is not None and found < _LONGEST:
        return found
    return parse_time(text, flag) - start


part_flags = grouped(
    "part",
    PartFlags,
    [
        click.option(
            "--from",
            "begin",
            metavar="TIME",
            help="Begin there: so long after the recording's begin (90s, 1h30m), or a time.",
        ),
        click.option("--to", "end", metavar="TIME", help="End there, likewise."),
        click.option(
            "--speed",
            type=NumberRange(min=0, min_open=True),
            default=1.0,
            show_default=True,
            help="So many times as fast, at the same levels.",
        ),
        click.option(
            "--loops",
            type=click.IntRange(min=0),
            default=1,
            show_default=True,
            help="How often; 0: until it is stopped.",
        ),
        click.option(
            "--literal",
            is_flag=True,
            help="Reproduce utilisation, of CPUs and of memory, instead of the work done.",
        ),
        click.option("--per-core", is_flag=True, help="Each CPU follows its own of the recording."),
        click.option(
            "--source-result",
            "source_results",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            multiple=True,
            help="A result of `loadtest run` on the recorded machine; one for each recording, or "
            "one for all.",
        ),
        click.option(
            "--target-result",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            default=None,
            help="A result of `loadtest run` on this machine; the newest one of the same kernel in "
            "the state folder when absent.",
        ),
        click.option(
            "--kernel",
            default="integer",
            show_default=True,
            help="What keeps CPUs busy; a kernel of docs/kernels.md.",
        ),
    ],
)
