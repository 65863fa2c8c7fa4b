"""The result documents of a machine's load tests, and the one in progress, as the hour goes on."""

from __future__ import annotations

import json
import os
from pathlib import Path

from perfanalysis.results import state

# By divide the exporter tells kinds of work.
KERNELS = ("divide", "integer", "rmw", "vector")
LEVELS = (10, 50, 100)
# Seconds after the beginning, and how much of its usual work the machine then does.
# While a machine is down there is one at most, so that each is scraped.
RUNS = (
    *((120.0, 1.0), (280.0, 1.01), (440.0, 0.99), (600.0, 1.005), (760.0, 0.995)),
    *((920.0, 1.0), (1080.0, 1.01), (1500.0, 0.99), (2100.0, 1.0)),
)
WORSE = 0.8
# One slow run is no regression.
SLOW_RUNS = 2
RUNNING_FROM = 3300.0
NOISE = {"covered_seconds": 4.0}
TWO_SPEEDS = {"slow_ratio": 0.82, "slow_share": 0.3}


class LoadTests:
    """A machine's state folder.

    Args:
        folder: the state folder.
        begin: when the hour begins, Unix seconds.
        units: units per second at 100 % busy.
        regresses: whether the last runs do less than those before.
        disturbed: the kernels whose last run is not valid.
    """

    def __init__(
        self, folder: Path, begin: float, units: float, *, regresses: bool, disturbed: str = ""
    ) -> None:
        self.folder = folder
        self._begin = begin
        self._units = units
        self._regresses = regresses
        self._disturbed = disturbed
        (folder / state.RESULTS).mkdir(parents=True)
        self._written = 0

    def move(self, second: float) -> None:
        """Write what has ended by then, and what is running."""
        while self._written < len(RUNS) and RUNS[self._written][0] <= second:
            self._end(self._written, *RUNS[self._written])
            self._written += 1
        if second >= RUNNING_FROM:
            running = {
                "kernel": KERNELS[0],
                "pid": os.getpid(),
                "progress_ratio": min(1.0, (second - RUNNING_FROM) / 300),
                "live_units_per_second": self._units * 0.9,
            }
            (self.folder / state.RUNNING).write_text(json.dumps(running))

    def _end(self, number: int, second: float, factor: float) -> None:
        last = number == len(RUNS) - 1
        if number >= len(RUNS) - SLOW_RUNS and self._regresses:
            factor = WORSE
        for n, kernel in enumerate(KERNELS, 1):
            top = self._units * factor * n
            document = {
                "schema_version": 2,
                "kernel": kernel,
                "kernel_version": "3",
                "test_id": f"{kernel}-{number}",
                "profile": "standard",
                "timestamp_seconds": self._begin + second,
                "duration_seconds": 12.5,
                "valid": not (last and kernel == self._disturbed),
                "invalid_reasons": ["steal: made up"] * (last and kernel == self._disturbed),
                "unit": {"name": kernel, "description": "made up"},
                "machine": {"architecture": "x86_64", "logical_cpus": 1, "used_cpus": [0]},
                "build": {"compiler": "gcc 12.2.0", "flags": "-O2"},
                "software": {},
                "settings": {},
                "max_units_per_second": top,
                "single_units_per_second": top / 3.5,
                "levels": [_level(top, busy) for busy in LEVELS],
                # Of the machine that regresses: its neighbour comes and goes, up to the end.
                "noise": NOISE | ({"bimodal": TWO_SPEEDS} if self._regresses else {}),
                "thresholds": [{"name": f"{kernel} >= 100", "passed": factor > WORSE}],
            }
            path = self.folder / state.RESULTS / f"{kernel}-{number}.json"
            path.write_text(json.dumps(document))


def _level(top: float, busy: int) -> dict[str, object]:
    units = top * busy / 100
    return {
        "busy": busy,
        "units_per_second": units,
        "lower": units * 0.98,
        "upper": units * 1.02,
        "busy_ratio": busy / 100,
        "steal_ratio": 0.001,
        "duration_seconds": 1.0,
        "slices_excluded": 0,
        "slices": [{"duration_seconds": 1.0, "units": units}],
    }
