"""A made history as blocks of a real Prometheus, made by promtool and kept between runs."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.made_history.machines import DAY, Floats, MadeMachine
from benchmarks.made_history.series import SCRAPE_SECONDS, MadeSeries, seconds_of_day
from demo.servers import prometheus_program
from perfanalysis.atomic_write import write_atomically
from perfanalysis.errors import PerfAnalysisError

# A multiple of two hours, at which Prometheus's blocks begin (tsdb: DefaultBlockDuration).
START = 1_760_054_400
END = START + DAY
BLOCK_SECONDS = 7200
KEPT = Path(__file__).resolve().parents[2] / "out" / "benchmarks" / "history"
Families = Callable[[MadeMachine, Floats], Iterator[MadeSeries]]


@dataclass(frozen=True)
class History:
    """A day in a folder of Prometheus's: the folder, and what is in it."""

    folder: Path
    machines: int
    series: int
    samples: int

    @property
    def facts(self) -> dict[str, object]:
        """Its numbers, as a result document keeps them."""
        return {name: value for name, value in asdict(self).items() if name != "folder"}


def history(
    name: str,
    machines: int,
    families: Families,
    say: Callable[[str], None],
    kept_in: Path = KEPT,
) -> History:
    """A day of some machines: that of an earlier run when it was made in the same way.

    Args:
        name: of its folder.
        machines: how many.
        families: the series of one machine.
        say: tells the person who waits.
        kept_in: where the folder is; below ``out`` by default.

    Raises:
        PerfAnalysisError: promtool failed, or there is none.
    """
    folder = kept_in / f"{name}-{machines}-{recipe()}"
    told = folder / "made.json"
    if told.is_file():
        return History(folder / "data", **json.loads(told.read_bytes()))
    for old in kept_in.glob(f"{name}-{machines}-*"):
        shutil.rmtree(old)
    (folder / "data").mkdir(parents=True)
    every = [MadeMachine(number) for number in range(machines)]
    series = samples = 0
    for start in range(START, END, BLOCK_SECONDS):
        say(f"making a day of {machines} machines: {(start - START) // 3600} of 24 h")
        text = folder / "block.om"
        series, count = _write(text, every, families, start)
        samples += count
        run_promtool(text, folder / "data")
        text.unlink()
    made = History(folder / "data", machines, series, samples)
    write_atomically(told, json.dumps(made.facts).encode())
    return made


def recipe() -> str:
    """Changes with what the history is made of."""
    digest = hashlib.sha256()
    for name in ("machines.py", "series.py"):
        digest.update((Path(__file__).parent / name).read_bytes())
    return digest.hexdigest()[:12]


def _write(
    path: Path, machines: Sequence[MadeMachine], families: Families, start: int
) -> tuple[int, int]:
    """Two hours of all machines as OpenMetrics; how many series and samples."""
    seconds = seconds_of_day()
    first = (start - START) // SCRAPE_SECONDS
    times = list(range(start, start + BLOCK_SECONDS, SCRAPE_SECONDS))
    series = 0
    with path.open("w", encoding="ascii") as out:
        for machine in machines:
            for one in families(machine, seconds):
                series += 1
                out.write(lines(one, times, first))
        out.write("# EOF\n")
    return series, series * len(times)


def lines(one: MadeSeries, times: Sequence[int], first: int) -> str:
    """A series as OpenMetrics, from scrape number ``first`` of the day on, one a time."""
    named = f"{one.name}{{{one.labels}}} "
    if isinstance(one.values, float):
        named += f"{one.values:.{one.decimals}f} " if one.decimals else f"{one.values:.15g} "
        return "".join([f"{named}{time}\n" for time in times])
    form = "".join([f"{named.replace('%', '%%')}%.{one.decimals}f {time}\n" for time in times])
    return form % tuple(one.values[first : first + len(times)].tolist())


def run_promtool(text: Path, data: Path, *flags: str) -> None:
    """Make blocks of an OpenMetrics file.

    Raises:
        PerfAnalysisError: promtool failed, or there is none.
    """
    command = [str(prometheus_program("promtool")), "tsdb", "create-blocks-from", "openmetrics"]
    made = subprocess.run(
        [*command, "--quiet", *flags, str(text), str(data)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode != 0:
        said = " ".join(f"{made.stderr} {made.stdout}".split())[-300:]
        raise PerfAnalysisError(f"promtool could not make blocks: {said}")
