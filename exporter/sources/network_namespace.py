"""Whether the kernel, when it is asked by a socket, speaks of the network that procfs describes.

A socket is in the network namespace of its process. A container that mounts its host's /proc reads
there of the host's network, and hears by a socket of its own.
"""

from __future__ import annotations

import os

from exporter.sources.files import Sources

_FILE = "net/dev"
_OURS = "/proc/self/net/dev"


def is_ours(sources: Sources) -> bool:
    """Whether our sockets are in the namespace that these sources describe.

    The kernel gives each file below /proc/net a number of its own in each namespace, which is the
    same through every mount of procfs, and can be seen by any user.

    Args:
        sources: of the machine; those of a recorded tree are never ours.
    """
    try:
        theirs = os.stat(sources.proc(_FILE).path)  # noqa: PTH116 - without the cost of a Path
        return theirs.st_ino == os.stat(_OURS).st_ino  # noqa: PTH116
    except OSError:
        return False
