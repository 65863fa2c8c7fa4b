"""Objects with large arrays through a pipe: the same at the other end, and in pieces."""

from __future__ import annotations

import multiprocessing
import threading
from multiprocessing.connection import Connection

import numpy as np
import pytest

from reporter.pages import large_objects


def through(sent: object) -> tuple[object, list[int]]:
    """What comes out at the other end, and how many bytes each piece had."""
    theirs, ours = multiprocessing.Pipe(duplex=False)
    pieces: list[int] = []

    class Counting(Connection):
        def _send_bytes(self, buf: memoryview) -> None:
            pieces.append(len(buf))
            super()._send_bytes(buf)  # type: ignore[misc]

    counting = Counting(ours.fileno(), readable=False)
    thread = threading.Thread(target=large_objects.send, args=(counting, sent))
    thread.start()
    try:
        return large_objects.receive(theirs), pieces
    finally:
        thread.join()
        # The descriptor is the other one's.
        counting._handle = None  # type: ignore[attr-defined]
        ours.close()
        theirs.close()


@pytest.mark.parametrize("count", [0, 1, 100, 20_000])
def test_arrays_come_as_they_went_and_can_be_written(count: int) -> None:
    times = np.arange(count, dtype=np.float64)
    values = np.arange(count, dtype=np.float32)
    found, _ = through({"times": times, "again": times, "values": values, "name": "alpha"})
    assert isinstance(found, dict)
    assert found["name"] == "alpha"
    assert found["times"].tolist() == times.tolist()
    assert found["values"].dtype == np.float32
    assert found["values"].tolist() == values.tolist()
    # What was one array is one array.
    assert found["again"] is found["times"]
    found["times"][:] = 7.0


def test_no_piece_has_more_than_one_large_array() -> None:
    arrays = [np.full(10_000, float(number)) for number in range(8)]
    found, pieces = through(arrays)
    assert isinstance(found, list)
    assert [one[0] for one in found] == [float(number) for number in range(8)]
    assert sorted(pieces)[-8:] == [80_000] * 8
    assert sum(pieces) < 8 * 80_000 + 4_000


def test_an_end_that_is_closed_is_told() -> None:
    theirs, ours = multiprocessing.Pipe(duplex=False)
    ours.close()
    with pytest.raises(EOFError):
        large_objects.receive(theirs)
    theirs.close()
    theirs, ours = multiprocessing.Pipe(duplex=False)
    theirs.close()
    with pytest.raises(OSError, match="Broken pipe"):
        large_objects.send(ours, [np.zeros(100_000)])
    ours.close()
