"""A replay while it goes on: a table on a terminal, lines elsewhere, the state folder's file."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.live import Live
from rich.table import Table

from perfanalysis import progress
from perfanalysis.results.replay_state import ReplayedResource
from workload.replaying.load import ResourceTick
from workload.replaying.outcome.accuracy import ResourceAccuracy, is_reachable
from workload.replaying.outcome.presentation import amount, is_share

AUTO = "auto"
KINDS = (AUTO, "live", "lines", "json", "none")
LINE_SECONDS = 10.0


class RunningScore:
    """The error so far of each resource, without its ticks: a replay may go on for days."""

    def __init__(self) -> None:
        self._sums: dict[str, list[float]] = {}

    def add(self, found: Sequence[ResourceTick]) -> list[ReplayedResource]:
        """Take in a tick; how each resource stands."""
        return [self._one(tick) for tick in found]

    def _one(self, tick: ResourceTick) -> ReplayedResource:
        sums = self._sums.setdefault(tick.resource, [0.0, 0.0, 0.0, 0.0, 0.0])
        if not math.isnan(tick.target) and not math.isnan(tick.actual):
            if is_reachable(tick):
                error = tick.actual - tick.target
                for place, value in enumerate((1.0, tick.target, abs(error), error)):
                    sums[place] += value
            else:
                sums[4] += 1
        count, wanted, distance, bias, beyond = sums
        whole = count if is_share(tick.resource) else wanted
        return ReplayedResource(
            resource=tick.resource,
            target=None if math.isnan(tick.target) else tick.target,
            actual=None if math.isnan(tick.actual) else tick.actual,
            mean_absolute_error_ratio=distance / whole if whole > 0 else None,
            bias_ratio=bias / whole if whole > 0 else None,
            unreachable_ticks=int(beyond),
        )


class ReplayDisplay(progress.ProgressDisplay):
    """Where a replay is shown. This one shows nothing."""

    def show(self, ratio: float | None, resources: Sequence[ReplayedResource]) -> None:
        """Show how far it is (0..1; None: it has no end), and how the resources follow."""


class ReplayLines(ReplayDisplay):
    """A line on standard error now and then."""

    def __init__(self) -> None:
        self._pace = progress.ProgressPace(LINE_SECONDS, at_once=True)

    def show(self, ratio: float | None, resources: Sequence[ReplayedResource]) -> None:
        """See ``ReplayDisplay.show``."""
        if not self._pace.due():
            return
        followed = ", ".join(
            f"{one.resource} {amount(one.resource, one.actual)} of "
            f"{amount(one.resource, one.target)}"
            for one in resources
            if one.target is not None
        )
        done = "" if ratio is None else f"{ratio:4.0%} "
        progress.say("replay", f"{done}{followed}")


class ReplayJsonLines(ReplayDisplay):
    """One JSON object a tick on standard error."""

    def show(self, ratio: float | None, resources: Sequence[ReplayedResource]) -> None:
        """See ``ReplayDisplay.show``."""
        shown: dict[str, object] = {} if ratio is None else {"progress_ratio": round(ratio, 4)}
        shown["resources"] = {
            one.resource: {"target": one.target, "actual": one.actual} for one in resources
        }
        progress.say_json(shown)


class ReplayTable(progress.Drawing, ReplayDisplay):
    """A table of target and actual on standard error, drawn anew at each tick."""

    def __init__(self) -> None:
        # Drawing costs CPU time: at each tick, and not by a clock of its own.
        self._live = Live(console=progress.console(), auto_refresh=False, transient=True)
        super().__init__(self._live)

    def show(self, ratio: float | None, resources: Sequence[ReplayedResource]) -> None:
        """See ``ReplayDisplay.show``."""
        table = Table(title="replay" if ratio is None else f"replay {ratio:4.0%}")
        table.add_column("resource")
        for column in ("target", "actual", "mean distance", "unreachable"):
            table.add_column(column, justify="right")
        for one in resources:
            distance = one.mean_absolute_error_ratio
            table.add_row(
                one.resource,
                amount(one.resource, one.target),
                amount(one.resource, one.actual),
                "" if distance is None else f"{distance * 100:.2f} %",
                str(one.unreachable_ticks),
            )
        self._live.update(table, refresh=True)


def display(kind: str) -> ReplayDisplay:
    """A display of some kind, one of ``KINDS``; ``auto`` suits standard error."""
    if kind == AUTO:
        kind = "live" if progress.on_terminal() else "lines"
    made = {"live": ReplayTable, "lines": ReplayLines, "json": ReplayJsonLines}
    return made.get(kind, ReplayDisplay)()


def as_json(found: Sequence[ResourceAccuracy]) -> dict[str, dict[str, object]]:
    """How the resources followed, by name; what is unknown is left out."""
    return {
        one.resource: {
            key: value
            for key, value in vars(one).items()
            if key != "resource" and value is not None and value != math.inf
        }
        for one in found
    }
