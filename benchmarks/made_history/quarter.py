"""Ninety days of a few machines, a scrape a minute: what a report of a quarter reads."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.made_history.blocks import KEPT, History, lines, recipe, run_promtool
from benchmarks.made_history.machines import DAY, MadeMachine
from benchmarks.made_history.series import MadeSeries, of_fleet
from perfanalysis.atomic_write import write_atomically

# A length that blocks of Prometheus may have, at a multiple of which they begin; 40 are 90 days.
BLOCK_SECONDS = 54 * 3600
START = 1_760_054_400 // BLOCK_SECONDS * BLOCK_SECONDS
DAYS = 90
END = START + DAYS * DAY
SCRAPE_SECONDS = 60


def quarter(machines: int, say: Callable[[str], None], kept_in: Path = KEPT) -> History:
    """Ninety days of some machines: those of an earlier run when they were made in the same way.

    Args:
        machines: how many.
        say: tells the person who waits.
        kept_in: where the folder is.

    Raises:
        PerfAnalysisError: promtool failed, or there is none.
    """
    folder = kept_in / f"quarter-{machines}-{recipe()}"
    told = folder / "made.json"
    if told.is_file():
        return History(folder / "data", **json.loads(told.read_bytes()))
    for old in kept_in.glob(f"quarter-{machines}-*"):
        shutil.rmtree(old)
    (folder / "data").mkdir(parents=True)
    every = made_series(machines)
    for start in range(START, END, BLOCK_SECONDS):
        first = (start - START) // SCRAPE_SECONDS
        say(f"making {DAYS} days of {machines} machines: {(start - START) // DAY} of {DAYS}")
        times = list(range(start, start + BLOCK_SECONDS, SCRAPE_SECONDS))
        text = folder / "block.om"
        with text.open("w", encoding="ascii") as out:
            out.writelines(lines(one, times, first) for one in every)
            out.write("# EOF\n")
        run_promtool(text, folder / "data", f"--max-block-duration={BLOCK_SECONDS}s")
        text.unlink()
    samples = len(every) * DAYS * DAY // SCRAPE_SECONDS
    made = History(folder / "data", machines, len(every), samples)
    write_atomically(told, json.dumps(made.facts).encode())
    return made


def made_series(machines: int) -> list[MadeSeries]:
    """The series of all machines; a value a minute."""
    seconds = np.arange(0, DAYS * DAY, SCRAPE_SECONDS, dtype=np.float64)
    return [one for number in range(machines) for one in of_fleet(MadeMachine(number), seconds)]


def busy_by_numpy(machine: MadeMachine, every: list[MadeSeries]) -> np.typing.NDArray[np.float64]:
    """The busy share from each sample to the next, from the raw counters as they are stored."""
    idle = total = np.zeros(DAYS * DAY // SCRAPE_SECONDS)
    for one in every:
        if one.name == "node_cpu_seconds_total" and f'instance="{machine.name}"' in one.labels:
            values = np.round(np.asarray(one.values), one.decimals)
            total = total + values
            if any(f'mode="{mode}"' in one.labels for mode in ("idle", "iowait", "steal")):
                idle = idle + values
    return 1 - np.diff(idle) / np.diff(total)
