"""The charts of what machines were doing: CPU, cores, load, pressure, memory, disks, network."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from perfanalysis.promql import Series
from reporter.analysis.utilisation import week
from reporter.asking.machines import Machine
from reporter.charts import core_heat_map, cpu_by_mode, stack, time_lines
from reporter.charts import week as week_chart
from reporter.charts.time_lines import Line, Scale
from reporter.figures.figure import Drawing, Table, drawing, points, rows_of
from reporter.figures.material import MOST_LINES, Material

MEMORY = {"in use": "#0072B2", "slab": "#56B4E9", "cached": "#009E73", "buffers": "#9fd8c3"}
RESOURCES = {"cpu": "CPU", "memory": "memory", "io": "I/O"}
MIB, GIB = 2.0**20, 2.0**30


def _scale(
    material: Material,
    label: str,
    form: Callable[[float], str],
    top: float | None = None,
    unit: float = 1.0,
) -> Scale:
    gathered = material.gathered
    text = material.language.say(label)
    return Scale(gathered.start, gathered.end, gathered.step, text, form, top, unit)


def _share(material: Material) -> Callable[[float], str]:
    return lambda value: material.language.ratio(value, 0)


def cpu(material: Material) -> Drawing | None:
    """CPU busy over time, a line a machine."""
    having = [m for m in material.machines if len(material.line("CPU busy", m)[0])]
    lines = [
        Line(m.name, material.places[m.name], *material.line("CPU busy", m))
        for m in having[:MOST_LINES]
    ]
    rows = [row for m in having for row in points(m, *material.line("CPU busy", m))]
    scale = _scale(material, "CPU busy", _share(material), 1.02)
    return drawing(
        material,
        time_lines.draw(lines, scale, material.language),
        "CPU busy over time",
        "All CPU time but idle, iowait and steal, as a share of all CPU time of the machine. A gap"
        " is time without data.",
        ("CPU busy",),
        Table(("machine", "time", "busy"), rows),
    )


def cpu_of(material: Material, machine: Machine) -> Drawing | None:
    """CPU busy of one machine, with its anomalies shaded."""
    times, values = material.line("CPU busy", machine)
    marks = material.anomalies(machine)
    lines = [Line(machine.name, material.places[machine.name], times, values, marks)]
    scale = _scale(material, "CPU busy", _share(material), 1.02)
    return drawing(
        material,
        time_lines.draw(lines if len(times) else (), scale, material.language),
        "CPU busy over time",
        "Shaded: far from what was usual just before and after (more than 6 standard deviations and"
        " 15 percentage points).",
        ("CPU busy",),
        Table(("machine", "time", "busy"), list(points(machine, times, values))),
        machine,
    )


def modes(material: Material, machine: Machine) -> Drawing | None:
    """CPU time of one machine by mode."""
    found = material.series("CPU by mode", machine)
    start, end, step = material.gathered.start, material.gathered.end, material.gathered.step
    return drawing(
        material,
        cpu_by_mode.draw(found, start, end, step, material.language),
        "CPU time by mode",
        "What the CPU time went into; the white above is idle. Steal is time that the hypervisor"
        " gave to others.",
        ("CPU by mode",),
        Table(("machine", "mode", "time", "share"), rows_of(machine, found, "mode")),
        machine,
    )


def cores(material: Material, machine: Machine) -> Drawing | None:
    """How busy each CPU was."""
    found, gathered = material.series("CPU by core", machine), material.gathered
    return drawing(
        material,
        core_heat_map.draw(found, gathered.start, gathered.end, gathered.step, material.language),
        "Each CPU over time",
        "A row for each CPU; the darker, the busier. One dark row beside light ones is work that"
        " does not spread.",
        ("CPU by core",),
        Table(("machine", "cpu", "time", "busy"), rows_of(machine, found, "cpu")),
        machine,
    )


def load(material: Material, machine: Machine) -> Drawing | None:
    """Load for each CPU, and pressure."""
    times, values = material.line("Load per CPU", machine)
    lines = [Line(material.language.say("load per CPU"), 0, times, values)] if len(times) else []
    pressure = sorted(material.series("Pressure", machine), key=lambda s: s.labels["resource"])
    for place, one in enumerate(pressure, 1):
        resource = material.language.say(RESOURCES[one.labels["resource"]])
        text = material.language.say("waiting for {resource}", resource=resource)
        lines.append(Line(text, place, one.times, one.values))
    rows = [
        *points(machine, times, values, "load per CPU"),
        *rows_of(machine, pressure, "resource"),
    ]
    number = material.language.number
    return drawing(
        material,
        time_lines.draw(
            lines, _scale(material, "ratio", lambda v: number(v, 2)), material.language
        ),
        "Load and pressure",
        "Load: tasks that run or wait, for each CPU; above 1 some wait. Pressure: share of time in"
        " which a task waited for CPU, memory or I/O (PSI).",
        ("Load per CPU", "Pressure"),
        Table(("machine", "what", "time", "ratio"), rows),
        machine,
    )


def memory(material: Material, machine: Machine) -> Drawing | None:
    """Memory by use, stacked."""
    found = {one.labels["part"]: one for one in material.series("Memory by use", machine)}
    if not {"total", "free"} <= set(found):
        return None
    times = found["total"].times
    part = {name: _on(times, one) for name, one in found.items()}
    taken = [part[name] for name in ("free", "buffers", "cached", "slab") if name in part]
    layers = {"in use": part["total"] - np.sum(taken, axis=0)}
    layers |= {name: part[name] for name in ("slab", "cached", "buffers") if name in part}
    colours = [MEMORY[name] for name in layers]
    scale = _scale(material, "", material.language.gibibytes, unit=GIB)
    return drawing(
        material,
        stack.draw(times, layers, colours, scale, material.language),
        "Memory by use",
        "In use is what programs and the kernel hold; page cache and reclaimable slab can be given"
        " back. The white above is free.",
        ("Memory by use",),
        Table(
            ("machine", "part", "time", "bytes"),
            [row for name, layer in layers.items() for row in points(machine, times, layer, name)],
        ),
        machine,
    )


def _on(times: np.typing.NDArray[np.float64], one: Series) -> np.typing.NDArray[np.float64]:
    values = np.full(len(times), np.nan)
    known = np.isin(one.times, times)
    values[np.searchsorted(times, one.times[known])] = one.values[known]
    return values


def paging(material: Material, machine: Machine) -> Drawing | None:
    """What the kernel does to find free pages."""
    found = [s for s in material.series("Paging", machine) if np.nanmax(s.values) > 0]
    lines = [
        Line(material.language.say(s.labels["event"]), i, s.times, s.values)
        for i, s in enumerate(found)
    ]
    scale = _scale(material, "per second", material.language.number)
    return drawing(
        material,
        time_lines.draw(lines, scale, material.language),
        "Paging",
        "Events of the kernel's memory management. Direct scans and swapping mean that programs"
        " waited for memory; what stayed at 0 is left out.",
        ("Paging",),
        Table(("machine", "event", "time", "per_second"), rows_of(machine, found, "event")),
        machine,
    )


def disks(material: Material, machine: Machine) -> Drawing | None:
    """The busiest disks."""
    named = material.config.devices.disks
    found = material.shown("Disk busy", machine, named, MOST_LINES if named else 4)
    caption = "Share of time in which a disk had something to do; the four busiest."
    if named:
        caption = "Share of time in which a disk had something to do; those that the settings name."
    lines = [Line(s.labels["device"], i, s.times, s.values) for i, s in enumerate(found)]
    return drawing(
        material,
        time_lines.draw(
            lines, _scale(material, "time busy", _share(material), 1.02), material.language
        ),
        "Disks",
        caption,
        ("Disk busy",),
        Table(("machine", "device", "time", "busy"), rows_of(machine, found, "device")),
        machine,
    )


def disk_bytes(material: Material, machine: Machine) -> Drawing | None:
    """Read and written bytes of the busiest disks."""
    named = material.config.devices.disks
    count = MOST_LINES if named else 4
    caption = "Read and written, the busiest."
    if named:
        caption = "Read and written, of the disks that the settings name."
    return _bytes(material, machine, ("Disk bytes", named, count), "Disk throughput", caption)


def network(material: Material, machine: Machine) -> Drawing | None:
    """Received and sent bytes of the default route's interface and the busiest others."""
    caption = "Received and sent, by interface, the busiest; virtual interfaces are left out."
    named, first = material.config.devices.interfaces, material.interfaces(machine)
    count = MOST_LINES if named else 4
    if first:
        caption = (
            "Received and sent, by interface: that of the default route, then the busiest; virtual"
            " interfaces are left out."
        )
    if named:
        caption = "Received and sent, by interface; those that the settings name."
    return _bytes(material, machine, ("Network bytes", first, count), "Network throughput", caption)


