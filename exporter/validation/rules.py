"""The rules, as data. A new one is added here; the rest follows.

A rule speaks of the samples that a collector hands over, by family and labels, so it holds for
whatever source they are from. A rule whose samples are not there is not evaluated.
"""

from __future__ import annotations

from typing import NamedTuple

BACKWARDS = "counter_backwards"
MALFORMED = "malformed_source"
CLOCK = "clock_backwards"  # of a capture's own times
# The collector holds these where they run backwards; their source is looked at instead.
HELD = frozenset({"node_cpu_seconds_total", "node_cpu_guest_seconds_total"})
# Untyped families that are counters all the same: the kernel's events, without its states.
COUNTERS_BY_NAME = (
    r"node_vmstat_(?!nr_|workingset_nodes$).*"
    r"|node_netstat_(?!Ip_Forwarding$|Ip_DefaultTTL$|Tcp_Rto|Tcp_MaxConn$|.*CurrEstab$).*"
)


class Term(NamedTuple):
    """Samples of a family, with these label values where they are given."""

    family: str
    labels: tuple[tuple[str, str], ...] = ()


class AtMost(NamedTuple):
    """The sum of ``left`` is at most the sum of ``right``, for each set of the other labels.

    ``slack`` is added to the right, in the samples' unit: the kernel does not stop the world while
    it writes a file. With ``equal`` neither side may be above the other by more than that.
    """

    name: str
    collector: str
    left: tuple[Term, ...]
    right: tuple[Term, ...]
    slack: float = 0.0
    equal: bool = False


class GrowthLimit(NamedTuple):
    """The sum of a family over ``over`` grows by at most ``per_second`` a second.

    Time between two looks counts as ``slack`` seconds longer.
    """

    name: str
    collector: str
    family: str
    over: str
    per_second: float
    slack: float


class SameFields(NamedTuple):
    """The kernel shows the same fields as before: families without labels come and go never."""

    collector: str
    added: str = "field_added"
    dropped: str = "field_dropped"


class Stale(NamedTuple):
    """Not all of the samples of the families stay the same for ``seconds``."""

    name: str
    collector: str
    families: tuple[str, ...]
    seconds: float


class TotalOfCpus(NamedTuple):
    """In each column of /proc/stat, the line ``cpu`` grows as the lines ``cpuN`` do together.

    ``slack`` is in ticks for each CPU: the lines are written one after the other.
    """

    name: str
    collector: str
    slack: int


def _memory(field: str) -> Term:
    return Term(f"node_memory_{field}_bytes")


def _below(name: str, field: str, total: str) -> AtMost:
    return AtMost(name, "meminfo", (_memory(field),), (_memory(total),))


def _sum(name: str, field: str, *parts: str) -> AtMost:
    return AtMost(name, "meminfo", tuple(map(_memory, parts)), (_memory(field),), equal=True)


def _events(name: str, few: tuple[str, ...], many: tuple[str, ...], slack: float) -> AtMost:
    left, right = (tuple(Term(f"node_vmstat_{field}") for field in f) for f in (few, many))
    return AtMost(name, "vmstat", left, right, slack)


def _cpu(mode: str) -> AtMost:
    guest = Term("node_cpu_guest_seconds_total", (("mode", mode),))
    return AtMost(
        "guest_above_total",
        "cpu",
        (guest,),
        (Term("node_cpu_seconds_total", (("mode", mode),)),),
        0.05,
    )


def _pressure(resource: str, what: str) -> str:
    return f"node_pressure_{resource}_{what}_seconds_total"


def _stalled(resource: str) -> AtMost:
    return AtMost(
        f"{resource}_stalled_above_waiting",
        "pressure",
        (Term(_pressure(resource, "stalled")),),
        (Term(_pressure(resource, "waiting")),),
        0.1,
    )


# Reclaim counts a batch of pages as stolen on another CPU than as scanned, at most.
_BATCH = 1024.0
_RECLAIMERS = ("kswapd", "direct", "khugepaged", "proactive")

