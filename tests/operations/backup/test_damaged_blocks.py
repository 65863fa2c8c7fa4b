"""Blocks that were damaged before anybody backed them up: such a backup is not proven."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from demo.servers import prometheus_program
from operations.backup.sources.prometheus import PART_MS, read_through
from perfanalysis.promql import Sample
from perfanalysis.promql.engine import Engine
from tests.operations.backup.conftest import Backups
from tests.operations.backup.test_engines import prometheus

pytestmark = pytest.mark.e2e
STEP, HOURS = 15, 6


def history(folder: Path, end: int) -> list[Path]:
    """Blocks of some hours of a few series, as `promtool` makes them."""
    text = folder / "history.om"
    lines = []
    for family in ("perf_made", "perf_other"):
        lines.append(f"# TYPE {family} gauge")
        for machine in range(3):
            times = range(end - HOURS * 3600, end, STEP)
            lines += [f'{family}{{instance="m{machine}"}} {at % 977} {at}' for at in times]
    text.write_text("\n".join([*lines, "# EOF", ""]))
    words = [str(prometheus_program("promtool")), "tsdb", "create-blocks-from", "openmetrics"]
    command = [*words, str(text), str(folder / "data")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return sorted(path.parent for path in (folder / "data").glob("*/meta.json"))


def flip(path: Path, at: int) -> None:
    """One bit, as a bad disk does."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)


@pytest.mark.parametrize("damage", ["none", "bit", "cut", "meta"])
def test_a_block_that_was_damaged_before_is_found(
    damage: str, make_backups: Callable[..., Backups], tmp_path: Path
) -> None:
    folder = tmp_path / "engine"
    folder.mkdir()
    # Of a time for which no question asks: three days ago.
    blocks = history(folder, int(time.time()) // 7200 * 7200 - 3 * 86_400)
    assert len(blocks) >= HOURS // 2
    with prometheus(folder) as (_, source):
        chunks = blocks[1] / "chunks" / "000001"
        if damage == "bit":
            flip(chunks, chunks.stat().st_size // 2)
        elif damage == "cut":
            chunks.write_bytes(chunks.read_bytes()[:-40])
        elif damage == "meta":
            (blocks[1] / "meta.json").write_text("{")
        backups = make_backups(source | {"name": "metrics"})
        backups.create()
    proof = backups.verify(0 if damage == "none" else 1)["metrics"]
    assert bool(proof["faults"]) == (damage != "none"), proof
    told = backups.textfile.read_text()
    assert f'perf_backup_verified{{source="metrics"}} {float(damage == "none")}' in told


@pytest.mark.parametrize("whole", [True, False])
def test_of_a_long_block_a_part_is_read_or_all(whole: bool, tmp_path: Path) -> None:
    (tmp_path / "A").mkdir()
    begin, days = 1_760_000_000_000, 31 * 86_400_000
    meta = {"minTime": begin, "maxTime": begin + days}
    (tmp_path / "A" / "meta.json").write_text(json.dumps(meta))
    asked: list[tuple[int, int]] = []

    class Noting(Engine):
        def query(self, expression: str, time: float) -> list[Sample]:
            length = re.fullmatch(
                r'count\(last_over_time\({__name__!=""}\[(\d+)ms]\)\)', expression
            )
            assert length
            asked.append((round(time * 1000), int(length[1])))
            return []

    for _ in range(20):
        read_through("m", Noting("http://127.0.0.1:9"), tmp_path, whole=whole)
    if whole:
        assert set(asked) == {(begin + days - 1, days)}
        return
    assert {length for _, length in asked} == {PART_MS}
    assert all(begin <= last + 1 - PART_MS and last < begin + days for last, _ in asked)
    # Another part each time.
    assert len(set(asked)) > 10
