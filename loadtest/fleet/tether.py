"""Becomes a command that the kernel ends when the process that started it is gone.

A program of its own: ``python tether.py PARENT COMMAND...`` with PARENT's process id. SIGKILL
leaves a process no time to end its children. ssh that ends takes its connection along, and the run
there notices that within a second (``--progress json``).
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

# include/uapi/linux/prctl.h; it stays through execve(2) of a program that is not set-user-ID.
PR_SET_PDEATHSIG = 1


def tethered(words: Sequence[str]) -> list[str]:
    """The words that run a command so that it does not outlive this process.

    The kernel looks at the thread that starts it: that must be the main one.
    """
    # Neither the environment nor installed packages have a say, and take no time.
    return [sys.executable, "-I", "-S", __file__, str(os.getpid()), *words]


def main() -> None:
    """Ask the kernel for the signal, and become the command."""
    parent, *words = sys.argv[1:]
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != int(parent):
        sys.exit("who asked for this is gone")
    try:
        os.execv(words[0], words)  # noqa: S606 - no shell is wanted
    except OSError as error:
        sys.exit(f"{words[0]}: cannot be run: {error.strerror}")


if __name__ == "__main__":
    main()
