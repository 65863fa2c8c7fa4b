"""How the machines of a fleet stand: one live table on a terminal, lines elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rich.console import Group
from rich.live import Live as LiveView
from rich.table import Table
from rich.text import Text

from loadtest.fleet.campaign import Outcome
from loadtest.fleet.conversation import Live
from perfanalysis import progress

WAITING, STARTED, DONE, FAILED = "waiting", "started", "done", "failed"
# With more machines the table leaves out those that have not begun or went well.
MOST_ROWS = 40
BAR_CELLS = 20


@dataclass
class Row:
    """How one machine stands."""

    state: str = WAITING
    live: Live | None = None
    result: str = ""


@dataclass
class Standing:
    """How all machines stand, by name, in the order of the inventory."""

    rows: dict[str, Row] = field(default_factory=dict)

    def shown(self) -> dict[str, Row]:
        """The rows that a table has room for."""
        if len(self.rows) <= MOST_ROWS:
            return self.rows
        return {n: row for n, row in self.rows.items() if row.state in {STARTED, FAILED}}

    def counts(self) -> str:
        """How many machines are in each state, in words."""
        states = [row.state for row in self.rows.values()]
        return ", ".join(f"{states.count(s)} {s}" for s in (WAITING, STARTED, DONE, FAILED))


def summary(outcome: Outcome) -> str:
    """An outcome in a few words."""
    if outcome.reason:
        return outcome.reason
    return ", ".join(
        f"{found.kernel} {found.levels[-1].units_per_second:.5g} units/s"
        f"{' (not valid)' if found.invalid_reasons else ''}"
        for found in outcome.documents
    )


class Silent(progress.ProgressDisplay):
    """Shows nothing; a context manager."""

    def started(self, name: str) -> None:
        """A machine's turn has begun."""

    def live(self, name: str, live: Live) -> None:
        """A machine says how far it is."""

    def ended(self, outcome: Outcome) -> None:
        """A machine is done."""


class Lines(Silent):
    """A line on standard error for each machine that begins or ends."""

    def started(self, name: str) -> None:
        """Say that a machine's turn has begun."""
        progress.say("fleet", f"{name}: started")

    def ended(self, outcome: Outcome) -> None:
        """Say what came of a machine."""
        state = FAILED if outcome.reason else DONE
        progress.say("fleet", f"{outcome.name}: {state}: {summary(outcome)}")


class TableOfAll(progress.Drawing, Silent):
    """One table on standard error, drawn anew twice a second.

    Args:
        names: of the machines.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._standing = Standing({name: Row() for name in names})
        view = LiveView(
            get_renderable=lambda: draw(self._standing),
            console=progress.console(),
            refresh_per_second=2,
            transient=True,
        )
        super().__init__(view)

    def started(self, name: str) -> None:
        """Mark a machine as begun."""
        self._standing.rows[name].state = STARTED

    def live(self, name: str, live: Live) -> None:
        """Move a machine's bar."""
        self._standing.rows[name].live = live

    def ended(self, outcome: Outcome) -> None:
        """Mark a machine as done or failed."""
        row = self._standing.rows[outcome.name]
        row.state = FAILED if outcome.reason else DONE
        row.result = summary(outcome)


def draw(standing: Standing) -> Group:
    """The table, and the counts below it."""
    table = Table("machine", "state", "progress", "doing", "units/s", "result", box=None)
    for name, row in standing.shown().items():
        live = row.live if row.state == STARTED else None
        filled = round(live.ratio * BAR_CELLS) if live else 0
        table.add_row(
            Text(name),
            row.state,
            f"{'━' * filled}{' ' * (BAR_CELLS - filled)} {live.ratio:4.0%}" if live else "",
            Text(f"{live.kernel}, {live.phase}") if live else "",
            f"{live.units_per_second:.4g}" if live and live.units_per_second else "",
            Text(row.result, style="red" if row.state == FAILED else ""),
        )
    return Group(table, Text(f"fleet: {standing.counts()}"))


def display(names: Sequence[str], quiet: bool) -> Silent:
    """The display that suits standard error."""
    if quiet:
        return Silent()
    return TableOfAll(names) if progress.on_terminal() else Lines()
