"""What a run says while it goes on: a bar on a terminal, lines elsewhere, JSON for programs."""

from __future__ import annotations

from typing import Protocol, Self

from rich.progress import BarColumn, TextColumn, TimeRemainingColumn

from perfanalysis import progress

AUTO = "auto"
KINDS = (AUTO, "bar", "lines", "json", "none")
JSON_SECONDS = 1.0


class Display(Protocol):
    """Where a run's progress is shown; a context manager."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...

    def show(self, phase: str, ratio: float, units_per_second: float) -> None:
        """Show the phase, the share that is done (0..1) and the present rate."""


class Quiet(progress.ProgressDisplay):
    """Shows nothing."""

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
            progress.say("load test", f"{ratio:4.0%} {phase}")


class JsonLines(Quiet):
    """About once a second one JSON object in a line on standard error.

    Its keys: ``kernel``, ``phase``, ``progress_ratio`` (0..1), ``live_units_per_second`` (absent
    while it is unknown).

    Args:
        kernel: the kernel's name.
    """

    def __init__(self, kernel: str) -> None:
        self._kernel = kernel
        self._pace = progress.ProgressPace(JSON_SECONDS, at_once=True)

    def show(self, phase: str, ratio: float, units_per_second: float) -> None:
        """Write an object, unless that was just done.

        Raises:
            BrokenPipeError: nobody reads it any more.
        """
        if not self._pace.due():
            return
        shown: dict[str, object] = {"kernel": self._kernel, "phase": phase}
        shown["progress_ratio"] = round(ratio, 4)
        if units_per_second > 0:
            shown["live_units_per_second"] = units_per_second
        progress.say_json(shown)


class Bar(progress.Drawing):
    """A bar on standard error, with the present rate."""

    def __init__(self) -> None:
        self._bar = progress.bar(
            TextColumn("load test: {task.description:>11}"),
            BarColumn(),
            TextColumn("{task.percentage:3.0f} %"),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            # Drawing takes a millisecond of CPU time from the workers: few frames.
            frames=2,
        )
        super().__init__(self._bar)
        self._task = self._bar.add_task("starting", total=1.0, rate="")

    def show(self, phase: str, ratio: float, units_per_second: float) -> None:
        """Move the bar."""
        rate = f"{units_per_second:.4g} units/s" if units_per_second > 0 else ""
        self._bar.update(self._task, description=phase, completed=ratio, rate=rate)


def display(kind: str, kernel: str) -> Display:
    """A display of some kind.

    Args:
        kind: one of ``KINDS``; ``auto`` suits standard error.
        kernel: the kernel's name.
    """
    if kind == AUTO:
        kind = "bar" if progress.on_terminal() else "lines"
    if kind == "json":
        return JsonLines(kernel)
    kinds: dict[str, type[Display]] = {"bar": Bar, "lines": Lines}
    return kinds.get(kind, Quiet)()


def wait_display(kind: str, kernel: str) -> Display:
    """The display of a run that waits for its turn: a bar would not move.

    Args:
        kind: one of ``KINDS``.
        kernel: the kernel's name.
    """
    return display("lines" if kind in {AUTO, "bar"} else kind, kernel)
