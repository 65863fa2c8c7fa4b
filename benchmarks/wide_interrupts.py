"""``python -m benchmarks.wide_interrupts``: /proc/interrupts of 256 CPUs, beside node_exporter.

Prints a table of CPU time a scrape, memory and the size of the page, with all series and without
those that are 0. The file is an ordinary one whose counts change from scrape to scrape; reading it
costs less than the kernel's own would.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from random import Random

import click

from benchmarks import peers
from benchmarks.exporters import ExporterSide, RunningExporter
from benchmarks.process import cpu_seconds, resident_bytes
from perfanalysis import __version__

CPUS, CARDS, BUSY = 256, 300, 8
SCRAPES = 15
FLAGS = (
    *("--collector.disable-defaults", "--collector.interrupts"),
    "--web.disable-exporter-metrics",
)
WITHOUT_ZEROS = "--no-collector.interrupts.include-zeros"


def text_of(added: int) -> str:
    """The file: each card's interrupt comes on a few CPUs, the architecture's on all of them."""
    random = Random(1)  # noqa: S311 - the same file at each run
    lines = ["      " + "".join(f" CPU{cpu:<8d}" for cpu in range(CPUS))]
    for card in range(CARDS):
        counts = [0] * CPUS
        for _ in range(BUSY):
            counts[random.randrange(CPUS)] = random.randrange(10**8) + added
        cells = "".join(f"{count:11d}" for count in counts)
        lines.append(f"{card + 24:4d}:{cells}  IR-PCI-MSIX-0000:01:00.0 {card}-edge  eth0-{card}")
    for name in ("NMI", "LOC", "RES", "CAL", "TLB", "MCP"):
        cells = "".join(f"{random.randrange(10**9) + added:11d}" for _ in range(CPUS))
        lines.append(f" {name}:{cells}   {name} interrupts")
    return "\n".join(lines) + "\n"


def measure(side: ExporterSide, file: Path, log: Path) -> tuple[float, int, int]:
    """Seconds of CPU time a scrape (the median), resident bytes, and series of the page."""
    spent = []
    with RunningExporter(side, log) as running:
        for scrape in range(SCRAPES):
            file.write_text(text_of(scrape))
            before = cpu_seconds(running.pid)
            running.scraper.timed()
            spent.append(cpu_seconds(running.pid) - before)
        held = resident_bytes(running.pid)
        page = running.scraper.page()
    # The first ones find out what the file is.
    return statistics.median(spent[3:]), held, page.count("node_interrupts_total{")


def main() -> None:
    """Measure both, and print."""
    program = peers.node_exporter()
    version = peers.node_exporter_version(program)
    click.echo("| exporter | flags | series | CPU time a scrape | resident memory |")
    click.echo("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="interrupts-") as folder:
        file = Path(folder, "proc", "interrupts")
        file.parent.mkdir()
        Path(folder, "sys").mkdir()
        paths = (f"--path.procfs={file.parent}", f"--path.sysfs={Path(folder, 'sys')}")
        file.write_text(text_of(0))
        for more in ((), (WITHOUT_ZEROS,)):
            for name, known, started in (
                ("perfanalysis", __version__, None),
                ("node_exporter", version, program),
            ):
                side = ExporterSide(name, known, (*FLAGS, *paths, *more), started)
                seconds, held, series = measure(side, file, Path(folder, f"{name}.log"))
                flags = " ".join(more) or "none"
                costs = f"{seconds * 1e3:.1f} ms | {held / 1e6:.0f} MB"
                click.echo(f"| {name} {known} | {flags} | {series:,} | {costs} |")


if __name__ == "__main__":
    main()
