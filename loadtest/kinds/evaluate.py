"""``perfanalysis kinds evaluate``: the kinds held against a table of machines that did the work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table

from loadtest import presentation
from loadtest.commands import options
from loadtest.kinds import plain_methods, trial
from loadtest.kinds.reading import read_table
from loadtest.kinds.trial import Trial
from perfanalysis.errors import InputError
from perfanalysis.kinds import shipped
from perfanalysis.kinds.catalogue import BY_NAME, KINDS, Kind
from perfanalysis.kinds.evaluation import PairErrors
from perfanalysis.kinds.table import TableRow

_FEW_MODELS = 5


@click.command()
@click.argument("table", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--training-table",
    type=click.Path(exists=True, path_type=Path),
    help="What ridge regression and boosting learn from; else they learn in folds of TABLE.",
)
@click.option("--kind", "names", multiple=True, help="Only this kind; may be given again.")
@click.option(
    "--how",
    type=click.Choice(["auto", "shipped", "folds"]),
    default="auto",
    show_default=True,
    help="shipped: what this program has learned, on CPU models that it never saw. folds: learn "
    "again from TABLE, in folds by CPU model. auto: folds where TABLE is mostly what was learned.",
)
@click.option(
    "--nested",
    is_flag=True,
    help="In folds, choose the settings of learning anew in each, by the CPU models that are not "
    "in it: ours were chosen by looking at all, which flatters. Takes minutes a kind.",
)
@click.option("--plain/--no-plain", default=True, help="Hold ridge and boosting beside.")
@options.AS_JSON
def evaluate(  # noqa: PLR0913, PLR0917 - one parameter an option
    table: Path,
    training_table: Path | None,
    names: tuple[str, ...],
    how: str,
    nested: bool,
    plain: bool,
    as_json: bool,
) -> None:
    """Hold the kinds against TABLE, whose machines did the work.

    TABLE is a CSV file with a row an instance type. Errors are those of the ratio between two
    types of different CPU models (20 % is a factor of 1.2 either way), over 20,000 random pairs.
    """
    rows = read_table(table)
    training = read_table(training_table) if training_table else []
    beside = plain and plain_methods.present()
    trials = [
        found
        for kind in _kinds(names)
        if (found := _trial(kind, rows, training, how, beside, nested=nested)) is not None
    ]
    if not trials:
        expected = "machines that tell a kind's work and kernels, of CPU models that can be asked"
        raise InputError(str(table), "", expected, "none")
    if as_json:
        options.print_json([{**asdict(one), "kind": one.kind.name} for one in trials])
        return
    _print(trials, rows, beside=beside, learned=bool(training))
    if plain and not beside:
        click.echo("ridge and boosting: install scikit-learn to have them beside", err=True)


def _kinds(names: Sequence[str]) -> list[Kind]:
    for name in names:
        if name not in BY_NAME:
            raise InputError("--kind", "", f"one of {', '.join(BY_NAME)}", name)
    return [BY_NAME[name] for name in names] if names else list(KINDS)


def _trial(  # noqa: PLR0913 - what is asked, of what, and how
    kind: Kind,
    rows: Sequence[TableRow],
    training: Sequence[TableRow],
    how: str,
    plain: bool,
    *,
    nested: bool,
) -> Trial | None:
    learned = shipped.kind(kind.name)
    fresh = trial.unseen(rows, learned)
    if how == "auto":
        how = "shipped" if 2 * len(fresh) >= len(rows) else "folds"
    if how == "folds":
        return trial.in_folds(rows, kind, plain, choosing=nested)
    enough = len({row.machine.model for row in fresh}) >= _FEW_MODELS or bool(training)
    return trial.shipped(fresh, kind, learned, training, plain and enough)


def _print(
    trials: Sequence[Trial], rows: Sequence[TableRow], *, beside: bool, learned: bool
) -> None:
    table = Table(caption_justify="left")
    table.add_column("kind")
    for heading in (
        "types",
        "CPU models",
        "CPUs alone",
        *(plain_methods.METHODS if beside else ()),
    ):
        table.add_column(heading, justify="right")
    for heading in ("kinds", *(["of the better"] if beside else [])):
        table.add_column(heading, justify="right")
    for heading in ("90 % held", "x86 to Arm", "mean width"):
        table.add_column(heading, justify="right")
    for found in trials:
        table.add_row(*_cells(found, beside=beside))
    console = presentation.console()
    console.print(table)
    for line in _remarks(trials, rows, beside=beside, learned=learned):
        console.print(line, markup=False, highlight=False)


def _cells(found: Trial, *, beside: bool) -> list[str]:
    errors, ours = found.errors, found.errors.get("ours")
    cells = [
        found.kind.name,
        str(found.machines),
        str(found.cpu_models),
        _error(errors.get("cpus")),
    ]
    if beside:
        cells += [_error(errors.get(method)) for method in plain_methods.METHODS]
    cells.append(_error(ours))
    if beside:
        better = [errors[m] for m in plain_methods.METHODS if m in errors]
        cells.append(_of_the_better(ours, better))
    covered = found.coverage
    if covered is None:
        return [*cells, "unknown", "unknown", "unknown"]
    arm = "none" if covered.arm_held is None else f"{covered.arm_held:.0%}"
    return [*cells, f"{covered.held:.0%}", arm, f"± {covered.width:.0%}"]


def _error(errors: PairErrors | None) -> str:
    return "" if errors is None else f"{100 * errors.median:.0f} / {100 * errors.p90:.0f}"


def _of_the_better(ours: PairErrors | None, others: Sequence[PairErrors]) -> str:
    if ours is None or not others:
        return ""
    median = ours.median / min(other.median for other in others)
    p90 = ours.p90 / min(other.p90 for other in others)
    return f"{median:.2f} / {p90:.2f}"


def _remarks(
    trials: Sequence[Trial], rows: Sequence[TableRow], *, beside: bool, learned: bool
) -> list[str]:
    lines = [
        f"{len(rows)} types of {len({row.machine.model for row in rows})} CPU models; errors in "
        "percent, median / 90th percentile; intervals with each pair of CPU models counted once.",
    ]
    if any(found.how == "folds" for found in trials):
        lines.append(
            "The kinds were learned again in ten folds by CPU model; intervals were found on one "
            "half of the CPU models and asked on the other."
        )
    if any(found.how == "shipped" for found in trials):
        lines.append("The kinds as they come, on CPU models that they were not learned from.")
        seen = len(rows) - len(trial.unseen(rows, shipped.kind(trials[0].kind.name)))
        if seen:
            lines.append(f"{seen} types of CPU models that were learned from are not asked.")
    if beside and not learned:
        lines.append("Ridge and boosting learned in ten folds of this table by CPU model.")
    if left := max(found.left_out for found in trials):
        lines.append(f"Up to {left} types of a kind are left out: work or kernels are missing.")
    lines.append(f"Kinds: {shipped.ATTRIBUTION}.")
    return lines
