"""What the demonstration says while it runs: one line a step, with the time that it took."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console


class DemoSteps:
    """Numbered steps on standard error.

    Args:
        total: how many steps there will be.
        console: where to write.
    """

    def __init__(self, total: int, console: Console) -> None:
        self.total = total
        self.console = console
        self.number = 0

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Say what is being done, and at its end how long it took."""
        self.number += 1
        self.console.print(f"[bold]\\[{self.number}/{self.total}][/bold] {what} ...")
        started = time.monotonic()
        yield
        self.console.print(f"      done in {time.monotonic() - started:.1f} s", style="dim")
