"""Programs that end with the process that has started them, also when that is killed."""

from __future__ import annotations

import shutil


def dying_with_us(signal: str = "TERM") -> list[str]:
    """The words in front of a command for that; none where setpriv (util-linux) is not installed.

    The kernel sends the signal when the thread ends that has started the program.

    Args:
        signal: its name, without SIG.
    """
    return ["setpriv", "--pdeathsig", signal, "--"] if shutil.which("setpriv") else []
