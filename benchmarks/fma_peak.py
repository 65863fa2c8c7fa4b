"""How many fused multiply-adds of doubles a CPU can do in a cycle. Pure.

Sources: AMD, Software Optimization Guides for families 17h (Zen 1: 128-bit units; Zen 2 on: two of
256 bits), 19h (Zen 4: 512 bits in two cycles) and 1Ah (server parts: two of 512 bits); Intel,
Optimization Reference Manual (two units since Haswell; AVX-512 of server parts named below: two);
Arm, Software Optimization Guides of Neoverse N1, N2 (two units of 128 bits), V1 and V2 (four).
"""

from __future__ import annotations

from perfanalysis.machines.cpuinfo import first_cpu

# (instruction set, vendor, family): models (None: all) and multiply-adds a cycle.
_AMD_ZEN_1 = frozenset({0x01, 0x08, 0x11, 0x18, 0x20})
_INTEL_SERVERS_WITH_TWO_AVX512_UNITS = frozenset({0x6A, 0x6C, 0x8F, 0xCF, 0xAD})
# Before Haswell there was no AVX2; family 6 also has the small cores of Atom, with AVX2 since 0x97.
_INTEL_AVX2 = frozenset(
    {0x3C, 0x3F, 0x45, 0x46, 0x3D, 0x47, 0x4F, 0x56, 0x4E, 0x5E, 0x55, 0x8E, 0x9E, 0xA5, 0xA6}
    | {0x7D, 0x7E, 0x8C, 0x8D, 0xA7}
    | _INTEL_SERVERS_WITH_TWO_AVX512_UNITS
)
_ARM_PARTS = {0xD0C: 4, 0xD49: 4, 0xD40: 8, 0xD4F: 8}


def multiply_adds_per_cycle(cpuinfo: str, instruction_set: str) -> int | None:
    """The most that one core can do, lane by lane; None: this CPU is not known here.

    Args:
        cpuinfo: the text of /proc/cpuinfo.
        instruction_set: as a kernel names it.
    """
    facts = first_cpu(cpuinfo)
    try:
        if instruction_set == "neon":
            arm = int(facts["CPU implementer"], 16) == 0x41
            return _ARM_PARTS.get(int(facts["CPU part"], 16)) if arm else None
        family, model = int(facts["cpu family"]), int(facts["model"])
    except (KeyError, ValueError):
        return None
    if facts.get("vendor_id") == "AuthenticAMD":
        return _amd(family, model, instruction_set)
    if facts.get("vendor_id") == "GenuineIntel" and family == 6:
        if instruction_set == "avx512":
            return 16 if model in _INTEL_SERVERS_WITH_TWO_AVX512_UNITS else None
        return 8 if instruction_set == "avx2" and model in _INTEL_AVX2 else None
    return None


def _amd(family: int, model: int, instruction_set: str) -> int | None:
    if instruction_set == "avx2":
        known = {0x17: 4 if model in _AMD_ZEN_1 else 8, 0x19: 8, 0x1A: 8}
        return known.get(family)
    if instruction_set == "avx512":
        # Of family 1Ah only the models up to 1Fh are server parts.
        return {0x19: 8, 0x1A: 16 if model <= 0x1F else None}.get(family)
    return None
