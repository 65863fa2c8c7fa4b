"""What each resource of a machine, and the machine, is found to be."""

from __future__ import annotations

import pytest

from reporter.analysis.rightsizing import REPORTED, ResourceUse, SizeDemand, judge
from reporter.settings.rightsizing import SizingRules
from tests.reporter.sized import busy, demand, typed, untested
from workload.prediction.findings import MachineResource

RULES = SizingRules()
ONE = typed("one", 1000.0, 0.1)
# Two threads share a core: half busy it does 70 % of its work.
THREADS = typed("threads", 1000.0, 0.1, half=0.7)


def more(
    resource: MachineResource, used: float | None, **about: bool
) -> tuple[MachineResource, ResourceUse]:
    return resource, ResourceUse(used, **about)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cpu", "memory", "others", "state", "reasons"),
    [
        (0.5, 0.5, [], "Optimized", []),
        # The limit itself is not above it: a fifth is free.
        (0.8, 0.5, [], "Optimized", []),
        (0.81, 0.5, [], "Underprovisioned", ["CPUUnderprovisioned"]),
        # Half of it would do, with a fifth of the half free.
        (0.4, 0.5, [], "Overprovisioned", ["CPUOverprovisioned"]),
        (0.41, 0.5, [], "Optimized", []),
        (0.5, 0.4, [], "Overprovisioned", ["MemoryOverprovisioned"]),
        (0.5, 0.81, [], "Underprovisioned", ["MemoryUnderprovisioned"]),
        # Too small in one is too small, whatever the others are.
        (0.1, 0.9, [], "Underprovisioned", ["CPUOverprovisioned", "MemoryUnderprovisioned"]),
        (0.5, 0.5, [more(MachineResource.DISK, 0.9)], "Underprovisioned", ["DiskUnderprovisioned"]),
        # What smaller disks and links could do is not known.
        (0.5, 0.5, [more(MachineResource.DISK, 0.01)], "Optimized", []),
        (0.5, 0.5, [more(MachineResource.NETWORK, 0.01)], "Optimized", []),
        (
            0.5,
            0.5,
            [more(MachineResource.NETWORK, 0.85)],
            "Underprovisioned",
            ["NetworkBandwidthUnderprovisioned"],
        ),
        (0.5, 0.5, [more(MachineResource.FILE_SYSTEM, 0.89)], "Optimized", []),
        (
            0.5,
            0.5,
            [more(MachineResource.FILE_SYSTEM, 0.9)],
            "Underprovisioned",
            ["FileSystemUnderprovisioned"],
        ),
        (
            0.5,
            0.5,
            [more(MachineResource.FILE_SYSTEM, 0.6, fills_up=True)],
            "Underprovisioned",
            ["FileSystemUnderprovisioned"],
        ),
    ],
)
def test_findings_and_their_reasons(
    cpu: float,
    memory: float,
    others: list[tuple[MachineResource, ResourceUse]],
    state: str,
    reasons: list[str],
) -> None:
    found = judge(demand(ONE, cpu, memory, others), RULES)
    assert found.state == state
    given = {resource for resource, _ in others} | {MachineResource.CPU, MachineResource.MEMORY}
    unknown = {f"{one}Unknown" for one in REPORTED if one not in given}
    assert sorted(found.reasons) == sorted([*reasons, *unknown])


@pytest.mark.parametrize(
    ("percent", "cpu", "state"),
    [
        (0.0, 1.0, "Optimized"),
        (0.0, 0.5, "Overprovisioned"),
        (30.0, 0.7, "Optimized"),
        (30.0, 0.71, "Underprovisioned"),
        (30.0, 0.35, "Overprovisioned"),
    ],
)
def test_the_headroom_is_a_setting(percent: float, cpu: float, state: str) -> None:
    found = judge(demand(ONE, cpu, 0.5), SizingRules(headroom_percent=percent))
    assert found.of(MachineResource.CPU) == state


def test_threads_that_share_a_core_do_more_than_their_share() -> None:
    # At 32 % busy it does 448; half of what it does at 80 % is 440.
    assert judge(demand(THREADS, 0.32, 0.5), RULES).of(MachineResource.CPU) == "Optimized"
    assert judge(demand(THREADS, 0.31, 0.5), RULES).of(MachineResource.CPU) == "Overprovisioned"
    # Without its load test, the busy share is all there is.
    assert (
        judge(demand(untested(THREADS), 0.32, 0.5), RULES).of(MachineResource.CPU)
        == "Overprovisioned"
    )


@pytest.mark.parametrize(
    ("hours", "reasons"), [(29.0, ["TooLittleData"]), (0.0, ["NoData"]), (30.0, None)]
)
def test_thirty_hours_are_the_least(hours: float, reasons: list[str] | None) -> None:
    found = judge(demand(ONE, 0.95, 0.5, days=hours / 24), RULES)
    if reasons is None:
        assert found.state == "Underprovisioned"
    else:
        assert (found.state, found.reasons, found.resources) == ("Unknown", reasons, ())


def test_without_cpu_time_nothing_is_found() -> None:
    found = judge(demand(ONE, None, 0.95), RULES)
    assert (found.state, found.reasons) == ("Unknown", ["NoData"])


def test_too_few_samples_have_no_percentile() -> None:
    found = judge(SizeDemand(ONE, busy(0.5)), RULES)
    assert (found.state, found.reasons) == ("Unknown", ["TooFewSamples"])
