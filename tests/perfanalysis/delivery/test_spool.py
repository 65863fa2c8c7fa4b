"""Nothing that the spool took is lost: killed, filled and damaged for real."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from perfanalysis.delivery.entry import Entry
from perfanalysis.delivery.spool import DEAD, QUEUE, Limits, Spool, SpoolError, SpoolFullError

WRITER = """
import sys
from pathlib import Path
from perfanalysis.delivery.spool import Spool
spool = Spool(Path(sys.argv[1]))
number = int(sys.argv[2])
while True:
    number += 1
    spool.add(b"%d " % number * 2000, "text/plain", str(number))
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


def bodies(spool: Spool) -> list[bytes]:
    return [spool.read(entry).body for entry in spool.waiting()]


def test_keeps_order_and_content(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "a" / "b")
    for number in range(12):
        spool.add(b"%d\n\0" % number, "text/plain", f"key-{number}")
    again = Spool(tmp_path / "a" / "b")
    assert bodies(again) == [b"%d\n\0" % number for number in range(12)]
    first = again.waiting()[0]
    assert again.read(first).idempotency_key == "key-0"
    assert first.size == first.path.stat().st_size
    again.delivered(first)
    again.delivered(first)
    assert bodies(spool) == [b"%d\n\0" % number for number in range(1, 12)]


def test_a_clock_that_goes_back_changes_no_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(tmp_path)
    spool.add(b"first", "text/plain")
    monkeypatch.setattr(time, "time_ns", lambda: 5)
    spool.add(b"second", "text/plain")
    assert bodies(spool) == [b"first", b"second"]


@pytest.mark.parametrize("limits", [Limits(documents=2), Limits(bytes=500)])
def test_a_full_spool_refuses_and_keeps_what_it_has(tmp_path: Path, limits: Limits) -> None:
    spool = Spool(tmp_path, limits)
    spool.add(b"x" * 40, "text/plain")
    spool.put_aside(spool.waiting()[0], {"status": 400})
    spool.add(b"y" * 40, "text/plain")
    with pytest.raises(SpoolFullError, match="the spool is full and did not take the document"):
        spool.add(b"z" * 200, "text/plain")
    assert bodies(spool) == [b"y" * 40]
    assert len(spool.dead()) == 1


def test_put_aside_with_the_answer_and_revived_in_place(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    for body in (b"first", b"second"):
        spool.add(body, "text/plain")
    spool.put_aside(spool.waiting()[0], {"status": 422})
    assert spool.answer(spool.dead()[0]) == {"status": 422}
    assert spool.revive() == 1
    assert bodies(spool) == [b"first", b"second"]
    assert list((tmp_path / DEAD).iterdir()) == []


@pytest.mark.parametrize("spoil", [b"", b"{}", b"not json\n", None])
def test_a_damaged_file_is_noticed(tmp_path: Path, spoil: bytes | None) -> None:
    spool = Spool(tmp_path)
    entry = spool.add(b"content", "text/plain")
    data = entry.path.read_bytes()
    entry.path.write_bytes(data[:-1] + b"X" if spoil is None else spoil)
    with pytest.raises(ValueError):
        spool.read(entry)


def test_an_unusable_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SpoolError, match="the spool cannot be used: Not a directory"):
        Spool(tmp_path / "file" / "spool")


def test_killed_at_any_point_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    acknowledged: list[int] = []
    chance = random.Random(7)
    for _ in range(25):
        last = max(
            (int(Spool(tmp_path).read(e).idempotency_key) for e in Spool(tmp_path).waiting()[-1:]),
            default=0,
        )
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(last)], stdout=subprocess.PIPE
        )
        assert writer.stdout
        acknowledged.append(int(writer.stdout.readline()))
        time.sleep(chance.uniform(0, 0.05))
        writer.send_signal(signal.SIGKILL)
        acknowledged += map(int, writer.stdout.read().split(b"\n")[:-1])
        writer.wait()
    spool = Spool(tmp_path)
    found = [int(spool.read(entry).idempotency_key) for entry in spool.waiting()]
    assert set(acknowledged) <= set(found)
    assert found == sorted(set(found))
    assert bodies(spool) == [b"%d " % number * 2000 for number in found]
    assert all(not path.name.startswith(".") for path in (tmp_path / QUEUE).iterdir())


def test_a_full_disk_is_said_and_leaves_no_half(small_disk: Path) -> None:
    spool = Spool(small_disk)
    taken = 0
    with pytest.raises(SpoolFullError, match="did not take the document: No space left on device"):
        for _ in range(100):
            spool.add(os.urandom(20_000), "application/octet-stream")
            taken += 1
    assert taken >= 5
    assert len(bodies(spool)) == taken
    assert len(list((small_disk / QUEUE).iterdir())) == taken
    spool.delivered(spool.waiting()[0])
    spool.add(b"x" * 20_000, "application/octet-stream")
    assert len(bodies(spool)) == taken


def test_the_oldest_make_room_where_that_is_wanted(tmp_path: Path) -> None:
    dropped: list[bytes] = []
    limits = Limits(documents=3, bytes=1000, drops_oldest=True)
    spool = Spool(tmp_path, limits)

    def note(entry: Entry) -> None:
        dropped.append(entry.path.name.encode())

    spool.dropped = note
    for body in (b"1", b"2", b"3"):
        spool.add(body, "text/plain")
    first, second, third = spool.waiting()
    spool.add(b"4", "text/plain")
    assert bodies(spool) == [b"2", b"3", b"4"]
    assert dropped == [first.path.name.encode()]
    # What is being sent stays, and so does what was refused, for a person to look at.
    spool.in_flight = second.sequence
    spool.add(b"5", "text/plain")
    assert bodies(spool) == [b"2", b"4", b"5"]
    spool.in_flight = 0
    spool.put_aside(second, {"status": 400})
    spool.add(b"6" * 600, "text/plain")
    assert bodies(spool) == [b"6" * 600]
    assert spool.dead() != []
    assert third.path.name.encode() in dropped
    with pytest.raises(SpoolFullError):
        spool.add(b"7" * 1000, "text/plain")
    assert bodies(spool) == [b"6" * 600]
