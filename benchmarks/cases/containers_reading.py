"""What a scrape of 750 containers costs, beside a C program that reads the same files."""

from __future__ import annotations

from contextlib import ExitStack

from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from benchmarks.exporters import ExporterSide, RunningExporter
from benchmarks.made_pods import groups_of, read_list, write_version_2
from benchmarks.process import cpu_seconds, resident_bytes
from benchmarks.scraping import PageScraper, series
from benchmarks.told_programs import ToldProgram
from perfanalysis import __version__

PODS, CONTAINERS = 250, 3
QUICK_PODS = 25
ROUNDS, TIMES, WARM_UP = 12, 5, 3
FLOOR = "a C program that opens, reads and closes the same {:,} files"


def run(settings: Settings) -> Outcome:
    """Make the groups, and ask the exporter and the C program in turns."""
    count, rounds = (QUICK_PODS, 2) if settings.quick else (PODS, ROUNDS)
    pods, containers = groups_of(count, CONTAINERS)
    sysfs = settings.folder / "sys"
    settings.say(f"making {count} pods of {CONTAINERS} containers")
    write_version_2(sysfs, pods, containers)
    listed = read_list(f"{sysfs}/fs/cgroup", pods, containers)
    files = sum(not line.endswith("/") for line in listed.splitlines())
    (settings.folder / "list").write_text(listed)
    flags = (
        "--collector.disable-defaults",
        "--collector.cgroup",
        f"--collector.cgroup.limit={len(containers)}",
        f"--path.sysfs={sysfs}",
    )
    plain: list[float] = []
    packed: list[float] = []
    floor: list[float] = []
    with ExitStack() as stack:
        side = ExporterSide("perfanalysis", __version__, flags)
        ours = stack.enter_context(RunningExporter(side, settings.folder / "ours.log"))
        bare = stack.enter_context(PageScraper(ours.url, compressed=False))
        reader = stack.enter_context(
            ToldProgram("read_groups", (settings.folder / "list",), settings.folder)
        )
        samples = len(series(bare.page()))
        asked = (
            (ours.pid, bare.get, plain),
            (reader.pid, reader.do, floor),
            (ours.pid, ours.scraper.get, packed),
        )
        for turn in range(WARM_UP + rounds):
            for pid, ask, kept in asked if turn % 2 else reversed(asked):
                before = cpu_seconds(pid)
                for _ in range(TIMES):
                    ask()
                if turn >= WARM_UP:
                    kept.append((cpu_seconds(pid) - before) / TIMES)
        resident = float(resident_bytes(ours.pid))
    against = FLOOR.format(files)
    figures = [
        Figure("CPU time per scrape", "s", plain, floor, against, Goal("<= 2.5", 2.5)),
        Figure("CPU time per scrape, with gzip", "s", packed, floor, against),
        Figure("CPU time per sample", "s", [value / samples for value in plain]),
        Figure("resident memory", "B", [resident]),
    ]
    facts: dict[str, object] = {
        "pods": count,
        "containers": len(containers),
        "files_read": files,
        "samples": samples,
    }
    return Outcome({"perfanalysis": __version__}, figures, facts, NOTES)


NOTES = [
    "Version 2 of control groups, on made files: the kernel's own cost more to read (memory.stat "
    "sums up what each CPU has counted), so that the ratio on a real machine is lower.",
]

CASE = Case(
    name="containers_reading",
    what="A scrape of the collector cgroup alone, 250 pods of 3 containers on a made version 2 of "
    "control groups.",
    peer="a C program that reads the same files",
    goal="CPU time <= 2.5",
    run=run,
)
