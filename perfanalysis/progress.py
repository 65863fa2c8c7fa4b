"""What a command says on standard error while it goes on: a bar on a terminal, lines elsewhere.

Each command has words of its own; here is what they have in common.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any, Self

from rich.console import Console
from rich.live import Live
from rich.progress import Progress, ProgressColumn

from perfanalysis.printable import printable


def on_terminal() -> bool:
    """Whether there is a terminal, on which a bar can move."""
    return sys.stderr.isatty()


def console(**settings: Any) -> Console:
    """Rich's console on standard error."""
    return Console(stderr=True, **settings)


def say(command: str, text: str) -> None:
    """Write a line that begins with the command's name."""
    print(f"{command}: {printable(text)}", file=sys.stderr, flush=True)


def say_json(shown: dict[str, object]) -> None:
    """Write a line that programs read: one JSON object.

    Raises:
        BrokenPipeError: nobody reads it any more.
    """
    print(json.dumps(shown), file=sys.stderr, flush=True)


class ProgressDisplay:
    """Where progress is shown; a context manager. This one shows nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass


class Drawing(ProgressDisplay):
    """What is drawn anew on a terminal while the block runs, and gone behind it.

    Args:
        view: of rich.
    """

    def __init__(self, view: Progress | Live) -> None:
        self._view = view

    def __enter__(self) -> Self:
        self._view.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._view.stop()


def bar(*columns: ProgressColumn, frames: float = 10.0) -> Progress:
    """A bar on standard error, drawn ``frames`` times a second."""
    return Progress(*columns, console=console(), refresh_per_second=frames, transient=True)


class ProgressPace:
    """Lets something be done at most once in so many seconds.

    Args:
        seconds: between two times.
        at_once: whether the first is now.
    """

    def __init__(self, seconds: float, *, at_once: bool) -> None:
        self._seconds = seconds
        self._next = 0.0 if at_once else time.monotonic() + seconds

    def due(self) -> bool:
        """Whether it is to be done now; the next time is counted from then."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + self._seconds
        return True
