"""HiGHS, as planning uses it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import highspy

_STANDARD_OUTPUT = 1


def silent_solver() -> highspy.Highs:
    """A solver that prints nothing, and runs in one thread: its answer is the same each time."""
    _say_its_banner()
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", 1)
    return solver


@cache
def _say_its_banner() -> None:
    """Let HiGHS 1.16 print its name where nobody reads it.

    The first solver of a process prints two lines to standard output while it is made, before it
    can be told not to; they would stand in front of our JSON.
    """
    with _nowhere():
        highspy.Highs()  # type: ignore[no-untyped-call]


@contextmanager
def _nowhere() -> Iterator[None]:
    """Standard output of the whole process goes nowhere."""
    sys.stdout.flush()
    kept = os.dup(_STANDARD_OUTPUT)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, _STANDARD_OUTPUT)
        yield
    finally:
        os.dup2(kept, _STANDARD_OUTPUT)
        os.close(kept)
        os.close(nowhere)
