"""How much of each resource a machine used, as a share of all there is. Pure."""

from __future__ import annotations

from reporter.analysis.report_data import ReportData
from reporter.asking.answers import Answers
from reporter.asking.machines import Machine
from reporter.asking.usage_queries import (
    CPU_BUSY,
    DISK_BUSY,
    LINK_SPEED,
    MEMORY_USED,
    NETWORK_BYTES,
)


def use_shares(data: ReportData) -> dict[str, list[float | None]]:
    """Each machine's 95th percentile of CPU, memory, busiest disk and network, as ratios."""
    found: dict[str, list[float | None]] = {}
    for machine in data.machines:
        every = (data.observed(query, machine) for query in (CPU_BUSY, MEMORY_USED, DISK_BUSY))
        shares = [one.percentile(95) if one else None for one in every]
        shares.append(_network_share(data, machine))
        if any(share is not None for share in shares):
            found[machine.name] = [None if s is None else min(1.0, max(0.0, s)) for s in shares]
    return found


def _network_share(data: ReportData, machine: Machine) -> float | None:
    """The 95th percentile of the first interface's busier direction, by its own speed."""
    if not (found := data.shown(NETWORK_BYTES, machine, data.interfaces(machine), 1)):
        return None
    labels = found[0].labels
    speed = _speeds(data.answers).get((machine.name, labels["device"]))
    every = data.observed_each(NETWORK_BYTES, machine)
    use = next((one.percentile(95) for own, one in every if own == labels), None)
    return use / speed if use is not None and speed else None


def _speeds(answers: Answers) -> dict[tuple[str, str], float]:
    """Bytes a second of each interface's link, by machine and device, as far as known."""
    return {
        (s.labels.get("instance", ""), s.labels.get("device", "")): s.value
        for s in answers.samples.get(LINK_SPEED, ())
        if s.value > 0
    }
