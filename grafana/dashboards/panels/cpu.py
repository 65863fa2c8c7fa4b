"""CPU: how busy, with what, how evenly, and who waits."""

from __future__ import annotations

from grafana.dashboards.thresholds import (
    CPU_PRESSURE_WAITING,
    IN_NEED,
    RUN_QUEUE_LONG_LOAD,
    STEAL_HIGH_STOLEN,
)
from grafana.dashboards.variables import highest, machines, rate
from grafana.dashboards.words import Panel, Query, Step, Style

# Busy is all CPU time but idle, iowait and steal, as everywhere in this project.
_BUSY = 'mode!~"idle|iowait|steal"'
_SECONDS = "node_cpu_seconds_total"

_MOST_CPUS = 64  # rows that can be told apart

# From what helps to what hurts, so that a stack reads from the bottom up.
_MODE_COLOURS = {
    "user": "green",
    "nice": "light-green",
    "system": "orange",
    "irq": "purple",
    "softirq": "light-purple",
    "steal": "dark-red",
    "iowait": "yellow",
}


def busy() -> Panel:
    """Busy ratio of each machine."""
    expression = (
        f"sum by (instance) ({rate(_SECONDS, _BUSY)}) / sum by (instance) ({rate(_SECONDS)})"
    )
    return Panel(
        title="CPU busy",
        description=(
            "Share of all CPU time that did work: everything but idle, waiting for disks, and time "
            "stolen by the hypervisor. Good: a level that leaves room for the peaks of the day. "
            f"Bad: above {IN_NEED} for long, for then work queues."
        ),
        kind="timeseries",
        unit="percentunit",
        queries=[Query(expression, "{{instance}}")],
        minimum=0,
        maximum=1,
        steps=[Step(None, "green"), Step(IN_NEED.value, "red")],
    )


def by_mode() -> Panel:
    """What the CPUs of all picked machines do."""
    total = f"scalar(sum({rate(_SECONDS)}))"
    modes = rate(_SECONDS, 'mode!="idle"')
    return Panel(
        title="CPU time by mode",
        description=(
            "What the CPUs of the picked machines do, as a share of all their time; the rest is "
            "idle. Good: mostly user. Bad: much system or softirq (work for the kernel), iowait "
            "(disks too slow), or any steal (the hypervisor gives your CPU to others)."
        ),
        kind="timeseries",
        unit="percentunit",
        queries=[Query(f"sum by (mode) ({modes}) / {total}", "{{mode}}")],
        minimum=0,
        maximum=1,
        stacked=True,
        styles=[
            Style(mode, (("color", {"mode": "fixed", "fixedColor": colour}),))
            for mode, colour in _MODE_COLOURS.items()
        ],
    )


def busiest() -> Panel:
    """Busy ratio of the busiest CPU of each machine."""
    expression = (
        "max by (instance) ("
        f"sum by (instance, cpu) ({rate(_SECONDS, _BUSY)})"
        f" / sum by (instance, cpu) ({rate(_SECONDS)}))"
    )
    return Panel(
        title="Busiest CPU",
        description=(
            "Busy share of the busiest single CPU. Good: near the machine's own CPU busy. Bad: "
            "near 100 % while the machine is mostly idle: one thread is the limit, and a machine "
            "with more CPUs would not help."
        ),
        kind="timeseries",
        unit="percentunit",
        queries=[Query(expression, "{{instance}}")],
        width=8,
        minimum=0,
        maximum=1,
    )


def load_per_cpu() -> Panel:
    """Load average for each CPU."""
    cpus = machines(_SECONDS, 'mode="idle"')
    expression = f"sum by (instance) ({machines('node_load1')}) / count by (instance) ({cpus})"
    return Panel(
        title="Load per CPU",
        description=(
            "Tasks that run, or wait for a CPU or a disk (1 minute's load average), divided by the "
            f"number of CPUs. Good: below 1. Bad: above {RUN_QUEUE_LONG_LOAD} for minutes: tasks "
            "wait for each other."
        ),
        kind="timeseries",
        unit="none",
        queries=[Query(expression, "{{instance}}")],
        width=8,
        minimum=0,
        decimals=2,
        steps=[Step(None, "green"), Step(1, "orange"), Step(RUN_QUEUE_LONG_LOAD.value, "red")],
    )


def pressure() -> Panel:
    """Share of time in which some task waited for a CPU."""
    expression = rate("node_pressure_cpu_waiting_seconds_total")
    return Panel(
        title="CPU pressure",
        description=(
            "Share of time in which at least one task waited for a CPU (the kernel's pressure "
            "stall information; empty where the kernel has none). Good: a few per cent. Bad: "
            f"above {CPU_PRESSURE_WAITING} for long, for which there is an alert, even when load "
            "looks harmless."
        ),
        kind="timeseries",
        unit="percentunit",
        queries=[Query(f"max by (instance) ({expression})", "{{instance}}")],
        width=8,
        minimum=0,
        steps=[Step(None, "green"), Step(CPU_PRESSURE_WAITING.value, "red")],
        may_be_empty=True,
    )


def steal() -> Panel:
    """Share of CPU time that the hypervisor gave to others."""
    stolen = rate(_SECONDS, 'mode="steal"')
    expression = f"sum by (instance) ({stolen}) / sum by (instance) ({rate(_SECONDS)})"
    return Panel(
        title="CPU stolen",
        description=(
            "Share of CPU time that the hypervisor gave to other machines while this one had work. "
            "Good: 0. Bad: above 1 %: measurements of this machine are spoiled, and you pay for "
            "time that you do not get."
        ),
        kind="timeseries",
        unit="percentunit",
        queries=[Query(expression, "{{instance}}")],
        minimum=0,
        steps=[
            Step(None, "green"),
            Step(0.01, "orange"),
            Step(STEAL_HIGH_STOLEN.value, "red"),
        ],
    )


def context_switches() -> Panel:
    """Context switches per second."""
    expression = f"max by (instance) ({rate('node_context_switches_total')})"
    return Panel(
        title="Context switches",
        description=(
            "How often per second the kernel puts another task on a CPU. Good: follows the work; "
            "there is no right number. Bad: a jump without a jump of work: tasks fight for a lock, "
            "or wake each other too often."
        ),
        kind="timeseries",
        unit="count:switches/s",
        queries=[Query(expression, "{{instance}}")],
        minimum=0,
    )


def by_core() -> Panel:
    """Busy share of each CPU, a row each."""
    expression = (
        f"sum by (instance, cpu) ({rate(_SECONDS, _BUSY)})"
        f" / sum by (instance, cpu) ({rate(_SECONDS)})"
    )
    return Panel(
        title="Each CPU",
        description=(
            f"Busy share of each CPU over time, a row each ({_MOST_CPUS} at most, those with the "
            "highest peaks); the redder, the busier. Good: rows that look alike. Bad: one red row "
            "among green ones: a single thread is the limit."
        ),
        kind="status-history",
        unit="percentunit",
        queries=[
            Query(highest(expression, "instance, cpu", _MOST_CPUS), "{{instance}} cpu{{cpu}}")
        ],
        width=24,
        height=10,
        minimum=0,
        maximum=1,
        steps=[
            Step(None, "green"),
            Step(0.5, "yellow"),
            Step(0.75, "orange"),
            Step(IN_NEED.value, "red"),
        ],
        legend="none",
    )
