"""Plain C programs that do their work once at each line that they are told, until they are left."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.plain_c_programs import build
from perfanalysis.errors import PerfAnalysisError

FLAGS = "-O2"


class ToldProgram:
    """``plain_c/NAME.c``, compiled and started; a context manager that stops it.

    Args:
        name: of the file, without its ending.
        arguments: of the program.
        folder: for the program.

    Raises:
        PeerMissingError: it cannot be compiled.
    """

    def __init__(self, name: str, arguments: Sequence[object], folder: Path) -> None:
        self._name = name
        self._process = subprocess.Popen(
            [str(build(name, FLAGS, folder)), *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def do(self) -> None:
        """Have it work once, and wait for its end.

        Raises:
            PerfAnalysisError: it has ended.
        """
        told, says = self._process.stdin, self._process.stdout
        assert told is not None
        assert says is not None
        try:
            told.write(b"\n")
            told.flush()
        except BrokenPipeError:
            pass
        else:
            if says.readline():
                return
        raise PerfAnalysisError(f"{self._name} failed ({self._process.wait()})")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            # Nobody hears what is still in the buffer where it has ended by itself.
            with suppress(BrokenPipeError):
                stream.close()
        self._process.wait()
