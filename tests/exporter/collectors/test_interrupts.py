"""Interrupts and software interrupts of each CPU."""

from __future__ import annotations

import pytest

from exporter.collecting import CollectorError
from exporter.collectors import interrupts, softirqs
from perfanalysis.errors import InputError
from perfanalysis.exposition.rendering import TEXT
from tests.exporter.collectors.conftest import Write
from tests.exporter.conftest import Collect, samples_of, scraper_of

# CPU 1 is off. Numbers that are parts of names, as ARM's controllers have them; no space behind a
# colon, as there is none where counts are long.
INTERRUPTS = """\
           CPU0       CPU2
  9:         18          0   IO-APIC    9-fasteoi   acpi
 12:          0          0   GICv3  27 Level     arch_timer
 24:          4          5   PCI-MSIX-0000:00:05.0   1-edge   ena-Tx-Rx-0
IPI0:4294967296 1               Rescheduling interrupts
LOC:        171        135   Local timer interrupts
ERR:          0
MIS:          0
"""


def labels(cpu: int, kind: str, info: str, devices: str = "") -> str:
    return f'{{cpu="{cpu}",type="{kind}",info="{info}",devices="{devices}"}}'


EXPECTED = {
    labels(0, "9", "IO-APIC", "9-fasteoi acpi"): 18,
    labels(2, "9", "IO-APIC", "9-fasteoi acpi"): 0,
    labels(0, "12", "GICv3", "27 Level arch_timer"): 0,
    labels(2, "12", "GICv3", "27 Level arch_timer"): 0,
    labels(0, "24", "PCI-MSIX-0000:00:05.0", "1-edge ena-Tx-Rx-0"): 4,
    labels(2, "24", "PCI-MSIX-0000:00:05.0", "1-edge ena-Tx-Rx-0"): 5,
    labels(0, "IPI0", "Rescheduling interrupts"): 4294967296,
    labels(2, "IPI0", "Rescheduling interrupts"): 1,
    labels(0, "LOC", "Local timer interrupts"): 171,
    labels(2, "LOC", "Local timer interrupts"): 135,
}


def shown(found: dict[str, float]) -> dict[str, float]:
    return {series.removeprefix("node_interrupts_total"): value for series, value in found.items()}


def test_interrupts(write: Write, collect: Collect) -> None:
    tree = write({"proc/interrupts": INTERRUPTS})
    found = collect(interrupts.SPECIFICATION, tree, "--collector.interrupts")
    assert shown(found) == EXPECTED


@pytest.mark.parametrize(
    ("flags", "kinds"),
    [
        (["--collector.interrupts.name-include=^LOC;"], {"LOC"}),
        (["--collector.interrupts.name-include=;.*timer"], {"12", "LOC"}),
        (["--collector.interrupts.name-exclude=ena|;Local"], {"9", "12", "IPI0"}),
        (["--no-collector.interrupts.include-zeros"], {"9", "24", "IPI0", "LOC"}),
    ],
)
def test_interrupts_are_chosen(
    flags: list[str], kinds: set[str], write: Write, collect: Collect
) -> None:
    found = collect(interrupts.SPECIFICATION, write({"proc/interrupts": INTERRUPTS}), *flags)
    assert {series.split('type="')[1].split('"')[0] for series in found} == kinds


def test_an_expression_that_is_none(write: Write, collect: Collect) -> None:
    tree = write({"proc/interrupts": INTERRUPTS})
    with pytest.raises(InputError, match=r"--collector\.interrupts\.name-include"):
        collect(interrupts.SPECIFICATION, tree, "--collector.interrupts.name-include=(")


def test_interrupts_from_scrape_to_scrape(write: Write) -> None:
    """Zeros that become counts, names that look like numbers and change, a CPU that comes."""
    tree = write({"proc/interrupts": INTERRUPTS})
    paths = (f"--path.procfs={tree / 'proc'}", f"--path.sysfs={tree / 'sys'}")
    on = ("--collector.disable-defaults", "--collector.interrupts", *paths)
    scrapers = [scraper_of(*on), scraper_of(*on, "--no-collector.interrupts.include-zeros")]
    timer, acpi = INTERRUPTS.replace("27 Level", "28 Level"), INTERRUPTS.replace("18   ", "18  3")
    heading, _, rest = INTERRUPTS.partition("\n")
    wider = "\n".join(
        [
            f"{heading} CPU3",
            *(line.replace("Local", "7 Local") for line in rest.splitlines() if "LOC" in line),
        ]
    )
    for text in (INTERRUPTS, timer, acpi.replace("acpi", "acpi2"), INTERRUPTS, wider):
        write({"proc/interrupts": text})
        expected = shown(
            {
                series: value
                for scraper in [scraper_of(*on)]
                for series, value in samples_of(scraper.scrape(TEXT)).items()
                if series.startswith("node_interrupts_total")
            }
        )
        for scraper, zeros in zip(scrapers, (True, False), strict=True):
            page = samples_of(scraper.scrape(TEXT))
            found = {s: v for s, v in page.items() if s.startswith("node_interrupts_total")}
            assert shown(found) == {s: v for s, v in expected.items() if v or zeros}
            assert found
    assert len(expected) == 3


@pytest.mark.parametrize("text", ["", "9: 1\n", "CPU0 CPU\n", "CPU0\n9: x IO-APIC acpi\n"])
def test_interrupts_refuse(text: str) -> None:
    with pytest.raises(CollectorError, match="/proc/interrupts: "):
        interrupts.parse(text.encode())


def test_softirqs(write: Write, collect: Collect) -> None:
    text = "      CPU0   CPU1\n  HI:   7   1\n NET_RX:  43066  104508\n NEW_KIND:  1  2\n"
    series = "node_softirqs_functions_total"
    assert collect(softirqs.SPECIFICATION, write({"proc/softirqs": text})) == {
        f'{series}{{cpu="0",type="HI"}}': 7,
        f'{series}{{cpu="1",type="HI"}}': 1,
        f'{series}{{cpu="0",type="NET_RX"}}': 43066,
        f'{series}{{cpu="1",type="NET_RX"}}': 104508,
    }


@pytest.mark.parametrize("text", ["", "CPU0\nHI: 1 2\n", "CPU0\nHI 1\n", "CPU0\nHI: x\n"])
def test_softirqs_refuse(text: str) -> None:
    with pytest.raises(CollectorError, match="/proc/softirqs: expected"):
        softirqs.parse(text.encode())
