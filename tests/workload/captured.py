"""Recordings of the captures of /proc that others made (../shared/captures)."""

from __future__ import annotations

from pathlib import Path

from exporter.collecting.captured import CapturedCollectors
from importing.captures import COLLECTORS, DEFAULTS
from perfanalysis.exposition.families import Series
from perfanalysis.recordings import captures
from perfanalysis.recordings.writing import RecordingWriter


def record(capture: Path, path: Path, machine: str) -> None:
    """Write the recording of a capture, as the exporter's own collectors read it."""
    collectors = CapturedCollectors(COLLECTORS, DEFAULTS)
    with RecordingWriter(path, machine) as writer:
        for tick in captures.read(capture):
            series: list[Series] = []
            values: list[bytes] = []
            for _, outcome in collectors.collect(dict(tick.texts)):
                for block in outcome if isinstance(outcome, list) else ():
                    series += block.layout.series
                    values += block.values
            writer.tick(tick.time, series, values)
