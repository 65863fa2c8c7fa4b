from __future__ import annotations

import pytest

from benchmarks.fma_peak import multiply_adds_per_cycle

AMD = (
    "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: {}\nmodel\t\t: {}\nmodel name\t: x\n"
)
INTEL = (
    "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: {}\nmodel\t\t: {}\n\nprocessor: 1\n"
)
ARM = "processor\t: 0\nCPU implementer\t: {}\nCPU part\t: {}\n"


@pytest.mark.parametrize(
    ("cpuinfo", "instruction_set", "expected"),
    [
        (AMD.format(23, 1), "avx2", 4),  # Zen 1: halves of 128 bits
        (AMD.format(23, 49), "avx2", 8),  # Zen 2
        (AMD.format(25, 1), "avx2", 8),  # Zen 3
        (AMD.format(25, 17), "avx512", 8),  # Zen 4: 512 bits in two cycles
        (AMD.format(26, 2), "avx512", 16),  # Zen 5 server
        (AMD.format(26, 36), "avx512", None),
        (AMD.format(24, 0), "avx2", None),
        (INTEL.format(6, 63), "avx2", 8),  # Haswell
        (INTEL.format(6, 143), "avx512", 16),  # Sapphire Rapids
        (INTEL.format(6, 85), "avx512", None),  # Skylake servers: one unit or two
        (INTEL.format(6, 85), "avx2", 8),
        (ARM.format("0x41", "0xd0c"), "neon", 4),  # Neoverse N1
        (ARM.format("0x41", "0xd40"), "neon", 8),  # Neoverse V1
        (ARM.format("0xc0", "0xd0c"), "neon", None),
        (AMD.format(25, 1), "baseline", None),
        ("", "avx2", None),
        ("", "neon", None),
    ],
)
def test_peak_of_known_cpus(cpuinfo: str, instruction_set: str, expected: int | None) -> None:
    assert multiply_adds_per_cycle(cpuinfo, instruction_set) == expected
