"""A file that was cut off at any byte, or damaged: what was whole is read, and continued."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfanalysis.exposition.families import Family, Series
from perfanalysis.recordings.frames import BrokenFrameError, frames_in, pack_frame, unpack_frame
from perfanalysis.recordings.reading import Losses, read, read_frames
from perfanalysis.recordings.writing import RecordingWriter

MEMORY = (Series(Family("node_memory_MemFree_bytes", "gauge", "Free.")),)
TICKS = 7


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("whole") / "a"
    with RecordingWriter(path, "a", step=1.0, durable=False) as writer:
        for time in range(3 * TICKS):
            writer.tick(float(time), MEMORY, (b"%d" % time,))
            if time % TICKS == TICKS - 1:
                writer.flush()
    return path.read_bytes()


def test_a_file_that_was_cut_at_any_byte_is_continued(whole: bytes, tmp_path: Path) -> None:
    ends = [frame.end for frame in frames_in(whole)]
    assert len(ends) == 3
    path = tmp_path / "a"
    for length in range(len(whole) + 1):
        path.write_bytes(whole[:length])
        kept = sum(end <= length for end in ends)
        losses = Losses()
        times = [time for frame in read_frames(path, losses=losses) for time in frame.times]
        assert times == [float(time) for time in range(kept * TICKS)]
        assert losses.bytes == length - [0, *ends][kept]
        with RecordingWriter(path, "a", durable=False) as writer:
            assert writer.size == [0, *ends][kept]
            writer.tick(1000.0, MEMORY, (b"1",))
        times = read(path).times.tolist()
        assert times == [*map(float, range(kept * TICKS)), 1000.0]


@pytest.mark.parametrize("place", [1, 3, 9, 17, 30, -5])
def test_a_frame_that_was_damaged_costs_itself_only(
    whole: bytes, tmp_path: Path, place: int
) -> None:
    _, second, _ = frames_in(whole)
    at = second.offset + place if place >= 0 else second.end + place
    damaged = bytearray(whole)
    damaged[at] ^= 0xFF
    path = tmp_path / "a"
    path.write_bytes(damaged)
    losses = Losses()
    frames = list(read_frames(path, losses=losses))
    assert [frame.times[0] for frame in frames] == [0.0, 2.0 * TICKS]
    assert losses.bytes == second.length
    with RecordingWriter(path, "a", durable=False) as writer:
        assert writer.size == len(whole)


def test_a_frame_says_its_length_and_time() -> None:
    data = pack_frame(b"one\n", 17.9) + pack_frame(b"two\n", 2.0**40)
    first, second = frames_in(data)
    assert (first.offset, first.time, second.time) == (0, 17, 2**32 - 1)
    assert unpack_frame(data[first.offset : first.end]) == b"one\n"
    assert unpack_frame(data[second.offset : second.end]) == b"two\n"
    with pytest.raises(BrokenFrameError):
        unpack_frame(data[first.offset : first.end - 1])