def _bytes(
    material: Material,
    machine: Machine,
    shown: tuple[str, Sequence[str], int],
    title: str,
    caption: str,
) -> Drawing | None:
    query, first, count = shown
    found: Sequence[Series] = material.shown(query, machine, first, count)
    say = material.language.say
    lines = [
        Line(f"{s.labels['device']} {say(s.labels['direction'])}", i, s.times, s.values)
        for i, s in enumerate(found)
    ]
    columns = ("machine", "device", "direction", "time", "bytes_per_second")
    most = max((float(np.nanmax(s.values)) for s in found), default=0.0)
    digits = 0 if most >= 10 * MIB else 1 if most >= MIB else 2
    scale = _scale(material, "", lambda v: material.language.mebibytes(v, digits), unit=MIB)
    return drawing(
        material,
        time_lines.draw(lines, scale, material.language),
        title,
        caption,
        (query,),
        Table(columns, rows_of(machine, found, "device", "direction")),
        machine,
    )


def pattern(material: Material, machine: Machine) -> Drawing | None:
    """Mean CPU busy by weekday and hour."""
    cells = week(*material.line("CPU busy", machine))
    rows = [
        (machine.name, week_chart.DAYS[day], hour, float(value) if np.isfinite(value) else None)
        for (day, hour), value in np.ndenumerate(cells)
    ]
    return drawing(
        material,
        week_chart.draw(cells, material.language),
        "Pattern of the day and the week",
        "Mean CPU busy in percent, by weekday and hour (UTC). Days without data are left out.",
        ("CPU busy",),
        Table(("machine", "weekday", "hour", "busy"), rows),
        machine,
    )


def containers(material: Material, machine: Machine) -> Drawing | None:
    """CPUs that the busiest containers used."""
    found = material.busiest("Container CPUs", machine, 6)
    lines = [
        Line(s.labels.get("name") or s.labels.get("id", ""), i, s.times, s.values)
        for i, s in enumerate(found)
    ]
    number = material.language.number
    return drawing(
        material,
        time_lines.draw(lines, _scale(material, "CPUs", lambda v: number(v, 2)), material.language),
        "Containers: CPUs in use",
        "The six that used most CPU time; 1 is one CPU in full.",
        ("Container CPUs",),
        Table(("machine", "name", "id", "time", "cpus"), rows_of(machine, found, "name", "id")),
        machine,
    )
