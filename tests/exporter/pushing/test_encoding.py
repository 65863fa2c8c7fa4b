"""From what collectors hand over to remote write requests: values, labels, series that end."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence

import cramjam
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.collectors.sampler.layout import HistogramLayout, values_of
from exporter.collectors.sampler.tallies import Histogram
from exporter.collectors.textfile.layout import TextLayout
from exporter.collectors.textfile.parsing import parse
from exporter.pushing.encoding import Encoder, metadata_of, sound
from perfanalysis.delivery.remote_write import STALE, Metadata, TimedSample, WriteRequest, decode
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, Layout, format_value

TOTAL = Family("a_total", "counter", "How often.", ("cpu",))
GAUGE = Family("b", "gauge", "What.")
LABELS = {"job": "node", "instance": "web-1"}
LAYOUT = Layout([Series(TOTAL, ("0",), b"e-2"), Series(TOTAL, ("1",)), Series(GAUGE)])
BLOCKS = [Block(LAYOUT, [b"1234", b"7", b"+Inf"])]


def is_stale(value: float) -> bool:
    return struct.pack("<d", value) == struct.pack("<d", STALE)


def gauges(**values: float) -> list[Block]:
    """A block for each gauge."""
    return [
        Block(Layout([Series(Family(name, "gauge", ""))]), [format_value(value)])
        for name, value in values.items()
    ]


def sent(encoder: Encoder, blocks: Sequence[Block], when: float = 1.0) -> list[TimedSample]:
    return decode(encoder.encode(blocks, when, metadata=False))


def test_blocks_become_series_with_values_times_and_labels() -> None:
    assert sent(Encoder(LABELS), BLOCKS, 1700000000.123) == [
        TimedSample("a_total", {**LABELS, "cpu": "0"}, 12.34, 1700000000.123),
        TimedSample("a_total", {**LABELS, "cpu": "1"}, 7.0, 1700000000.123),
        TimedSample("b", LABELS, math.inf, 1700000000.123),
    ]


def test_own_labels_win_and_empty_ones_are_left_out() -> None:
    layout = Layout([Series(Family("a", "gauge", "", ("job", "empty")), ("other", ""))])
    (series,) = sent(Encoder(LABELS), [Block(layout, [b"1"])])
    assert series.labels == {"job": "other", "instance": "web-1"}


def test_histograms_and_what_text_files_hold() -> None:
    histogram = Histogram((0.5, 1.0))
    histogram.add(0.25)
    histogram.add(3.0)
    layout = HistogramLayout([(Family("h", "histogram", "H."), histogram.bounds)])
    text = b'# TYPE s summary\ns{quantile="0.5",a="\\"\\\\n"} 1.5\ns_sum 4\ns_count 2\n'
    texts = TextLayout(parse(text, "a.prom"))
    found = sent(Encoder({}), [Block(layout, values_of(histogram)), Block(texts, ())])
    assert [(one.name, one.labels, one.value) for one in found] == [
        ("h_bucket", {"le": "0.5"}, 1),
        ("h_bucket", {"le": "1.0"}, 1),
        ("h_bucket", {"le": "+Inf"}, 2),
        ("h_sum", {}, 3.25),
        ("h_count", {}, 2),
        ("s", {"quantile": "0.5", "a": '"\\n'}, 1.5),
        ("s_sum", {}, 4),
        ("s_count", {}, 2),
    ]
    assert metadata_of([layout, texts]) == [
        Metadata("h", "histogram", "H."),
        Metadata("s", "summary", ""),
    ]


def test_metadata_is_in_the_request_when_wanted() -> None:
    encoder = Encoder(LABELS)
    for wanted, told in ((True, [("a_total", "How often."), ("b", "What.")]), (False, [])):
        request = WriteRequest()
        body = encoder.encode(BLOCKS, 1.0, metadata=wanted)
        request.ParseFromString(bytes(cramjam.snappy.decompress_raw(body)))
        assert [(entry.metric_family_name, entry.help) for entry in request.metadata] == told


def test_a_series_that_vanishes_is_ended_once() -> None:
    encoder = Encoder(LABELS)
    sent(encoder, gauges(a=1, b=2))
    encoder.taken()
    gone = sent(encoder, gauges(b=3), 2.0)
    assert [(s.name, s.timestamp, is_stale(s.value)) for s in gone] == [
        ("b", 2.0, False),
        ("a", 2.0, True),
    ]
    assert gone[1].labels == LABELS
    # The queue did not take it: the next one has to say so again.
    assert len(sent(encoder, gauges(b=3), 3.0)) == 2
    encoder.taken()
    assert len(sent(encoder, gauges(b=4), 4.0)) == 1


def test_a_series_that_comes_back_is_not_ended() -> None:
    encoder = Encoder({})
    shown = []
    for values in ({"a": 1, "b": 2}, {"b": 3}, {"b": 4, "a": 5}, {"a": 6, "b": 7}):
        found = sent(encoder, gauges(**values))
        shown.append([(s.name, s.value if not is_stale(s.value) else None) for s in found])
        encoder.taken()
    assert shown == [
        [("a", 1), ("b", 2)],
        [("b", 3), ("a", None)],
        [("b", 4), ("a", 5)],
        [("a", 6), ("b", 7)],
    ]


def test_farewell_ends_what_was_taken() -> None:
    encoder = Encoder(LABELS)
    sent(encoder, BLOCKS)
    assert encoder.farewell(2.0) is None
    encoder.taken()
    body = encoder.farewell(2.0)
    assert body is not None
    ended = decode(body)
    assert [s.name for s in ended] == ["a_total", "a_total", "b"]
    assert all(is_stale(s.value) for s in ended)


Values = st.dictionaries(
    st.text(max_size=9), st.floats() | st.integers(-(10**30), 10**30), min_size=1
)


@given(Values)
def test_what_is_handed_over_is_pushed(values: Mapping[str, float]) -> None:
    family = Family("a_total", "counter", "Any.", ("x",))
    layout = Layout(Series(family, (text,)) for text in values)
    found = layout.numbers([format_value(value) for value in values.values()])
    for text, value, identity, got in zip(
        values, values.values(), layout.identities(), found, strict=True
    ):
        assert struct.pack("<d", got) == struct.pack("<d", value) or math.isnan(value)
        assert identity == ("a_total", (("x", text.encode(errors="replace").decode()),))


@pytest.mark.parametrize("values", [[b"1", b"2"], [b"1", b"2", b"x"], [b"1", b"2", b"3", b"4"]])
def test_a_block_that_is_none_costs_only_itself(values: list[bytes]) -> None:
    blocks = [*gauges(x=1), Block(LAYOUT, values), *gauges(y=2)]
    encoder = Encoder({})
    with pytest.raises(ValueError):
        sent(encoder, blocks)
    assert [(s.name, s.value) for s in sent(encoder, sound(blocks))] == [("x", 1), ("y", 2)]


def test_a_series_may_not_come_twice() -> None:
    with pytest.raises(ValueError, match="twice"):
        sent(Encoder({}), [*gauges(x=1), *gauges(x=2)])
