from __future__ import annotations

from perfanalysis.machines.cpus import UsableCpus
from perfanalysis.machines.facts import machine
from perfanalysis.machines.facts.identity import Identity
from perfanalysis.results import writing
from perfanalysis.results.machine import from_facts


def test_every_fact_of_this_machine_is_declared() -> None:
    found = machine.facts(Identity("web-1", price=0.1), UsableCpus((0,), None))
    made = from_facts(found, "here")
    assert made.others == {}
    assert list(writing.facts(made)) == list(found)
    assert found["name"] == "web-1"
    assert found["used_cpus"] == [0]
    assert {"cpu_flags", "cores", "memory_bytes", "kernel_release", "cgroup_version"} <= set(found)
    assert None not in found.values()
