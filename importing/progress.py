"""How far an import is: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from importing.files import InputFile
from perfanalysis.printable import printable

LINE_SECONDS = 10.0
_BAR_SECONDS = 0.25


class ReadingProgress:
    """Shows how many bytes of the files have been read; a context manager.

    Args:
        files: whose bytes count.
    """

    def __init__(self, files: Sequence[InputFile]) -> None:
        self._files = files
        self._total = sum(file.size for file in files)
        self._bar: Progress | None = None
        if sys.stderr.isatty():
            self._bar = Progress(
                TextColumn("import"),
                BarColumn(),
                DownloadColumn(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._task = self._bar.add_task("import", total=self._total)
        self._every = _BAR_SECONDS if self._bar else LINE_SECONDS
        self._next = time.monotonic() + self._every

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar:
            self._bar.stop()

    def look(self) -> None:
        """Show how far it is, when that was not just done."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + self._every
        read = sum(file.reading.bytes_read for file in self._files)
        if self._bar:
            self._bar.update(self._task, completed=read)
        else:
            self.say(f"{read / max(1, self._total):.0%} of {self._total / 1e6:.1f} MB read")

    def say(self, text: str) -> None:
        """Print a line."""
        text = printable(text)
        if self._bar:
            self._bar.console.print(
                f"import: {text}", markup=False, highlight=False, soft_wrap=True
            )
        else:
            print(f"import: {text}", file=sys.stderr, flush=True)
