"""Reports of made machines, as a person asks for them, from a Prometheus started for them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pypdf

from benchmarks.made_history import END, START, History
from benchmarks.process_tree import Cost, run_to_end
from demo.servers import Server, free_port, prometheus_program

READY_SECONDS = 120


@dataclass(frozen=True)
class Reporter:
    """Makes reports of one history.

    Args:
        url: of the Prometheus that holds it.
        folder: for files and logs.
    """

    url: str
    folder: Path

    def report(self, template: str, form: str) -> tuple[Path, Cost]:
        """The report's file in a format, and what the command cost.

        Raises:
            PerfAnalysisError: it failed.
        """
        output = self.folder / f"{template}.{form}"
        command = [sys.executable, "-m", "perfanalysis", "report", "--prometheus", self.url]
        command += ["--from", str(START), "--to", str(END), "--template", template]
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
    server = Server("Prometheus", command, folder / "prometheus.log", outlives=False)
    try:
        ready = "Server is ready to receive web requests"
        server.wait_until(lambda: ready in server.text(), "readiness", READY_SECONDS)
        yield Reporter(f"http://{listen}", folder)
    finally:
        server.stop()


def pages(pdf: Path) -> int:
    """How many pages a PDF has."""
    return len(pypdf.PdfReader(pdf).pages)
