"""How far the reading of a history is: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

from typing import Self

from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn

from perfanalysis import progress

LINE_SECONDS = 10.0


class HistoryProgress(progress.ProgressDisplay):
    """Shows how much of the time has been read; a context manager.

    Args:
        start, end: Unix seconds.
    """

    def __init__(self, start: float, end: float) -> None:
        self._start = start
        self._length = max(end - start, 1.0)
        self._bar = None
        if progress.on_terminal():
            self._bar = progress.bar(
                TextColumn("record"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
            )
            self._task = self._bar.add_task("record", total=self._length)
        self._pace = progress.ProgressPace(LINE_SECONDS, at_once=False)

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar:
            self._bar.stop()

    def passed(self, moment: float) -> None:
        """Say that all until this moment was read."""
        done = moment - self._start
        if self._bar:
            self._bar.update(self._task, completed=done)
        elif self._pace.due():
            progress.say("record", f"{done / self._length:.0%} of the time has been read")
