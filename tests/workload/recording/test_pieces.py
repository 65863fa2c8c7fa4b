"""``--keep``: what stays within limits, and what is never touched."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Family, Series
from perfanalysis.recordings.pieces import LIST, files_of
from perfanalysis.recordings.reading import read
from workload.recording.keeping import Keep, parse_keep
from workload.recording.pieces import Pieces

SERIES = tuple(
    Series(Family("made_total", "counter", "Made.", ("n",)), (str(n),)) for n in range(100)
)
BEGIN = 1_700_000_000.0


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("8MiB", Keep(bytes=8 << 20)),
        ("500MB", Keep(bytes=500_000_000)),
        ("1.5 GB", Keep(bytes=1_500_000_000)),
        ("90000000B", Keep(bytes=90_000_000)),
        ("36h", Keep(seconds=129_600.0)),
        ("30d", Keep(seconds=2_592_000.0)),
        ("1w2d", Keep(seconds=777_600.0)),
    ],
)
def test_limits_that_people_write(text: str, kept: Keep) -> None:
    assert parse_keep(text, "--keep") == kept


@pytest.mark.parametrize("text", ["", "8", "7MiB", "9m", "-1d", "8mb", "1e9B", "eight"])
def test_what_is_no_limit(text: str) -> None:
    with pytest.raises(InputError, match="--keep: expected a size from 8MiB"):
        parse_keep(text, "--keep")


def noise(random_: random.Random) -> list[bytes]:
    return [b"%d" % random_.getrandbits(48) for _ in SERIES]


def test_no_more_bytes_are_kept_and_the_newest_are(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    others = folder / "20200101T000000Z.om.gz"
    others.write_text("mine")
    random_ = random.Random(1)
    keep = Keep(bytes=1 << 19)
    largest, time = 0, BEGIN
    for _ in range(3):
        # It is ended and continued meanwhile.
        pieces = Pieces(folder, "a", 1.0, keep)
        for _ in range(500):
            pieces.tick(time, SERIES, noise(random_))
            time += 1.0
            largest = max(largest, pieces.size)
        pieces.close()
    assert keep.bytes is not None
    assert keep.bytes * 0.6 < pieces.size
    assert largest <= keep.bytes
    assert others.read_text() == "mine"
    assert others not in files_of(folder)
    recording = read(folder)
    assert recording.times[-1] == time - 1.0
    # Without a gap.
    assert set((recording.times[1:] - recording.times[:-1]).tolist()) == {1.0}


def test_what_is_older_goes_and_all_that_is_younger_stays(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    pieces = Pieces(folder, "a", 60.0, Keep(seconds=36_000.0))
    for number in range(1500):
        pieces.tick(BEGIN + 60 * number, SERIES[:1], [b"%d" % number])
    pieces.close()
    times = read(folder).times
    assert times[-1] == BEGIN + 60 * 1499
    assert 36_000 <= times[-1] - times[0] <= 36_000 * 1.25 + 60
    assert sorted(path.name for path in folder.iterdir() if path.name != LIST) == [
        path.name for path in files_of(folder)
    ]


def test_only_files_of_the_list_are_deleted_whatever_it_says(tmp_path: Path) -> None:
    folder, outside = tmp_path / "a", tmp_path / "precious.om.gz"
    folder.mkdir()
    outside.write_text("mine")
    (folder / LIST).write_text("../precious.om.gz\nnotes\n")
    (folder / "notes").write_text("mine")
    pieces = Pieces(folder, "a", 60.0, Keep(seconds=600.0))
    for number in range(100):
        pieces.tick(BEGIN + 60 * number, SERIES[:1], [b"1"])
    pieces.close()
    assert outside.read_text() == (folder / "notes").read_text() == "mine"


def test_two_files_of_one_second_have_two_names(tmp_path: Path) -> None:
    pieces = Pieces(tmp_path / "a", "a", 1.0, Keep(bytes=400_000))
    random_ = random.Random(2)
    for number in range(1000):
        pieces.tick(BEGIN + number / 1000, SERIES, noise(random_))
    pieces.close()
    names = [path.name for path in files_of(tmp_path / "a")]
    assert len(names) > 1
    assert len(set(names)) == len(names)
