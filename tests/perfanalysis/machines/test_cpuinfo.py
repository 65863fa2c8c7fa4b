from __future__ import annotations

import pytest

from perfanalysis.machines.cpuinfo import cpu_model, first_cpu


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("processor\t: 0\nmodel name\t: AMD  EPYC\n", "AMD EPYC"),
        ("processor : 0\nBogoMIPS : 50.00\nCPU part : 0xd0c\n", ""),
        ("processor : 0\ncpu : POWER9, altivec supported\n", "POWER9, altivec supported"),
        (
            "Processor\t: ARMv7 Processor rev 4 (v7l)\nprocessor : 0\n",
            "ARMv7 Processor rev 4 (v7l)",
        ),
        # Where both stand.
        ("Processor : AArch64 rev 4\nmodel name : Cortex-A53\n", "Cortex-A53"),
        ("model name :\nprocessor : 1\n", ""),
        ("\ufffd: \ufffd", ""),
        ("", ""),
    ],
)
def test_the_cpu_model_of_several_architectures(text: str, model: str) -> None:
    assert cpu_model(text) == model


def test_the_first_cpu_stands_for_all() -> None:
    text = "processor : 0\nmicrocode : 0x1\n\nprocessor : 1\nmicrocode : 0x2\nno field\n"
    assert first_cpu(text) == {"processor": "0", "microcode": "0x1"}
