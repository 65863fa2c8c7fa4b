"""Processes that plug-ins fork, as multiprocessing does: their signals are no signals to us."""

from __future__ import annotations

import os
import signal
import threading

# Those that the server listens to; see exporter/serving/service.py.
_OURS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGALRM)
_forking = threading.local()


def _hold() -> None:
    """A child may get one before it has got ready for it."""
    _forking.mask = signal.pthread_sigmask(signal.SIG_BLOCK, _OURS)


def _let_go() -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, _forking.mask)


def _end_by_signals() -> None:
    # The server is told of a signal by a pipe, which a child has, too: what ends a child
    # (`Pool.terminate`) would end the exporter, and not the child.
    signal.set_wakeup_fd(-1)
    for number in _OURS:
        signal.signal(number, signal.SIG_DFL)
    _let_go()


def keep_signals_apart() -> None:
    """Let children end by the signals that they get; for the rest of this process' life."""
    os.register_at_fork(before=_hold, after_in_parent=_let_go, after_in_child=_end_by_signals)
