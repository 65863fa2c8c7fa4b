"""A process that draws while this one prints: charts and pages need libraries of their own each.

The two load what they need side by side, and what drawing took is given back before the pages
are laid out.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
import threading
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

from perfanalysis.errors import PerfAnalysisError
from reporter.pages import large_objects
from reporter.pages.drawn import Drawn
from reporter.pages.order import DrawingOrder


class Drawer:
    """Draws one report, in a process of its own where that is safe.

    The process is made when the drawer is entered, so that it gets ready while the engine is asked,
    and ended when it is left. It is a fork: of a program with threads none is made, nor where
    forks are not safe, and the report is drawn here.
    """

    def __init__(self) -> None:
        self._pipe: Connection | None = None
        self._process: multiprocessing.process.BaseProcess | None = None

    def __enter__(self) -> Self:
        if sys.platform == "linux" and threading.active_count() == 1:
            forking = multiprocessing.get_context("fork")
            self._pipe, theirs = forking.Pipe()
            self._process = forking.Process(target=_serve, args=(theirs, self._pipe), daemon=True)
            self._process.start()
            theirs.close()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pipe and self._process:
            self._pipe.close()
            self._process.kill()
            self._process.join()

    def begin(self, order: DrawingOrder) -> None:
        """Give the order; what it makes is to be had from ``drawn``."""
        if not self._pipe:
            self._order = order
        else:
            # A process that has ended is told of by ``drawn``.
            with suppress(OSError):
                large_objects.send(self._pipe, order)

    def drawn(self) -> Drawn:
        """Wait for the report.

        Raises:
            InputError: the template is not there, or is broken.
            PerfAnalysisError: the process was killed.
        """
        if not self._pipe or not self._process:
            from reporter.pages import html

            done = html.draw(self._order)
        else:
            try:
                done = self._pipe.recv()
            except (EOFError, OSError):
                self._process.join()
                status = self._process.exitcode
                message = f"the process that draws the report ended early (status {status})"
                raise PerfAnalysisError(message) from None
            if isinstance(done, Exception):
                raise done
        assert isinstance(done, Drawn)
        return done


def _serve(pipe: Connection, others: Connection) -> None:
    """The process: loads what draws, takes one order, and answers it."""
    # Ctrl-C is the other one's to answer; it ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    others.close()
    answer: Drawn | Exception
    try:
        from reporter.charts.every import load
        from reporter.pages import html

        load()
        answer = html.draw(large_objects.receive(pipe))
    except EOFError:
        return
    except Exception as error:  # noqa: BLE001 - told to the other process, which raises it
        error.add_note(traceback.format_exc())
        answer = error
    pipe.send(answer)
