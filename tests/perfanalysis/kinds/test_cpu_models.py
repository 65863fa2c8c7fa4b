"""Names of CPU models: one name for each, whatever it is spelled like."""

from __future__ import annotations

import pytest

from perfanalysis.kinds.cpu_models import family, normalised, vendor


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("AMD EPYC 9R45 96-Core Processor", "AMD EPYC 9R45"),
        ("AMD EPYC 9R45", "AMD EPYC 9R45"),
        ("Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz", "INTEL XEON PLATINUM 8481C"),
        ("Intel(R) Xeon(R) Platinum 8481C", "INTEL XEON PLATINUM 8481C"),
        ("Intel(R) Xeon(R) Platinum 8269CY CPU T 3.10GHz", "INTEL XEON PLATINUM 8269CY"),
        ("Intel(R) Xeon(R) CPU E5-2667 v4 @ 3.20GHz", "INTEL XEON E5-2667 V4"),
        ("Intel(R) Xeon(R) CPU @ 2.20GHz", "INTEL XEON 2.20"),
        ("Intel(R) Xeon(R) CPU @ 2.80GHz", "INTEL XEON 2.80"),
        ("Neoverse-V2", "NEOVERSE-V2"),
        ("", ""),
    ],
)
def test_one_name_for_each_model(name: str, expected: str) -> None:
    assert normalised(name) == expected


@pytest.mark.parametrize(
    ("name", "architecture", "maker", "design"),
    [
        ("AMD EPYC 7R13 Processor", "x86_64", "amd", "zen3"),
        ("AMD EPYC-Milan Processor", "x86_64", "amd", "zen3"),
        ("AMD EPYC 9B14", "x86_64", "amd", "zen4"),
        ("AMD EPYC Processor", "x86_64", "amd", ""),
        ("Intel(R) Xeon(R) Platinum 8488C", "x86_64", "intel", "sapphire-rapids"),
        ("Intel(R) Xeon(R) Platinum 8573C", "x86_64", "intel", "sapphire-rapids"),
        ("Intel(R) Xeon(R) Platinum 8252C CPU @ 3.80GHz", "x86_64", "intel", "skylake"),
        ("Intel(R) Xeon(R) CPU E5-2676 v3 @ 2.40GHz", "x86_64", "intel", "haswell"),
        ("Intel(R) Xeon(R) 6975P-C", "x86_64", "intel", "granite-rapids"),
        ("Intel(R) Xeon(R) CPU @ 2.20GHz", "x86_64", "intel", ""),
        ("Neoverse-N1", "aarch64", "arm", ""),
        ("Neoverse-N1", "", "arm", ""),
        ("", "x86_64", "", ""),
    ],
)
def test_what_a_name_tells(name: str, architecture: str, maker: str, design: str) -> None:
    assert (vendor(name, architecture), family(name, architecture)) == (maker, design)
