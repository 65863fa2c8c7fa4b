"""Names of CPU models as one name each, and the family that a name tells.

The same CPU is spelled in many ways ("AMD EPYC 9R45 96-Core Processor", "AMD EPYC 9R45"). Some
clouds hide the model behind a clock ("Intel(R) Xeon(R) CPU @ 2.20GHz"): the clock is kept there,
since it is all that tells two models apart, and no design is told from it: what a cloud runs at
2.20 GHz has caches of more than one.
"""

from __future__ import annotations

import re

_MARKS = re.compile(r"\((?:r|tm|c)\)", re.IGNORECASE)
_CLOCK = re.compile(r"@?\s*(?:\bT\s+)?(\d+(?:\.\d+)?)\s*GHz.*$", re.IGNORECASE)
_WORDS = re.compile(r"\b(?:CPU|Processor|\d+-Core)\b|@", re.IGNORECASE)
_ARM_NAMES = ("NEOVERSE", "AMPERE", "GRAVITON", "CORTEX", "KUNPENG", "YITIAN")
_NAMELESS = {"INTEL XEON", "AMD EPYC", "INTEL CORE", "INTEL XEON PROCESSOR"}
_EPYC = re.compile(r"EPYC \d\w\w(\d)")
_EPYC_NAMES = {"ROME": "zen2", "MILAN": "zen3", "GENOA": "zen4", "TURIN": "zen5"}
_XEON_E = re.compile(r"\bE[57]-\d+\w* V(\d)")
_XEON_E_GENERATIONS = {"2": "ivy-bridge", "3": "haswell", "4": "broadwell"}
_XEON_SCALABLE = re.compile(r"(?:PLATINUM|GOLD|SILVER|BRONZE) \d(\d)\d\d")
_XEON_GENERATIONS = {"1": "skylake", "2": "skylake", "3": "ice-lake", "4": "sapphire-rapids"}
_XEON_6 = re.compile(r"XEON 6[79]\d\dP")


def normalised(name: str) -> str:
    """The CPU model's one name, in capitals; "" where the name says nothing."""
    plain = _MARKS.sub("", name)
    clock = _CLOCK.search(plain)
    words = _WORDS.sub(" ", _CLOCK.sub("", plain))
    short = " ".join(words.split()).upper()
    if clock and short in _NAMELESS:
        return f"{short} {float(clock.group(1)):.2f}"
    return short


def vendor(name: str, architecture: str) -> str:
    """``arm``, ``amd``, ``intel``, or "" where neither the name nor the architecture tells."""
    if architecture.lower() in {"aarch64", "arm64"}:
        return "arm"
    model = normalised(name)
    if any(word in model for word in _ARM_NAMES):
        return "arm"
    if "AMD" in model or "EPYC" in model:
        return "amd"
    return "intel" if "INTEL" in model or "XEON" in model else ""


def family(name: str, architecture: str) -> str:
    """The design that the name tells ("zen4", "ice-lake"), or "" where it tells none.

    Designs that differ by little beside their clock are one: Skylake and Cascade Lake, Sapphire
    and Emerald Rapids.
    """
    maker, model = vendor(name, architecture), normalised(name)
    if maker == "amd":
        return _amd(model)
    if maker == "intel":
        return _intel(model)
    return ""


def _amd(model: str) -> str:
    for word, design in _EPYC_NAMES.items():
        if word in model:
            return design
    digit = _EPYC.search(model)
    return f"zen{digit.group(1)}" if digit and digit.group(1) in "12345" else ""


def _intel(model: str) -> str:
    if old := _XEON_E.search(model):
        return _XEON_E_GENERATIONS.get(old.group(1), "")
    if scalable := _XEON_SCALABLE.search(model):
        digit = scalable.group(1)
        return "sapphire-rapids" if digit == "5" else _XEON_GENERATIONS.get(digit, "")
    if _XEON_6.search(model):
        return "granite-rapids"
    return ""
