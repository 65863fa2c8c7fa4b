"""Outputs as a command sees them; what they need is imported only when there are any."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loadtest.outputs.options import OutputFlags
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.printable import printable

if TYPE_CHECKING:
    from loadtest.outputs.outbox import Outbox
    from loadtest.outputs.wanted import Output
    from perfanalysis.results.writing import Encoded


class Outputs:
    """The receivers that flags ask for, or none; each is checked when this is made.

    Args:
        flags: of the command.
        state: the state folder.

    Raises:
        InputError: a flag or the file of receivers is unusable.
        PerfAnalysisError: a spool cannot be made.
    """

    def __init__(self, flags: OutputFlags, state: Path) -> None:
        self._timeout = flags.deliver_timeout
        self._state = state
        self._outputs: Sequence[Output] = ()
        self._outbox: Outbox | None = None
        if flags.any:
            # An HTTP client and protobuf take a third of a second to load.
            from loadtest.outputs.outbox import Outbox
            from loadtest.outputs.wanted import find_outputs

            self._outputs = find_outputs(flags)
            self._outbox = Outbox(state, self._outputs)

    def progress(self, machine: str) -> contextlib.AbstractContextManager[None]:
        """Send the progress of what runs in the block to those that want it."""
        if self._outbox is None:
            return contextlib.nullcontext()
        from loadtest.outputs.live import sending_progress

        return sending_progress(self._state, self._outputs, machine)

    def put(self, result: Encoded) -> int:
        """Take a result for all receivers; return for how many it is on disk then."""
        return 0 if self._outbox is None else self._outbox.put(result)

    def send(self, *, quiet: bool) -> list[str]:
        """Send what waits, say what became of it, and return the problems."""
        if self._outbox is None:
            return []
        from loadtest.outputs.outbox import report

        news, problems = report(self._outbox.send(self._timeout))
        if not quiet:
            for line in news:
                click.echo(printable(line), err=True)
        return self._outbox.problems + problems


def fail_by_problems(problems: Sequence[str]) -> None:
    """End the command with status 1 when there are problems; all is written then.

    Each is said in a line of its own.

    Raises:
        PerfAnalysisError: the last of them.
    """
    for problem in problems[:-1]:
        click.echo(f"perfanalysis: {printable(problem)}", err=True)
    if problems:
        raise PerfAnalysisError(problems[-1])
