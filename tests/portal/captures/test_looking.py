"""What uploads are, by their first and last lines."""

from __future__ import annotations

import contextlib
import gzip
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfanalysis.errors import InputError
from portal.captures import looking
from portal.captures.looking import CaptureLook, look
from portal.captures.ticks import read_ticks

FLAT = b'{"timestamp":1767829424,"subsystem":"/proc/stat","measurement":"cpu 1\\n"}\n'
LATER = FLAT.replace(b"9424", b"9434")
NESTED = (
    b'{"Site":1,"Host":7,"Run":0,"Measurement":{"Timestamp":"2026-01-07T23:43:44.123456789Z",'
    b'"Frequency":5000000000,"System":"/proc/stat","Measurement":"cpu 1"}}\n'
)
PORTAL = b"timestamp,cpu_user,cpu_system\n1767829434,50.3,0.5\n1767829439,50.1,0\n"
CONTAINERS = b"timestamp,container_id,runtime\n1767898013,78,docker\n1767898003,79,docker\n"


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


BOTH = (at(1767829424), at(1767829434))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (FLAT + LATER, CaptureLook("flat", *BOTH)),
        (b"\n" + FLAT + LATER + b"\n\n", CaptureLook("flat", *BOTH)),
        (b"\xef\xbb\xbf" + FLAT + LATER, CaptureLook("flat", *BOTH)),
        # What was cut off at its end has its begin.
        (FLAT + LATER[:40], CaptureLook("flat", BOTH[0], BOTH[0])),
        (NESTED, CaptureLook("nested", at(1767829424.123456), at(1767829424.123456), 1, 7)),
        (PORTAL, CaptureLook("portal CSV", at(1767829434), at(1767829439))),
        (CONTAINERS, CaptureLook("container CSV", at(1767898003), at(1767898013))),
        (b"timestamp,cpu_user\n", CaptureLook("portal CSV")),
        (b"timestamp,other\n1,2\n", CaptureLook("other")),
        (b'{"vendor_id": "x"}', CaptureLook("other")),
        (b'{"timestamp":"x","subsystem":"s","measurement":"m"}', CaptureLook("other")),
        (b'{"timestamp":1e300,"subsystem":"s","measurement":"m"}', CaptureLook("other")),
        (b"sysbench 1.0.20\n", CaptureLook("other")),
        (b"\xff\xfe\x00", CaptureLook("other")),
        (b"[" * 100_000, CaptureLook("other")),
    ],
)
def test_forms(data: bytes, expected: CaptureLook) -> None:
    assert look(data, "x") == expected
    assert look(gzip.compress(data), "x") == expected


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "at least one line"),
        (b" \n\n", "at least one line"),
        (gzip.compress(FLAT, mtime=0)[:-9], "a whole file of gzip"),
        (b"\x1f\x8bnothing", "what gzip makes"),
    ],
    ids=["empty", "blank", "cut", "broken"],
)
def test_none(data: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        look(data, "x")


def test_what_unpacks_to_too_much_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "MOST_UNPACKED", 1 << 20)
    with pytest.raises(InputError, match="at most 1 MiB, unpacked"):
        look(gzip.compress(bytes(3 << 20)), "x")
    # Long lines are looked at as far as it takes.
    assert look(gzip.compress(FLAT + b"x" * (1 << 19)), "x").form == "flat"


@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    for one in (data, gzip.compress(data), b"\x1f\x8b" + data, b"timestamp,cpu_user\n" + data):
        with contextlib.suppress(InputError):
            assert look(one, "x").form in looking.FORMS
        with contextlib.suppress(InputError):
            read_ticks(one, "x")


RECORD = {"timestamp": 1767829424, "subsystem": "/proc/stat", "measurement": "cpu 1\n"}


@pytest.mark.parametrize(
    ("value", "machine", "count"),
    [
        (RECORD, "", 1),
        ({**RECORD, "identifier": "web-1"}, "web-1", 1),
        ({"identifier": "web-1", "measurements": [RECORD, {**RECORD, "more": 1}]}, "web-1", 2),
        ({"metrics": [RECORD]}, "", 1),
    ],
)
def test_ticks(value: object, machine: str, count: int) -> None:
    sent = read_ticks(json.dumps(value).encode(), "x")
    assert sent is not None
    assert (sent.machine, sent.count, sent.began, sent.ended) == (machine, count, BOTH[0], BOTH[0])
    assert sent.data == FLAT * count
    assert look(sent.data, "x").form == "flat"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({**RECORD, "timestamp": "now"}, "x: timestamp: expected Unix seconds"),
        ({"metrics": [RECORD, {**RECORD, "timestamp": -1}]}, r"x: metrics\[1\].timestamp: "),
        ({"metrics": [3]}, r"x: metrics\[0\]: expected an object"),
        ({"metrics": []}, "1 to 10000 records"),
        ({**RECORD, "measurement": 3}, "x: measurement: expected text"),
        ({**RECORD, "identifier": 3}, "x: identifier: expected text"),
    ],
)
def test_malformed_ticks(value: object, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_ticks(json.dumps(value).encode(), "x")


@pytest.mark.parametrize("data", [b"", b"[]", b'{"a": 1}', FLAT + LATER, b"[" * 100_000])
def test_what_is_no_tick(data: bytes) -> None:
    assert read_ticks(data, "x") is None
