"""Reports of made machines, as a person asks for them, from a Prometheus started for them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pypdf

from benchmarks.case import Figure, Goal
from benchmarks.made_history import END, START, History
from benchmarks.process_tree import Cost, run_to_end
from demo.servers import DemoServer, free_port, prometheus_program

READY_SECONDS = 120


@dataclass(frozen=True)
class Reporter:
    """Makes reports of one history.

    Args:
        url: of the Prometheus that holds it.
        folder: for files and logs.
        start, end: of the range, Unix seconds.
    """

    url: str
    folder: Path
    start: int = START
    end: int = END

    def report(self, template: str, form: str) -> tuple[Path, Cost]:
        """The report's file in a format, and what the command cost.

        Raises:
            PerfAnalysisError: it failed.
        """
        output = self.folder / f"{template}.{form}"
        command = [sys.executable, "-m", "perfanalysis", "report", "--prometheus", self.url]
        command += ["--from", str(self.start), "--to", str(self.end), "--template", template]
        return output, run_to_end([*command, "--output", str(output)], self.folder / "report.log")


@contextmanager
def served(history: History, folder: Path) -> Iterator[Reporter]:
    """A Prometheus that holds a history, for as long as it is used.

    Raises:
        ServerError: it does not start.
    """
    configuration = folder / "prometheus.yml"
    configuration.write_text("global: {scrape_interval: 15s}\n")
    listen = f"127.0.0.1:{free_port()}"
    command = [
        str(prometheus_program()),
        f"--config.file={configuration}",
        f"--storage.tsdb.path={history.folder}",
        "--storage.tsdb.retention.time=100y",
        # Compaction would change the kept blocks, and take CPU time while reports are made.
        "--storage.tsdb.min-block-duration=2h",
        "--storage.tsdb.max-block-duration=2h",
        f"--web.listen-address={listen}",
    ]
    server = DemoServer("Prometheus", command, folder / "prometheus.log", outlives=False)
    try:
        ready = "Server is ready to receive web requests"
        server.wait_until(lambda: ready in server.text(), "readiness", READY_SECONDS)
        yield Reporter(f"http://{listen}", folder)
    finally:
        server.stop()


def pages(pdf: Path) -> int:
    """How many pages a PDF has."""
    return len(pypdf.PdfReader(pdf).pages)


def cost_figures(  # noqa: PLR0913 - the two goals are named where they are given
    name: str,
    ours: Sequence[Cost],
    peer: Sequence[Cost] = (),
    against: str = "",
    *,
    seconds: Goal | None = None,
    peak: Goal | None = None,
) -> list[Figure]:
    """Time, CPU time and peak memory of a command, a cost a round."""
    own = (
        (name, "s", [c.seconds for c in ours], [c.seconds for c in peer], seconds),
        ("CPU time", "s", [c.cpu_seconds for c in ours], [c.cpu_seconds for c in peer], None),
        ("peak memory", "B", [c.peak_bytes for c in ours], [c.peak_bytes for c in peer], peak),
    )
    return [
        Figure(what if what == name else f"{name}: {what}", unit, mine, other, against, goal)
        for what, unit, mine, other, goal in own
    ]


def data_notes(history: History, families: str, interval: str = "15 s") -> list[str]:
    """What is in the data, and how memory was added up."""
    return [
        f"The data: {history.samples:,} samples of {history.series:,} series of "
        f"{history.machines:,} machines, every {interval}, in blocks that promtool made. "
        f"Families: {families}.",
        "CPU time and memory are those of the command and its child processes; Prometheus's are "
        "not in them, but the time has its work in it. Memory is resident memory, added up over "
        "the processes, looked at fifty times a second; what they share counts in each.",
    ]
