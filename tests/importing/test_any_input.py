"""Whatever stands in a file: it is imported, left out or refused, and the output stays valid."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from perfanalysis.cli import run
from tests.exporter.validation.made_captures import ticks, write_flat
from tests.importing.openmetrics import Samples, parse
from tests.importing.test_csv import CONTAINER_CSV, PORTAL_CSV

NOT_LONG = settings(max_examples=40, deadline=None)


def lines_of_a_capture() -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        return write_flat(Path(folder) / "a", ticks()).read_text().splitlines(keepends=True)


LINES = lines_of_a_capture()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2)
    ),
    max_leaves=4,
)


def imported(data: bytes) -> Samples | None:
    """The series that come out; None when the file is refused."""
    with tempfile.TemporaryDirectory() as folder:
        path, output = Path(folder) / "in", Path(folder) / "out"
        path.write_bytes(data)
        words = ["import", "capture", str(path), "--machine=m", "--cpus=2", f"--output={output}"]
        status = run(words)
        assert status in (0, 2)
        assert output.exists() == (status == 0)
        return parse(output) if status == 0 else None


def assert_in_order(found: Samples | None) -> None:
    for values in (found or {}).values():
        times = [time for _, time in values]
        assert times == sorted(set(times))


WHOLE = imported("".join(LINES).encode())


@NOT_LONG
@given(st.integers(0, sum(map(len, LINES))))
def test_a_file_cut_off_anywhere_gives_a_part_of_the_whole(at: int) -> None:
    found = imported("".join(LINES).encode()[:at])
    assert WHOLE is not None
    for key, values in (found or {}).items():
        assert WHOLE[key][: len(values)] == values


@NOT_LONG
@given(st.permutations(LINES))
def test_lines_in_any_order_leave_each_series_in_order(lines: list[str]) -> None:
    found = imported("".join(lines).encode())
    assert_in_order(found)
    assert WHOLE is not None
    for key, values in (found or {}).items():
        assert set(values) <= set(WHOLE[key])


@NOT_LONG
@given(
    st.sampled_from(range(len(LINES))),
    st.sampled_from(["timestamp", "subsystem", "measurement"]),
    JSON,
)
def test_any_value_in_any_field(number: int, field: str, value: object) -> None:
    spoilt = json.dumps(json.loads(LINES[number]) | {field: value}) + "\n"
    assert_in_order(imported("".join([*LINES[:number], spoilt, *LINES[number + 1 :]]).encode()))


@NOT_LONG
@given(
    st.sampled_from(["/proc/stat", "/proc/meminfo", "/proc/net/dev", "statfs[*]", "container/a/b"]),
    st.text(max_size=60) | JSON.map(json.dumps),
)
def test_any_text_of_a_subsystem(subsystem: str, text: str) -> None:
    record = {"timestamp": 1, "subsystem": subsystem, "measurement": text}
    assert_in_order(imported("".join([json.dumps(record) + "\n", *LINES]).encode()))


@NOT_LONG
@given(st.sampled_from([CONTAINER_CSV, PORTAL_CSV]), st.data())
def test_any_bytes_in_a_csv(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    more = data.draw(st.binary(max_size=20))
    gone = data.draw(st.integers(0, 20))
    assert_in_order(imported(text.encode()[:at] + more + text.encode()[at + gone :]))
