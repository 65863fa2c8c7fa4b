"""From a recording to what its machine used: rates of counters, over what counts once. Pure.

A rate is the difference of neighbouring ticks. Where a counter went back, a tick is missing, or two
ticks are further apart than ``counters.GAP_STEPS`` of the recording's own step, there is none.
"""

from __future__ import annotations

import numpy as np

from perfanalysis.recordings.recording import Floats, Recording
from workload.counters import differences
from workload.cpu_time import cpu_time
from workload.devices import disk_rates, interface_rates
from workload.prediction.usage import SampledBusy, Usage

# Every metric that is read here, so that who reads a file or asks an engine leaves out the rest.
METRICS = frozenset(
    {
        "node_cpu_seconds_total",
        "perf_cpu_seconds_total",
        "perf_recording_cpu_seconds_total",
        "perf_recording_cpus",
        "node_memory_MemTotal_bytes",
        "node_memory_MemAvailable_bytes",
        "node_disk_read_bytes_total",
        "node_disk_written_bytes_total",
        "node_disk_reads_completed_total",
        "node_disk_writes_completed_total",
        "perf_disk_physical",
        "node_network_receive_bytes_total",
        "node_network_transmit_bytes_total",
        "perf_network_physical",
        "node_bonding_slaves",
        "perf_sampler_busy_ratio_bucket",
    }
)


def usage_of(recording: Recording) -> Usage:
    """What the machine of a recording used."""
    times = recording.times
    cpu = cpu_time(recording)
    memory, total = _memory(recording)
    return Usage(
        machine=recording.machine,
        starts=times[:-1],
        ends=times[1:],
        cpus=cpu.cpus,
        busy=cpu.busy,
        system=cpu.system,
        steal=cpu.steal,
        memory_bytes=memory,
        memory_total_bytes=total,
        disk_read_bytes=disk_rates(recording, "node_disk_read_bytes_total"),
        disk_write_bytes=disk_rates(recording, "node_disk_written_bytes_total"),
        disk_reads=disk_rates(recording, "node_disk_reads_completed_total"),
        disk_writes=disk_rates(recording, "node_disk_writes_completed_total"),
        network_receive_bytes=interface_rates(recording, "node_network_receive_bytes_total"),
        network_transmit_bytes=interface_rates(recording, "node_network_transmit_bytes_total"),
        busiest_cpu=cpu.busiest,
        bursts=_bursts(recording),
    )


def _memory(recording: Recording) -> tuple[Floats, Floats]:
    total = _one(recording, "node_memory_MemTotal_bytes")
    available = _one(recording, "node_memory_MemAvailable_bytes")
    return (total - available)[1:], total[1:]


def _one(recording: Recording, name: str) -> Floats:
    found = list(recording.of(name).values())
    return found[0] if found else np.full(len(recording.times), np.nan)


def _bursts(recording: Recording) -> SampledBusy | None:
    """What the exporter's sampler counted between ticks; None: it did not run."""
    until = {
        float(dict(series.labels).get("le", "nan")): differences(recording, column)
        for series, column in recording.of("perf_sampler_busy_ratio_bucket").items()
    }
    bounds = sorted(bound for bound in until if not np.isnan(bound))
    if not bounds or not np.isinf(bounds[-1]):
        return None
    below = np.array([until[bound] for bound in bounds]).T
    counts = np.diff(below, axis=1, prepend=0.0)
    looks = np.nansum(counts)
    return SampledBusy(np.array(bounds), counts) if looks > 0 else None
