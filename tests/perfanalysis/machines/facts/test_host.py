from __future__ import annotations

from pathlib import Path

import pytest

from perfanalysis.machines.facts import confinement, host


@pytest.mark.parametrize(
    ("cpuinfo", "virtual"),
    [("flags : fpu hypervisor", True), ("flags : fpu", False), ("Features : fp", None)],
)
def test_a_flag_tells_of_a_hypervisor(cpuinfo: str, virtual: bool | None) -> None:
    assert host.is_virtual(cpuinfo) is virtual


@pytest.mark.parametrize(
    ("kind", "compatible", "firmware", "name"),
    [
        ("xen", "", "", "xen"),
        ("", "linux,kvm", "", "kvm"),
        ("", "", "Amazon EC2 m7i.large", "kvm"),
        ("", "", "Microsoft Corporation Virtual Machine", "hyperv"),
        ("", "", "Microsoft Corporation Surface", ""),
        ("", "", "Dell Inc. PowerEdge", ""),
    ],
)
def test_hypervisors(kind: str, compatible: str, firmware: str, name: str) -> None:
    assert host.hypervisor(kind, compatible, firmware) == name


def test_distribution() -> None:
    assert host.distribution('ID=debian\nPRETTY_NAME="Debian 12"\n') == "Debian 12"
    assert host.distribution("") == ""


def test_containers_leave_marks(tmp_path: Path) -> None:
    assert confinement.container(tmp_path, {}) == ""
    (tmp_path / ".dockerenv").touch()
    assert confinement.container(tmp_path, {}) == "docker"
    assert confinement.container(tmp_path, {"container": "lxc"}) == "lxc"
    assert confinement.container(tmp_path, {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}) == "kubernetes"


def test_limits_of_version_2(tmp_path: Path) -> None:
    group = tmp_path / "sys/fs/cgroup/job/inner"
    group.mkdir(parents=True)
    (tmp_path / "sys/fs/cgroup/cgroup.controllers").write_text("cpu memory\n")
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/cgroup").write_text("0::/job/inner\n")
    (group / "cpu.max").write_text("150000 100000\n")
    (group / "cpu.weight").write_text("39\n")
    (group / "memory.max").write_text("max\n")
    (group.parent / "memory.max").write_text("1073741824\n")
    found = confinement.read(tmp_path)
    assert found["cgroup_version"] == 2
    assert found["cgroup_quota_cpus"] == 1.5
    assert found["cgroup_weight"] == 39
    assert found["cgroup_memory_bytes"] == 1 << 30


def test_version_1_writes_no_limit_as_a_large_number(tmp_path: Path) -> None:
    (tmp_path / "memory.limit_in_bytes").write_text("9223372036854771712\n")
    assert confinement.memory_limit([tmp_path]) is None
