"""The events that can be counted, by node_exporter's words for them. Pure."""

from __future__ import annotations

from typing import NamedTuple

from perfanalysis.exposition.families import Family

SOURCE = "perf_event_open(2)"
# enum perf_type_id of include/uapi/linux/perf_event.h.
HARDWARE, SOFTWARE, TRACEPOINT, CACHE = 0, 1, 2, 3
_READ, _WRITE = 0, 1 << 8
_HIT, _MISS = 0, 1 << 16
_L1D, _L1I, _LL, _DTLB, _ITLB, _BPU = range(6)


class Event(NamedTuple):
    """An event: its type and number for the kernel, and what it is shown as."""

    type: int
    config: int
    family: Family


def _event(type_: int, config: int, name: str, text: str) -> Event:
    family = Family(f"node_perf_{name}_total", "counter", text, ("cpu",), source=SOURCE)
    return Event(type_, config, family)


def _cache(config: int, name: str, text: str) -> Event:
    return _event(CACHE, config, f"cache_{name}", text)


HARDWARE_EVENTS = {
    "CpuCycles": _event(HARDWARE, 0, "cpucycles", "Number of CPU cycles (frequency scaled)"),
    "CpuInstr": _event(HARDWARE, 1, "instructions", "Number of CPU instructions"),
    "BranchInstr": _event(HARDWARE, 4, "branch_instructions", "Number of CPU branch instructions"),
    "BranchMisses": _event(HARDWARE, 5, "branch_misses", "Number of CPU branch misses"),
    "CacheRef": _event(
        HARDWARE, 2, "cache_refs", "Number of cache references (non frequency scaled)"
    ),
    "CacheMisses": _event(HARDWARE, 3, "cache_misses", "Number of cache misses"),
    "RefCpuCycles": _event(HARDWARE, 9, "ref_cpucycles", "Number of CPU cycles"),
    "StalledCyclesBackend": _event(
        HARDWARE, 8, "stalled_cycles_backend", "Number of stalled backend CPU cycles"
    ),
    "StalledCyclesFrontend": _event(
        HARDWARE, 7, "stalled_cycles_frontend", "Number of stalled frontend CPU cycles"
    ),
}
SOFTWARE_EVENTS = {
    "PageFault": _event(SOFTWARE, 2, "page_faults", "Number of page faults"),
    "ContextSwitch": _event(SOFTWARE, 3, "context_switches", "Number of context switches"),
    "CpuMigration": _event(SOFTWARE, 4, "cpu_migrations", "Number of CPU process migrations"),
    "MinorFault": _event(SOFTWARE, 5, "minor_faults", "Number of minor page faults"),
    "MajorFault": _event(SOFTWARE, 6, "major_faults", "Number of major page faults"),
}
CACHE_EVENTS = {
    "L1DataReadHit": _cache(_L1D | _READ | _HIT, "l1d_read_hits", "Number L1 data cache read hits"),
    "L1DataReadMiss": _cache(
        _L1D | _READ | _MISS, "l1d_read_misses", "Number L1 data cache read misses"
    ),
    "L1DataWriteHit": _cache(
        _L1D | _WRITE | _HIT, "l1d_write_hits", "Number L1 data cache write hits"
    ),
    "L1InstrReadMiss": _cache(
        _L1I | _READ | _MISS,
        "l1_instr_read_misses",
        "Number instruction L1 instruction read misses",
    ),
    "InstrTLBReadHit": _cache(
        _ITLB | _READ | _HIT, "tlb_instr_read_hits", "Number instruction TLB read hits"
    ),
    "InstrTLBReadMiss": _cache(
        _ITLB | _READ | _MISS, "tlb_instr_read_misses", "Number instruction TLB read misses"
    ),
    "DataTLBReadHit": _cache(
        _DTLB | _READ | _HIT, "tlb_data_read_hits", "Number of data TLB read hits"
    ),
    "DataTLBReadMiss": _cache(
        _DTLB | _READ | _MISS, "tlb_data_read_misses", "Number of data TLB read misses"
    ),
    "DataTLBWriteHit": _cache(
        _DTLB | _WRITE | _HIT, "tlb_data_write_hits", "Number of data TLB write hits"
    ),
    "DataTLBWriteMiss": _cache(
        _DTLB | _WRITE | _MISS, "tlb_data_write_misses", "Number of data TLB write misses"
    ),
    "LLReadHit": _cache(_LL | _READ | _HIT, "ll_read_hits", "Number last level read hits"),
    "LLReadMiss": _cache(_LL | _READ | _MISS, "ll_read_misses", "Number last level read misses"),
    "LLWriteHit": _cache(_LL | _WRITE | _HIT, "ll_write_hits", "Number last level write hits"),
    "LLWriteMiss": _cache(
        _LL | _WRITE | _MISS, "ll_write_misses", "Number last level write misses"
    ),
    "BPUReadHit": _cache(_BPU | _READ | _HIT, "bpu_read_hits", "Number BPU read hits"),
    "BPUReadMiss": _cache(_BPU | _READ | _MISS, "bpu_read_misses", "Number BPU read misses"),
}
TRACED = Family("node_perf_{field}", "counter", "Perf tracepoint {field}", ("cpu",), source=SOURCE)
