from __future__ import annotations

from pathlib import Path

import pytest

from perfanalysis.machines.cpus import UsableCpus
from perfanalysis.machines.facts import machine
from perfanalysis.machines.identity import Identity, Price
from perfanalysis.results import document

# Facts of which the schema does not speak yet.
NEW = {"machine_id", "instance_id"}


def test_every_fact_of_this_machine_is_declared_in_the_schema() -> None:
    identity = Identity(name="web-1", architecture="x86_64")
    found = machine.facts(identity, Price("spot", 0.1), UsableCpus((0,), None))
    declared = document.validator().schema["properties"]["machine"]["properties"]
    assert set(found) - NEW <= set(declared)
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
    (tmp_path / "etc" / "machine-id").write_text("51df0b4bc3b04c9780e299b98ca373b8\n")

    def machine_id() -> object:
        found = machine.facts(Identity(), None, UsableCpus((0,), None), tmp_path)
        return found.get("machine_id")

    assert machine_id() == "91dc38ccef384ad2abdfb7e7cf1552eb"
    (tmp_path / ".dockerenv").touch()
    assert machine_id() is None
