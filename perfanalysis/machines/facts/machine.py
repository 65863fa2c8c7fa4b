"""What this machine is: the facts that stand beside every measurement. Unknown facts are absent.

Each fact's meaning and unit stands in ``perfanalysis/results/result.schema.json`` (``machine``).
"""

from __future__ import annotations

import os
import platform
from pathlib import Path

from perfanalysis.machines.cpus import UsableCpus
from perfanalysis.machines.facts import (
    burstable,
    confinement,
    cpu,
    host,
    machine_id,
    memory,
    topology,
)
from perfanalysis.machines.facts.identity import Identity


def facts(identity: Identity, usable: UsableCpus, root: Path = Path("/")) -> dict[str, object]:
    """The machine as a result document shows it (``machine``).

    Args:
        identity: who it is.
        usable: the CPUs that the run uses.
        root: holds proc, sys and etc.
    """
    cpus = os.cpu_count() or len(usable.cpus)
    earned = burstable.credits_per_hour(identity.instance_type, cpus)
    credit = {} if earned is None else {"credits_per_hour": earned}
    if earned is not None:
        credit["credits_limit"] = earned * burstable.HOURS_OF_CREDIT
    confined = confinement.read(root)
    unique = machine_id.read(root, contained="container" in confined)
    return {
        **identity.facts(),
        **({"machine_id": unique} if unique else {}),
        **credit,
        "architecture": platform.machine(),
        "logical_cpus": cpus,
        "used_cpus": list(usable.cpus),
        **topology.read(usable.cpus, root),
        **cpu.read(usable.cpus[0], root),
        **memory.read(usable.cpus[0], root),
        **host.read(root),
        **confined,
    }
