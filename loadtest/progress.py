"""What a run says while it goes on: a bar on a terminal, lines elsewhere, nothing if quiet."""

from __future__ import annotations

import sys
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn


class Display(Protocol):
    """Where a run's progress is shown; a context manager."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...

    def show(self, phase: str, ratio: float, units_per_second: float) -> None:
        """Show the phase, the share that is done (0..1) and the present rate."""


class Quiet:
    """Shows nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def show(self, phase: str, ratio: float, units_per_second: float) -> None:
        """Show nothing."""


class Lines(Quiet):
    """One line on standard error for each new phase."""

    def __init__(self) -> None:
        self._phase = ""

    def show(self, phase: str, ratio: float, units_per_second: float) -> None:
        """Write a line when the phase is a new one."""
        del units_per_second
        if phase != self._phase:
            self._phase = phase
            print(f"load test: {ratio:4.0%} {phase}", file=sys.stderr, flush=True)


class Bar(Quiet):
    """A bar on standard error, with the present rate."""

    def __init__(self) -> None:
        self._bar = Progress(
            TextColumn("load test: {task.description:>11}"),
            BarColumn(),
            TextColumn("{task.percentage:3.0f} %"),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            # Drawing takes CPU time from the workers: few frames.
            refresh_per_second=4,
            transient=True,
        )
        self._task = self._bar.add_task("starting", total=1.0, rate="")

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._bar.stop()

    def show(self, phase: str, ratio: float, units_per_second: float) -> None:
        """Move the bar."""
        rate = f"{units_per_second:.4g} units/s"
        self._bar.update(self._task, description=phase, completed=ratio, rate=rate)


def display(quiet: bool) -> Display:
    """The display that suits standard error."""
    if quiet:
        return Quiet()
    return Bar() if sys.stderr.isatty() else Lines()
