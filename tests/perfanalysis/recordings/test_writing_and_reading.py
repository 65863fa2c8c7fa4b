"""What is written is read again: values, resets, gaps, clocks put back, series that come and go."""

from __future__ import annotations

import gzip
import math
import subprocess
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.exposition.families import Family, Series, SeriesIdentity
from perfanalysis.recordings.reading import in_order, read, read_frames
from perfanalysis.recordings.recording import Recording
from perfanalysis.recordings.writing import RecordingWriter

CPU = Family("node_cpu_seconds_total", "counter", "Seconds.", ("cpu", "mode"), "seconds")
MEMORY = Family("node_memory_MemFree_bytes", "gauge", "Free.")
DISK = Family("node_disk_reads_completed_total", "counter", "Reads.", ("device",))
ODD = Family("made_odd", "gauge", 'A "help"\nof two lines.', ("instance", "job", "text"))
BUCKET = Family("made_ratio_bucket", "histogram", "A histogram.", ("le",))
COUNT = Family("made_ratio_count", "histogram", "A histogram.")

Tick = tuple[float, Mapping[Series, bytes]]


def write(path: Path, ticks: Sequence[Tick], machine: str = "a") -> None:
    with RecordingWriter(path, machine, durable=False) as writer:
        for time, samples in ticks:
            writer.tick(time, tuple(samples), tuple(samples.values()))


def column(recording: Recording, name: str, **labels: str) -> list[float | None]:
    (found,) = recording.of(name, **labels).values()
    return [None if math.isnan(value) else value for value in found.tolist()]


def test_values_come_back_with_their_labels_and_types(tmp_path: Path) -> None:
    idle = Series(CPU, ("0", "idle"), b"e-2")
    odd = Series(ODD, ("i", "", 'a "b"\\\nc'))
    ticks: list[Tick] = [
        (1700000000.0, {idle: b"100", Series(MEMORY): b"4096", odd: b"-1.5"}),
        (1700000001.25, {idle: b"200", Series(MEMORY): b"4096", odd: b"+Inf"}),
        (1700000002.0, {idle: b"5", Series(MEMORY): b"0", odd: b"1e300"}),
    ]
    write(tmp_path / "a.om.gz", ticks)
    recording = read(tmp_path / "a.om.gz")
    assert recording.machine == "a"
    assert recording.times.tolist() == [1700000000.0, 1700000001.25, 1700000002.0]
    assert {series: values.tolist() for series, values in recording.columns.items()} == {
        SeriesIdentity(CPU.name, (("cpu", "0"), ("mode", "idle"))): [1.0, 2.0, 0.05],
        SeriesIdentity(MEMORY.name, ()): [4096.0, 4096.0, 0.0],
        SeriesIdentity(ODD.name, (("instance", "i"), ("job", ""), ("text", 'a "b"\\\nc'))): [
            -1.5,
            math.inf,
            1e300,
        ],
    }
    assert recording.types == {CPU.name: "counter", MEMORY.name: "gauge", ODD.name: "gauge"}


def test_the_series_of_a_histogram_are_one_family(tmp_path: Path) -> None:
    samples = {Series(BUCKET, ("0.5",)): b"3", Series(BUCKET, ("+Inf",)): b"4", Series(COUNT): b"4"}
    write(tmp_path / "a.om.gz", [(1.0, samples)])
    text = gzip.decompress((tmp_path / "a.om.gz").read_bytes())
    assert text.count(b"# TYPE made_ratio histogram\n") == 1
    recording = read(tmp_path / "a.om.gz")
    assert recording.types == {BUCKET.name: "histogram", COUNT.name: "histogram"}
    assert column(recording, BUCKET.name, le="0.5") == [3.0]


def test_a_device_that_comes_and_goes_is_absent_between(tmp_path: Path) -> None:
    memory, sdb = Series(MEMORY), Series(DISK, ("sdb",))
    texts = [None, b"5", b"5", b"5", None, None, b"5", b"5", b"7", None, b"0", b"0", b"0"]
    ticks: list[Tick] = [
        (100.0 + number, {memory: b"1"} | ({sdb: text} if text else {}))
        for number, text in enumerate(texts)
    ]
    write(tmp_path / "a.om.gz", ticks)
    recording = read(tmp_path / "a.om.gz")
    assert column(recording, DISK.name) == [None if text is None else float(text) for text in texts]
    assert column(recording, MEMORY.name) == [1.0] * len(texts)


@pytest.mark.parametrize(
    ("times", "kept"),
    [
        ([], []),
        ([1, 2, 3], [1, 2, 3]),
        ([1, 2, 3, 2.5, 3.5, 4.5], [1, 2, 2.5, 3.5, 4.5]),
        # A clock that was far ahead for two ticks.
        ([1, 2, 900, 901, 3, 4, 5], [1, 2, 3, 4, 5]),
        # One that was put back an hour for good.
        ([5000, 5001, 1400, 1401, 1402], [1400, 1401, 1402]),
        ([1, 1, 1, 2], [1, 2]),
    ],
)
def test_of_a_clock_that_was_put_back_the_most_ticks_are_kept(
    times: list[float], kept: list[float]
) -> None:
    assert np.array(times)[in_order(np.array(times, dtype=float))].tolist() == kept


@given(st.lists(st.integers(0, 12), max_size=9))
def test_no_longer_run_of_ticks_is_in_order(times: list[int]) -> None:
    kept = in_order(np.array(times, dtype=float)).tolist()
    assert kept == sorted(kept)
    found = [times[number] for number in kept]
    assert found == sorted(set(found))
    rising = [
        chosen
        for size in range(len(times) + 1)
        for chosen in combinations(times, size)
        if all(one < other for one, other in pairwise(chosen))
    ]
    assert len(found) == max(map(len, rising))