COMBINATIONS = (
    _below("free_above_total", "MemFree", "MemTotal"),
    _below("available_above_total", "MemAvailable", "MemTotal"),
    _below("cached_above_total", "Cached", "MemTotal"),
    _below("swap_free_above_total", "SwapFree", "SwapTotal"),
    AtMost(
        "huge_pages_free_above_total",
        "meminfo",
        (Term("node_memory_HugePages_Free"),),
        (Term("node_memory_HugePages_Total"),),
    ),
    _sum("active_not_its_parts", "Active", "Active_anon", "Active_file"),
    _sum("inactive_not_its_parts", "Inactive", "Inactive_anon", "Inactive_file"),
    _sum("slab_not_its_parts", "Slab", "SReclaimable", "SUnreclaim"),
    *(
        _events(f"{who}_stolen_above_scanned", (f"pgsteal_{who}",), (f"pgscan_{who}",), _BATCH)
        for who in _RECLAIMERS
    ),
    _events(
        "stolen_above_scanned",
        ("pgsteal_anon", "pgsteal_file"),
        ("pgscan_anon", "pgscan_file"),
        _BATCH,
    ),
    _events(
        "stolen_by_reclaimers_above_by_kinds",
        ("pgsteal_kswapd", "pgsteal_direct"),
        ("pgsteal_anon", "pgsteal_file"),
        _BATCH,
    ),
    _events("major_faults_above_all", ("pgmajfault",), ("pgfault",), 0),
    _events(
        "numa_local_hints_above_all", ("numa_hint_faults_local",), ("numa_hint_faults",), _BATCH
    ),
    _events(
        "compactions_ended_above_begun",
        ("compact_success", "compact_fail"),
        ("compact_stall",),
        _BATCH,
    ),
    _events(
        "thp_fault_fallback_charge_above_all",
        ("thp_fault_fallback_charge",),
        ("thp_fault_fallback",),
        0,
    ),
    _cpu("user"),
    _cpu("nice"),
    AtMost(
        "free_above_size",
        "filesystem",
        (Term("node_filesystem_free_bytes"),),
        (Term("node_filesystem_size_bytes"),),
    ),
    AtMost(
        "available_above_free",
        "filesystem",
        (Term("node_filesystem_avail_bytes"),),
        (Term("node_filesystem_free_bytes"),),
    ),
    AtMost(
        "throttled_above_periods",
        "cgroup",
        (Term("container_cpu_cfs_throttled_periods_total"),),
        (Term("container_cpu_cfs_periods_total"),),
    ),
    _stalled("io"),
    _stalled("memory"),
)
GROWTH_LIMITS = (
    *(
        GrowthLimit(
            f"{kind}_pressure_faster_than_time",
            "pressure",
            _pressure(kind, "waiting"),
            "",
            1.0,
            2.5,
        )
        for kind in ("cpu", "io", "memory")
    ),
    GrowthLimit("cpu_faster_than_time", "cpu", "node_cpu_seconds_total", "mode", 1.0, 1.5),
    GrowthLimit(
        "disk_busier_than_time", "diskstats", "node_disk_io_time_seconds_total", "", 1.0, 1.5
    ),
)
FIELDS = (SameFields("meminfo"), SameFields("vmstat"), SameFields("stat"))
STALE = (
    Stale("stale_source", "cpu", ("node_cpu_seconds_total",), 10.0),
    Stale("stale_source", "stat", ("node_context_switches_total", "node_intr_total"), 10.0),
)
TOTALS = (TotalOfCpus("total_not_its_cpus", "cpu", 4),)


class RuleNeed(NamedTuple):
    """One rule by name, and what it cannot do without: families, and seconds between looks.

    ``looks`` is 2 for a rule about what has changed since the look before.
    """

    collector: str
    rule: str
    families: tuple[str, ...] = ()
    looks: int = 1
    seconds: float = 0.0


def needs() -> list[RuleNeed]:
    """All rules but ``BACKWARDS`` and ``MALFORMED``, which every collector can violate."""
    found = []
    for rule in COMBINATIONS:
        families = tuple(term.family for term in (*rule.left, *rule.right))
        found.append(RuleNeed(rule.collector, rule.name, families))
    found += [
        RuleNeed(rule.collector, rule.name, (rule.family,), looks=2) for rule in GROWTH_LIMITS
    ]
    for fields in FIELDS:
        found += [
            RuleNeed(fields.collector, name, looks=2) for name in (fields.added, fields.dropped)
        ]
    found += [
        RuleNeed(stale.collector, stale.name, stale.families, 2, stale.seconds) for stale in STALE
    ]
    found += [RuleNeed(rule.collector, rule.name, looks=2) for rule in TOTALS]
    return list({(need.collector, need.rule): need for need in found}.values())
