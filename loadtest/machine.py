"""What this machine is: the facts that stand beside every measurement. Unknown facts are absent.

Each fact's meaning and unit stands in ``loadtest/result.schema.json`` (``machine``).
"""

from __future__ import annotations

import os
import platform
from pathlib import Path

from loadtest.cpus import UsableCpus
from loadtest.facts import confinement, cpu, host, memory, topology
from loadtest.facts.identity import Identity


def facts(identity: Identity, usable: UsableCpus, root: Path = Path("/")) -> dict[str, object]:
    """The machine as a result document shows it (``machine``).

    Args:
        identity: who it is.
        usable: the CPUs that the run uses.
        root: holds proc, sys and etc.
    """
    return {
        **identity.facts(),
        "architecture": platform.machine(),
        "logical_cpus": os.cpu_count() or len(usable.cpus),
        "used_cpus": list(usable.cpus),
        **topology.read(usable.cpus, root),
        **cpu.read(usable.cpus[0], root),
        **memory.read(usable.cpus[0], root),
        **host.read(root),
        **confinement.read(root),
    }
