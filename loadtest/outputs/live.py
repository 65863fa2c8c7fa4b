"""Starts the process that sends a run's progress, and ends it."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from loadtest.outputs.wanted import Output

END_SECONDS = 5.0


@contextlib.contextmanager
def sending_progress(state: Path, outputs: Sequence[Output], machine: str) -> Iterator[None]:
    """Send the progress of what runs in the block, by a process of its own.

    The measuring process does no more for it than it does anyway: it writes ``running.json``. The
    other one reads that, at the lowest priority, and ends when this one does, however it ends.

    Args:
        state: the state folder.
        outputs: the receivers; those that want no progress get none.
        machine: the label ``instance``.
    """
    wanted = [output for output in outputs if output.live]
    if not wanted:
        yield
        return
    with subprocess.Popen(
        [sys.executable, "-m", "loadtest.outputs.live_sender"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.write(_orders(state, wanted, machine))
                process.stdin.flush()
            # Its start is work that must be over before anything is measured.
            process.stdout.readline()
            yield
        finally:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            try:
                process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _orders(state: Path, outputs: Sequence[Output], machine: str) -> bytes:
    """What the process is told, one line."""
    orders = {
        "state": str(state),
        "outputs": [
            {
                "destination": output.destination.stored(),
                "labels": {"job": "node", "instance": machine} | output.labels,
            }
            for output in outputs
        ],
    }
    return json.dumps(orders).encode() + b"\n"
