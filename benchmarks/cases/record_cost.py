"""What recording this machine at one tick a second costs: CPU time, memory, disk space."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from benchmarks.process import cpu_seconds, resident_bytes
from benchmarks.scraping import PageScraper
from demo.servers import start_exporter
from perfanalysis import __version__
from perfanalysis.recordings.reading import FrameReading, read_frames
from workload.recording.summary import RecordingSummary, summarise

# A round is as long as a frame, so that the packing of one is in each.
ROUNDS = 5
ROUND_SECONDS = 60.0
QUICK_SECONDS = 2.0
CPU_GOAL = Goal("<= 1 % of a CPU", 0.01)
DISK_GOAL = Goal("<= 1.5 bytes", 1.5)
MEMORY_GOAL = Goal("<= 1.00", 1.0)


def run(settings: Settings) -> Outcome:
    """Record every CPU and all else, beside an exporter that is scraped each second."""
    seconds = QUICK_SECONDS if settings.quick else ROUND_SECONDS
    command = [sys.executable, "-m", "perfanalysis"]
    exporter, url = start_exporter((), settings.folder / "exporter.log", perfanalysis=command)
    out = settings.folder / "recording.om.gz"
    words = ["workload", "record", str(out), "--per-cpu"]
    recorder = subprocess.Popen([*command, *words], stdout=subprocess.DEVNULL)
    scraper = PageScraper(url)
    shares: list[float] = []
    memory: list[float] = []
    peer: list[float] = []
    try:
        time.sleep(seconds)
        for number in range(ROUNDS):
            settings.say(f"round {number + 1} of {ROUNDS}")
            shares.append(_share(recorder.pid, scraper, seconds))
            memory.append(float(resident_bytes(recorder.pid)))
            peer.append(float(resident_bytes(exporter.pid)))
    finally:
        recorder.send_signal(signal.SIGINT)
        recorder.wait(timeout=60)
        scraper.close()
        exporter.stop()
    summary = _summary(out)
    figures = [
        Figure("CPU time a second", "s", shares, goal=CPU_GOAL),
        Figure("resident memory", "B", memory, peer, "the exporter, scraped", MEMORY_GOAL),
        Figure("disk space of a sample", "B", [summary.bytes_per_sample], goal=DISK_GOAL),
    ]
    facts: dict[str, object] = {
        "ticks": summary.ticks,
        "series": summary.series,
        "samples": summary.samples,
        "lines": summary.lines,
        "bytes": summary.bytes,
        "busy_median_of_the_machine": _busy(summary),
        "seconds_per_round": seconds,
    }
    return Outcome({"perfanalysis": __version__}, figures, facts)


def _share(pid: int, scraper: PageScraper, seconds: float) -> float:
    begin, before = time.monotonic(), cpu_seconds(pid)
    while time.monotonic() - begin < seconds:
        scraper.page()
        time.sleep(1.0)
    return (cpu_seconds(pid) - before) / (time.monotonic() - begin)


def _summary(out: Path) -> RecordingSummary:
    reading = FrameReading()
    frames = read_frames(out, reading=reading)
    return summarise(frames, str(out), out.stat().st_size, reading).summary


def _busy(summary: RecordingSummary) -> float | None:
    """The median of what the machine did meanwhile: an idle one packs better."""
    for peak in summary.peaks:
        if peak.what == "busy":
            return peak.percentiles[50]
    return None


CASE = Case(
    name="record_cost",
    what="Recording this machine at one tick a second, every CPU and all families.",
    peer="the exporter with its defaults, scraped as often",
    goal="<= 1 % of a CPU; <= 1.5 bytes a sample; the exporter's memory",
    run=run,
)
