"""How far an import is: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn

from importing.files import InputFile
from perfanalysis import progress
from perfanalysis.printable import printable

LINE_SECONDS = 10.0
_BAR_SECONDS = 0.25


class ReadingProgress(progress.ProgressDisplay):
    """Shows how many bytes of the files have been read; a context manager.

    Args:
        files: whose bytes count.
    """

    def __init__(self, files: Sequence[InputFile]) -> None:
        self._files = files
        self._total = sum(file.size for file in files)
        self._bar = None
        if progress.on_terminal():
            self._bar = progress.bar(
                TextColumn("import"), BarColumn(), DownloadColumn(), TimeRemainingColumn()
            )
            self._task = self._bar.add_task("import", total=self._total)
        self._pace = progress.ProgressPace(
            _BAR_SECONDS if self._bar else LINE_SECONDS, at_once=False
        )

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar:
            self._bar.stop()

    def update(self) -> None:
        """Show how far it is, when that was not just done."""
        if not self._pace.due():
            return
        read = sum(file.reading.bytes_read for file in self._files)
        if self._bar:
            self._bar.update(self._task, completed=read)
        else:
            self.say(f"{read / max(1, self._total):.0%} of {self._total / 1e6:.1f} MB read")

    def say(self, text: str) -> None:
        """Print a line."""
        if self._bar:
            line = f"import: {printable(text)}"
            self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)
        else:
            progress.say("import", text)
