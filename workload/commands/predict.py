"""``perfanalysis workload predict``: what recorded work would be on other machines."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from perfanalysis.delivery.flags import EndpointFlags
from perfanalysis.errors import InputError
from perfanalysis.portal_client import predictions
from perfanalysis.progress import ProgressPace, say
from perfanalysis.recordings import reading as recordings
from workload.candidates.kinds import kind_ratios, kind_ratios_of_scores
from workload.candidates.reading import KnownCandidates
from workload.commands.engine_flags import CandidateFlags, candidate_flags
from workload.commands.metrics_flags import MetricsFlags, metrics_flags
from workload.commands.portal_flags import check as portal_check
from workload.commands.portal_flags import keep, portal_flags
from workload.commands.wish_flags import WishFlags, wish_flags
from workload.predicted import written
from workload.prediction.candidate import Candidate
from workload.prediction.predict import KindRatios, Predictor, kernels_of
from workload.prediction.prediction import Prediction
from workload.prediction.usage import Usage
from workload.usage_of import METRICS, usage_of

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("files", metavar="RECORDING...", nargs=-1, required=True, type=_FILE)
@candidate_flags
@click.option(
    "--source",
    metavar="NAME",
    help="The candidate that the recorded machines are of. Default: the one that has a machine of "
    "the recording's name.",
)
@wish_flags
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and no table.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, and no table.")
@metrics_flags
@click.option(
    "--over-time",
    is_flag=True,
    help="With --json or --portal: also utilisation in every interval.",
)
@portal_flags
def predict(  # noqa: PLR0913, PLR0917 - one for each flag
    files: tuple[Path, ...],
    given: CandidateFlags,
    source: str | None,
    wanted: WishFlags,
    as_json: bool,
    as_csv: bool,
    metrics: MetricsFlags,
    over_time: bool,
    portal: EndpointFlags,
) -> None:
    """Predict recorded work on other machines.

    For each candidate: how busy it would be, with bounds; the share of the time in which the work
    would exceed it; how many are needed, for how much; and the cheapest that meets the wish.
    """
    if as_json and as_csv:
        raise InputError("--csv", "", "either it or --json")
    portal_check(portal)
    known = given.read(files)
    for line in known.left_out:
        say("workload predict", f"left out: {line}")
    predictor = _predictor(known.only(given.types) if given.types else known, wanted)
    metrics.check()
    found = _predicted(files, predictor, known, source, wanted.kind)
    if metrics.file is not None:
        found = metrics.written(found)
    values = []
    for one in found:
        if as_json or as_csv or portal.url:
            values.append(written.as_value(one, kind=wanted.kind, over_time=over_time))
        if not (as_json or as_csv):
            written.show(one)
    if as_json or as_csv:
        sys.stdout.write(written.json_text(values) if as_json else written.csv_text(values))
    if portal.url:
        keep(
            portal,
            "workload predict",
            predictions.PAGES,
            predictions.hand_in,
            written.json_text(values),
        )


def _predictor(known: KnownCandidates, wanted: WishFlags) -> Predictor:
    wishes = wanted.wishes()
    measured = kernels_of(known.candidates, type(wishes)())
    for kernel in wishes.mix:
        if kernel not in measured:
            expected = f"kernels that were measured: {', '.join(measured) or 'there are none'}"
            raise InputError("--mix", kernel, expected)
    if wanted.kind and wishes.mix:
        raise InputError("--kind", "", "either it or --mix")
    return Predictor(known.candidates, wishes)


def _predicted(
    files: tuple[Path, ...],
    predictor: Predictor,
    known: KnownCandidates,
    source: str | None,
    kind: str,
) -> Iterator[Prediction]:
    """One after the other, so that only one recording is in memory at a time."""
    pace = ProgressPace(2.0, at_once=False)
    ratios: dict[str, KindRatios] = {}
    for number, path in enumerate(files, 1):
        usage = usage_of(recordings.read(path, METRICS.__contains__))
        own = _source(known, usage, source)
        if kind and own is not None and own.name not in ratios:
            ratios[own.name] = _kind_ratios(kind, own.name, known)
        yield predictor.predict(usage, own, ratios.get(own.name) if own else None)
        if len(files) > 1 and pace.due():
            say("workload predict", f"{number} of {len(files)} recordings")


def _kind_ratios(kind: str, source: str, known: KnownCandidates) -> KindRatios:
    if known.scores:
        return kind_ratios_of_scores(kind, source, known.scores)
    return kind_ratios(kind, source, known.figures)


def _source(known: KnownCandidates, usage: Usage, named: str | None) -> Candidate | None:
    name = named or known.of_machine.get(usage.machine)
    found = [one for one in known.candidates if one.name == name]
    if named and not found:
        names = ", ".join(one.name for one in known.candidates[:10])
        raise InputError("--source", "", f"a candidate, such as {names}", named)
    return found[0] if found else None
