"""What this machine is: the facts that stand beside every measurement. Unknown facts are absent.

Each fact's meaning and unit stands in ``perfanalysis/results/result.schema.json`` (``machine``).
"""

from __future__ import annotations

import os
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
from perfanalysis.machines.facts.files import known
from perfanalysis.machines.facts.identity import of_identity
from perfanalysis.machines.identity import Identity, Price


def facts(
    identity: Identity, price: Price | None, usable: UsableCpus, root: Path = Path("/")
) -> dict[str, object]:
    """The machine as a result document shows it (``machine``).

    Args:
        identity: who it is.
        price: the one that counts; None: unknown.
        usable: the CPUs that the run uses.
        root: holds proc, sys and etc.
    """
    cpus = os.cpu_count() or len(usable.cpus)
    confined = confinement.read(root)
    unique = machine_id.read(root, contained="container" in confined)
    return {
        **of_identity(identity, price, os.uname().nodename),
        **known({"machine_id": unique}),
        **burstable.credit(identity.instance_type, cpus),
        **known({"architecture": identity.architecture}),
        "logical_cpus": cpus,
        "used_cpus": list(usable.cpus),
        **topology.read(usable.cpus, root),
        **known({"cpu_model": identity.cpu_model}),
        **cpu.read(usable.cpus[0], root),
        **memory.read(usable.cpus[0], root),
        **host.read(root),
        **confined,
    }
