"""From pages to remote write requests: values, labels, series that end."""

from __future__ import annotations

import math
import struct

import cramjam
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.pushing.encoding import PageEncoder, metadata_of, series_of, split_page
from perfanalysis.delivery.remote_write import STALE, Metadata, Series, WriteRequest, decode
from perfanalysis.exposition.families import Family
from perfanalysis.exposition.families import Series as FamilySeries
from perfanalysis.exposition.rendering import TEXT, Layout, format_value

PAGE = b"""\
# HELP a_total How often.
# TYPE a_total counter
a_total{cpu="0"} 1234e-2
a_total{cpu="1"} 7
# HELP b What.
# TYPE b gauge
b +Inf
"""
LABELS = {"job": "node", "instance": "web-1"}


def is_stale(value: float) -> bool:
    return struct.pack("<d", value) == struct.pack("<d", STALE)


def test_a_page_becomes_series_with_values_times_and_labels() -> None:
    body = PageEncoder(LABELS).encode(PAGE, 1700000000.123, metadata=False)
    assert decode(body) == [
        Series("a_total", {**LABELS, "cpu": "0"}, 12.34, 1700000000.123),
        Series("a_total", {**LABELS, "cpu": "1"}, 7.0, 1700000000.123),
        Series("b", LABELS, math.inf, 1700000000.123),
    ]


def test_labels_of_the_page_win_and_empty_ones_are_left_out() -> None:
    page = b'a{job="other",empty=""} 1\n'
    (series,) = decode(PageEncoder(LABELS).encode(page, 1.0, metadata=False))
    assert series.labels == {"job": "other", "instance": "web-1"}


def test_metadata() -> None:
    assert metadata_of(PAGE) == [
        Metadata("a_total", "counter", "How often."),
        Metadata("b", "gauge", "What."),
    ]
    assert metadata_of(rb"# HELP a two\nlines, one \\ two") == [
        Metadata("a", "", "two\nlines, one \\ two")
    ]


def test_metadata_is_in_the_request_when_wanted() -> None:
    encoder = PageEncoder(LABELS)
    for wanted, names in ((True, ["a_total", "b"]), (False, [])):
        request = WriteRequest()
        body = encoder.encode(PAGE, 1.0, metadata=wanted)
        request.ParseFromString(bytes(cramjam.snappy.decompress_raw(body)))
        assert [entry.metric_family_name for entry in request.metadata] == names


def test_a_series_that_vanishes_is_ended_once() -> None:
    encoder = PageEncoder(LABELS)
    encoder.encode(b"a 1\nb 2\n", 1.0, metadata=False)
    encoder.taken()
    gone = decode(encoder.encode(b"b 3\n", 2.0, metadata=False))
    assert [(s.name, s.timestamp, is_stale(s.value)) for s in gone] == [
        ("b", 2.0, False),
        ("a", 2.0, True),
    ]
    assert gone[1].labels == LABELS
    # The queue did not take it: the next one has to say so again.
    assert len(decode(encoder.encode(b"b 3\n", 3.0, metadata=False))) == 2
    encoder.taken()
    assert len(decode(encoder.encode(b"b 4\n", 4.0, metadata=False))) == 1


def test_a_series_that_comes_back_is_not_ended() -> None:
    encoder = PageEncoder({})
    shown = []
    for page in (b"a 1\nb 2\n", b"b 3\n", b"b 4\na 5\n", b"a 6\nb 7\n"):
        shown.append(
            [(s.name, is_stale(s.value)) for s in decode(encoder.encode(page, 1, metadata=False))]
        )
        encoder.taken()
    assert shown[1] == [("b", False), ("a", True)]
    assert shown[2] == [("b", False), ("a", False)]
    assert shown[3] == [("a", False), ("b", False)]


def test_farewell_ends_what_was_taken() -> None:
    encoder = PageEncoder(LABELS)
    encoder.encode(PAGE, 1.0, metadata=False)
    assert encoder.farewell(2.0) is None
    encoder.taken()
    body = encoder.farewell(2.0)
    assert body is not None
    ended = decode(body)
    assert [s.name for s in ended] == ["a_total", "a_total", "b"]
    assert all(is_stale(s.value) for s in ended)


@given(
    st.dictionaries(st.text(max_size=9), st.floats() | st.integers(-(10**30), 10**30), min_size=1)
)
def test_what_is_rendered_is_pushed(values: dict[str, float]) -> None:
    family = Family("a_total", "counter", "Any.", ("x",))
    layout = Layout(FamilySeries(family, (text,)) for text in values)
    page = layout.render([format_value(value) for value in values.values()], TEXT)
    keys, found = split_page(page)
    for text, value, key, got in zip(values, values.values(), keys, found, strict=True):
        assert struct.pack("<d", got) == struct.pack("<d", value) or math.isnan(value)
        assert series_of(key).labels == {"x": text.encode(errors="replace").decode()}


def test_a_page_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError):
        PageEncoder({}).encode(b"nonsense\n", 1.0, metadata=False)
