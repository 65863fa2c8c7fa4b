from __future__ import annotations

from pathlib import Path

import pytest

from perfanalysis.machines.facts import cpu

EPYC = """processor\t: 0
vendor_id\t: AuthenticAMD
cpu family\t: 25
model\t\t: 1
model name\t: AMD EPYC  7763 64-Core
stepping\t: 1
microcode\t: 0x1000065
cpu MHz\t\t: 2445.422
flags\t\t: fpu avx2 hypervisor

processor\t: 1
microcode\t: 0xffff
"""
NEOVERSE = """processor\t: 0
BogoMIPS\t: 50.00
Features\t: fp asimd
CPU implementer\t: 0x41
CPU part\t: 0xd40
"""


def test_a_cpu_of_x86() -> None:
    assert cpu.of_cpuinfo(EPYC) == {
        "cpu_vendor": "AuthenticAMD",
        "cpu_family": "25",
        "cpu_model_number": "1",
        "cpu_stepping": "1",
        "microcode": "0x1000065",
        "cpu_flags": ["fpu", "avx2", "hypervisor"],
        "clock_hertz": 2445422000,
    }


def test_a_cpu_of_arm_has_no_name_and_no_clock() -> None:
    assert cpu.of_cpuinfo(NEOVERSE) == {
        "cpu_vendor": "0x41",
        "cpu_model_number": "0xd40",
        "cpu_flags": ["fp", "asimd"],
    }
    assert cpu.of_cpuinfo("") == {}


@pytest.mark.parametrize(
    ("boost", "no_turbo", "found"),
    [("1", "", True), ("0", "", False), ("", "1", False), ("", "0", True), ("", "", None)],
)
def test_boost(boost: str, no_turbo: str, found: bool | None) -> None:
    assert cpu.boost(boost, no_turbo) is found


def test_governor_clock_range_and_mitigations(tmp_path: Path) -> None:
    policy = tmp_path / "sys/devices/system/cpu/cpu2/cpufreq"
    weak = tmp_path / "sys/devices/system/cpu/vulnerabilities"
    policy.mkdir(parents=True)
    weak.mkdir()
    (policy / "scaling_governor").write_text("performance\n")
    (policy / "cpuinfo_min_freq").write_text("800000\n")
    (policy / "cpuinfo_max_freq").write_text("3500000\n")
    (weak / "meltdown").write_text("Not affected\n")
    (weak / "spectre_v2").write_text("Mitigation: Retpolines\n")
    assert cpu.read(2, tmp_path) == {
        "governor": "performance",
        "clock_lowest_hertz": 800_000_000,
        "clock_highest_hertz": 3_500_000_000,
        "mitigations": {"spectre_v2": "Mitigation: Retpolines"},
    }
