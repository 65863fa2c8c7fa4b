"""A folder of made results: as many files, and as large ones, as years of nightly runs leave."""

from __future__ import annotations

import datetime
import random
from pathlib import Path

from perfanalysis.results import writing
from perfanalysis.results.document import Build, Document, Level, Slice, Unit
from perfanalysis.results.machine import Machine

FIRST = 1_700_000_000
DAY = 86_400
SLICES = 50
BUSY = range(10, 101, 10)


def make_results(folder: Path, count: int, seed: int = 1) -> str:
    """Write the results of one machine, a day apart, in an order by chance.

    Args:
        folder: gets ``TEST_ID.json`` of each.
        count: how many.
        seed: of that order.

    Returns:
        The id of the latest run.
    """
    folder.mkdir(parents=True)
    template = writing.encode(_document()).data
    days = list(range(count))
    random.Random(seed).shuffle(days)  # noqa: S311 - no secret
    for day in days:
        ended = FIRST + day * DAY
        text = template.replace(b"THE-ID", _test_id(day).encode(), 1)
        text = text.replace(b"1.25", f"{ended}.25".encode(), 1)
        (folder / f"{_test_id(day)}.json").write_bytes(text)
    return _test_id(count - 1)


def _test_id(day: int) -> str:
    moment = datetime.datetime.fromtimestamp(FIRST + day * DAY - 15, datetime.UTC)
    return f"{moment:%Y%m%dT%H%M%SZ}-rmw-{day:08x}"


def _document() -> Document:
    levels = tuple(_level(busy) for busy in BUSY)
    return Document(
        test_id="THE-ID",
        kernel="rmw",
        kernel_version="1",
        profile="default",
        timestamp_seconds=1.25,
        duration_seconds=14.0,
        valid=True,
        invalid_reasons=(),
        levels=levels,
        unit=Unit(name="rmw", description="one pass over 4 MiB"),
        machine=Machine(
            name="web-1",
            architecture="x86_64",
            logical_cpus=2,
            used_cpus=(0, 1),
            cpu_flags=tuple(f"flag{number}" for number in range(100)),
        ),
        build=Build(compiler="gcc 12.2.0", flags="-O2", instruction_set="baseline"),
        software={"perfanalysis": "0.1.0"},
        settings={"spread": "all", "levels": list(BUSY), "seed": 1},
        max_units_per_second=levels[-1].units_per_second,
    )


def _level(busy: int) -> Level:
    rate = busy * 13.4
    return Level(
        busy=busy,
        units_per_second=rate,
        lower=rate * 0.99,
        upper=rate * 1.01,
        busy_ratio=busy / 100,
        steal_ratio=0.0,
        duration_seconds=2.5,
        slices_excluded=0,
        slices=tuple(
            Slice(
                start_seconds=1_795_464_900.123456 + number * 0.0512345,
                duration_seconds=0.0512345,
                units=rate * 0.0512345 * (1 + number % 7 / 1000),
            )
            for number in range(SLICES)
        ),
    )
