"""Lines of captures that are read quickly: as JSON has them, or looked at closely."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfanalysis.errors import InputError
from perfanalysis.recordings import captures

LINES = (
    b'{"timestamp":1700000000,"subsystem":"/proc/stat","measurement":"cpu0 1\\n\\u00e9 \\\\ \\""}',
    b'{"timestamp":1.5e3,"subsystem":"a","measurement":"b\\tc","more":[1,{"a":NaN}]}',
    b'{"timestamp":"2026-01-01T00:00:00Z","subsystem":"a","measurement":"b"}',
)
PIECES = st.sampled_from([b'"', b"\\ud800", b"9", b"e9", b"null", b"-", b"\t", b"\x01", b"\xc3"])


@given(st.sampled_from(LINES), st.lists(st.tuples(st.integers(0, 80), PIECES), max_size=3))
def test_a_line_is_read_as_json_has_it(line: bytes, changes: list[tuple[int, bytes]]) -> None:
    for at, piece in changes:
        line = line[:at] + piece + line[at + 1 :]
    quick = captures.plain_line(line)
    if quick is not None:
        assert quick == captures.parse_line(line, "line 1")


@pytest.mark.parametrize(("line", "plain"), list(zip(LINES, (True, False, False), strict=True)))
def test_only_plain_lines_are_read_quickly(line: bytes, plain: bool) -> None:
    assert (captures.plain_line(line) is not None) is plain


def test_a_line_that_is_none_is_refused_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "capture.jsonl"
    path.write_bytes(LINES[0] + b'\n{"timestamp":true,"subsystem":"a","measurement":"b"}\n')
    with pytest.raises(InputError, match=r"line 2: timestamp: expected Unix seconds"):
        list(captures.read(path))
