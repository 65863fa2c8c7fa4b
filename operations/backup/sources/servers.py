"""Servers that run for a while on what was restored, on loopback, and are gone afterwards."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from operations.backup.sources.source import SourceError
from perfanalysis.dying_with_us import dying_with_us

START_SECONDS = 120.0
STOP_SECONDS = 30.0


def free_port() -> int:
    """A TCP port of the loopback interface that nobody has at the moment."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def program(name: str, said: str) -> str:
    """The path of a program.

    Args:
        name: on PATH.
        said: what the settings say; "": nothing.

    Raises:
        SourceError: it is not here.
    """
    found = shutil.which(said or name)
    if found is None:
        raise SourceError(
            f"{said or name}: expected the program, on PATH or as `program` in the settings: a"
            " backup is proven by a server that runs on it"
        )
    return found


@contextmanager
def running(
    command: Sequence[str], log: Path, answers: Callable[[], bool], **settings: Any
) -> Iterator[None]:
    """A server that runs while the block does, and ends with us, however we end.

    Args:
        command: its words.
        log: a file for what it says.
        answers: whether it answers; may raise OSError.
        settings: of ``subprocess.Popen``: the user, say.

    Raises:
        SourceError: it does not start.
    """
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [*dying_with_us(), *command],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **settings,
        )
    try:
        _wait(process, command[0], log, answers)
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(
    process: subprocess.Popen[bytes], name: str, log: Path, answers: Callable[[], bool]
) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        with contextlib.suppress(OSError):
            if answers():
                return
        if process.poll() is not None:
            raise SourceError(
                f"{Path(name).name} does not start on what was restored: {_last(log)}"
            )
        if time.monotonic() > until:
            raise SourceError(
                f"{Path(name).name} does not answer in {START_SECONDS:g} s: {_last(log)}"
            )
        time.sleep(0.1)


def _last(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1][:500] if lines else "it said nothing"
