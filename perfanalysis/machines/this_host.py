"""What the running kernel says of the machine that it runs on."""

from __future__ import annotations

import os

from perfanalysis.machines.cpuinfo import cpu_model
from perfanalysis.machines.identity import Identity


def host_identity(cpuinfo: str) -> Identity:
    """The weakest source of an identity: host name, CPU model and architecture.

    Args:
        cpuinfo: the text of /proc/cpuinfo; "" where it cannot be read.
    """
    kernel = os.uname()
    return Identity(name=kernel.nodename, cpu_model=cpu_model(cpuinfo), architecture=kernel.machine)
