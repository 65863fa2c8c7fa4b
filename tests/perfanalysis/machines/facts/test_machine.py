from __future__ import annotations

from pathlib import Path

import pytest

from perfanalysis.machines.cpus import UsableCpus
from perfanalysis.machines.facts import machine
from perfanalysis.machines.identity import Identity, Price
from perfanalysis.results import writing
from perfanalysis.results.machine import from_facts


def test_every_fact_of_this_machine_is_declared() -> None:
    identity = Identity(
        name="web-1", provider="aws", instance_type="t3.large", instance_id="i-1", cpu_model="A CPU"
    )
    found = machine.facts(identity, Price("spot", 0.1), UsableCpus((0,), None))
    made = from_facts(found, "here")
    assert made.others == {}
    assert list(writing.facts(made)) == list(found)
    assert (found["name"], found["price_dollars_per_hour"]) == ("web-1", 0.1)
    assert found["used_cpus"] == [0]
    assert {"cpu_flags", "cores", "memory_bytes", "kernel_release", "cgroup_version"} <= set(found)
    assert None not in found.values()


def test_a_machine_has_its_id_and_a_container_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("KUBERNETES_SERVICE_HOST", "container"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "machine-id").write_text("0123456789abcdef0123456789abcdef\n")

    def shown() -> object:
        return machine.facts(Identity(), None, UsableCpus((0,), None), tmp_path).get("machine_id")

    assert shown() == "1f88c85d648d4ed682d83a20d26f5532"
    (tmp_path / ".dockerenv").touch()
    assert shown() is None
