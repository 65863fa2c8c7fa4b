"""The bits of a port's link modes (kernel: include/uapi/linux/ethtool.h). Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

AUTONEGOTIATE, PAUSE, ASYMMETRIC_PAUSE = 6, 13, 14
PORTS = {"TP": 7, "AUI": 8, "MII": 9, "FIBRE": 10, "BNC": 11, "Backplane": 16}
# Link modes by their bits: what stands between two numbers has the bits from the first one on.
_MODES = (
    *("0", "10baseT/half", "10baseT/full", "100baseT/half", "100baseT/full"),
    *("1000baseT/half", "1000baseT/full", "12", "10000baseT/full", "15", "2500baseX/full"),
    *("17", "1000baseKX/full", "10000baseKX4/full", "10000baseKR/full", "10000baseR_FEC/full"),
    *("20000baseMLD2/full", "20000baseKR2/full"),
    *("40000baseKR4/full", "40000baseCR4/full", "40000baseSR4/full", "40000baseLR4/full"),
    *("56000baseKR4/full", "56000baseCR4/full", "56000baseSR4/full", "56000baseLR4/full"),
    *("25000baseCR/full", "25000baseKR/full", "25000baseSR/full"),
    *("50000baseCR2/full", "50000baseKR2/full"),
    *("100000baseKR4/full", "100000baseSR4/full", "100000baseCR4/full", "100000baseLR4_ER4/full"),
    *("50000baseSR2/full", "1000baseX/full"),
    *("10000baseCR/full", "10000baseSR/full", "10000baseLR/full", "10000baseLRM/full"),
    *("10000baseER/full", "2500baseT/full", "5000baseT/full"),
    *("52", "50000baseKR/full", "50000baseSR/full", "50000baseCR/full", "50000baseLR_ER_FR/full"),
    *("50000baseDR/full", "100000baseKR2/full", "100000baseSR2/full", "100000baseCR2/full"),
    *("100000baseLR2_ER2_FR2/full", "100000baseDR2/full"),
    *("200000baseKR4/full", "200000baseSR4/full", "200000baseLR4_ER4_FR4/full"),
    *("200000baseDR4/full", "200000baseCR4/full", "100baseT1/full", "1000baseT1/full"),
    *("400000baseKR8/full", "400000baseSR8/full", "400000baseLR8_ER8_FR8/full"),
    *("400000baseDR8/full", "400000baseCR8/full"),
    *("75", "100000baseKR/full", "100000baseSR/full", "100000baseLR_ER_FR/full"),
    *("100000baseCR/full", "100000baseDR/full"),
    *("200000baseKR2/full", "200000baseSR2/full", "200000baseLR2_ER2_FR2/full"),
    *("200000baseDR2/full", "200000baseCR2/full"),
    *("400000baseKR4/full", "400000baseSR4/full", "400000baseLR4_ER4_FR4/full"),
    *("400000baseDR4/full", "400000baseCR4/full", "100baseFX/half", "100baseFX/full"),
    "10baseT1L/full",
)
_MODE = re.compile(r"(([0-9]+)base[^/]+)/(half|full)")
_BYTES_OF_MEGABITS = 125_000


class Speed(NamedTuple):
    """A link mode: duplex, its name without it, and its bytes a second in one direction."""

    duplex: str
    mode: str
    bytes: int


def _by_bit() -> dict[int, Speed]:
    speeds = {}
    bit = 0
    for text in _MODES:
        if match := _MODE.fullmatch(text):
            speeds[bit] = Speed(match[3], match[1], int(match[2]) * _BYTES_OF_MEGABITS)
            bit += 1
        else:
            bit = int(text)
    return speeds


BY_BIT = _by_bit()


def speeds(modes: int) -> list[Speed]:
    """The speeds of a mask of link modes, in the order of its bits."""
    return [speed for bit, speed in BY_BIT.items() if modes >> bit & 1]


def ports(modes: int) -> list[str]:
    """The types of ports in a mask of link modes."""
    return [name for name, bit in PORTS.items() if modes >> bit & 1]


def has(modes: int, bit: int) -> bytes:
    """Whether a bit is set, as a sample's value."""
    return b"%d" % (modes >> bit & 1)
