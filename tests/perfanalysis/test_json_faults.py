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
        (b"[1,", "Expecting value: line 1 column 4 (char 3)"),
    ],
)
def test_why_bytes_are_no_json(data: bytes, reason: str) -> None:
    with pytest.raises((ValueError, RecursionError)) as caught:
        json.loads(data)
    assert json_faults.reason(caught.value, data) == reason