def test_a_clock_that_was_put_back_stays_so_in_the_file(tmp_path: Path) -> None:
    times = [10.0, 11.0, 12.0, 5.0, 6.0, 6.0, 7.0, 8.0, 9.0]
    write(tmp_path / "a.om.gz", [(time, {Series(MEMORY): b"1"}) for time in times])
    frames = list(read_frames(tmp_path / "a.om.gz"))
    assert [frame.times for frame in frames] == [[10, 11, 12], [5, 6], [6, 7, 8, 9]]
    assert read(tmp_path / "a.om.gz").times.tolist() == [5, 6, 7, 8, 9]


def test_a_file_that_was_unpacked_or_packed_by_others_is_read_alike(tmp_path: Path) -> None:
    path = tmp_path / "a.om.gz"
    sdb = Series(DISK, ("sdb",))
    ticks: list[Tick] = [
        (100.0 + number, {Series(MEMORY): b"7"} | ({} if number % 50 == 3 else {sdb: b"1"}))
        for number in range(200)
    ]
    write(path, ticks)
    expected = read(path)
    text = subprocess.run(["zcat", str(path)], check=True, capture_output=True).stdout
    plain, packed = tmp_path / "a.om", tmp_path / "b.om.gz"
    plain.write_bytes(text + b"# EOF\n")
    packed.write_bytes(gzip.compress(text))
    for other in (plain, packed):
        same(read(other), expected)


def same(one: Recording, other: Recording) -> None:
    assert one.machine == other.machine
    assert one.types == other.types
    np.testing.assert_array_equal(one.times, other.times)
    assert one.columns.keys() == other.columns.keys()
    for series, values in one.columns.items():
        np.testing.assert_array_equal(values, other.columns[series])


def test_metrics_that_nobody_wants_are_left_out(tmp_path: Path) -> None:
    write(tmp_path / "a.om.gz", [(1.0, {Series(MEMORY): b"1", Series(DISK, ("sda",)): b"2"})])
    recording = read(tmp_path / "a.om.gz", lambda name: name == MEMORY.name)
    assert list(recording.columns) == [SeriesIdentity(MEMORY.name, ())]
    assert recording.types == {MEMORY.name: "gauge"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "expected a recording, of one tick at least"),
        (b"hello\n", "of OpenMetrics: a series, a value and a time, found 'hello'"),
        (b"a 1 x\n", "expected a number, found 'x'"),
        (b"a 1 2\nb{c=1} 1 2\n", "a series, a value and a time, found 'b{c=1}'"),
        (b"\x1f\x8b\x08\x00abc", "expected a whole gzip file"),
    ],
)
def test_what_is_no_recording_is_said(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    with pytest.raises(InputError) as raised:
        read(path)
    assert str(raised.value).startswith(f"{path}: ")
    assert expected in str(raised.value)


def test_files_of_others_are_not_written_to(tmp_path: Path) -> None:
    path = tmp_path / "a"
    for content in (b"hello\n", gzip.compress(b"a 1 2\n"), b"\x00" * 50):
        path.write_bytes(content)
        with pytest.raises(InputError, match="a recording to continue"):
            RecordingWriter(path, "a")
        assert path.read_bytes() == content


def test_one_writes_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with (
        RecordingWriter(path, "a"),
        pytest.raises(PerfAnalysisError, match="another process writes"),
    ):
        RecordingWriter(path, "a")
    RecordingWriter(path, "a").close()


def test_recordings_of_two_machines_are_not_one(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write(path, [(1.0, {Series(MEMORY): b"1"})], "a")
    write(path, [(2.0, {Series(MEMORY): b"1"})], "b")
    with pytest.raises(InputError, match="the recording of one machine, found 'a and b'"):
        read(path)


_NAMES = [
    Series(CPU, ("0", "idle"), b"e-2"),
    Series(CPU, ("1", "idle"), b"e-2"),
    Series(MEMORY),
    Series(DISK, ("sda",)),
    Series(DISK, ("s d\\b\n\"{}, ",)),
]  # fmt: skip
_TICKS = st.lists(
    st.tuples(
        st.sampled_from([1, 1, 1, 1, 5, 90, 4000, 0, -3, -500]),
        st.dictionaries(st.sampled_from(_NAMES), st.sampled_from([b"0", b"5", b"17"])),
    ),
    min_size=1,
    max_size=150,
)


@settings(max_examples=60)
@given(_TICKS)
def test_all_that_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, moves: list[tuple[int, dict[Series, bytes]]]
) -> None:
    path = tmp_path_factory.mktemp("recording") / "a.om.gz"
    time = 1_000_000.0
    ticks: list[Tick] = []
    for move, samples in moves:
        time += move
        ticks.append((time, samples))
    write(path, ticks)
    found: list[tuple[float, dict[Series, float]]] = []
    by_identity = {
        SeriesIdentity(s.family.name, tuple(zip(s.family.labels, s.labels, strict=True))): s
        for s in _NAMES
    }
    for frame in read_frames(path):
        for place, moment in enumerate(frame.times):
            values = {by_identity[key]: col[place] for key, col in frame.columns.items()}
            found.append((moment, {k: v for k, v in values.items() if not math.isnan(v)}))
    expected = [
        (moment, {series: float(v + series.suffix) for series, v in samples.items()})
        for moment, samples in ticks
    ]
    assert found == expected
