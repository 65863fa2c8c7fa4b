"""Memory does not grow with the recording; measured in processes of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from importing.spooling import MOST_BYTES
from tests.importing import made
from tests.importing.made import Ended

MOST_MEMORY = 200_000_000


def imported(folder: Path, size: int, *flags: str) -> Ended:
    capture = folder / f"{size}.jsonl"
    made.write(capture, size)
    ended = made.run_measured("import", "capture", capture, "--machine=m", *flags)
    capture.unlink()
    assert ended.status == 0, ended.said
    return ended


def test_ten_times_as_much_takes_no_more_memory(tmp_path: Path) -> None:
    output = f"--output={tmp_path}/out.om"
    small = imported(tmp_path, 6_000_000, output)
    large = imported(tmp_path, 60_000_000, output)
    assert large.peak_bytes < small.peak_bytes + 2 * MOST_BYTES
    assert large.peak_bytes < MOST_MEMORY / 2


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_a_gigabyte_as_a_file(tmp_path: Path) -> None:
    assert imported(tmp_path, 10**9, f"--output={tmp_path}/o.om").peak_bytes < MOST_MEMORY


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_a_gigabyte_as_blocks(tmp_path: Path, promtool_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    flags = (f"--backfill={data}", f"--promtool={promtool_path}")
    assert imported(tmp_path, 10**9, *flags).peak_bytes < MOST_MEMORY
