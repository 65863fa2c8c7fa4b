from __future__ import annotations

import json

import pytest

from perfanalysis import json_faults


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "nothing is in it"),
        (b" \n", "nothing is in it"),
        (b'{"a": "\xa3"}', "it is no UTF-8"),
        (b"[" * 100_000, "it is nested too deep"),
        (b"[1,", "it breaks off at line 1, column 4"),
        (b'{"a": 1\n', "it breaks off at line 2, column 1"),
        (b'{"a": 1,\n "b" 2}', "it goes wrong at line 2, column 6"),
        (b'{"a": "1}', "it goes wrong at line 1, column 7"),
        (b"{} {}", "something follows it at line 1, column 4"),
        (b"1" * 5000, "a number in it has too many digits"),
    ],
)
def test_why_bytes_are_no_json(data: bytes, reason: str) -> None:
    with pytest.raises((ValueError, RecursionError)) as caught:
        json.loads(data)
    assert json_faults.reason(caught.value, data) == reason
