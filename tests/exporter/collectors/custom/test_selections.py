"""Values found in what sources give."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.collecting import CollectorError
from exporter.collectors.custom.expressions import Pattern
from exporter.collectors.custom.metrics import Metric, check_samples
from exporter.collectors.custom.selections import (
    MOST_SERIES,
    Column,
    Expression,
    JsonPath,
    Selection,
    number_of,
)
from perfanalysis.exposition.families import Family
from perfanalysis.exposition.rendering import TEXT, Layout
from tests.exporter.conftest import samples_of

STATUS = b"Name: x\nPid:\t17\ndepth 3 of 10\nq=a n=1\nq=b n=2\nroot:x:0:0\n"
QUEUES = json.dumps(
    {
        "up": True,
        "load": "0.75",
        "big": 12345678901234567890,
        "queues": [{"name": "mail", "n": 3}, {"name": "web", "n": 0.5}],
        "none": None,
        "empty": [],
    }
).encode()


def expression(text: str) -> Expression:
    return Expression(Pattern(text))


@pytest.mark.parametrize(
    ("selection", "data", "found"),
    [
        (expression(r"depth (\d+)"), STATUS, [((), "3")]),
        (expression(r"^q=(?P<q>\w) n=(?P<value>\d)$"), STATUS, [(("a",), "1"), (("b",), "2")]),
        (expression(r"n=(?P<value>\d)"), STATUS, [((), "1")]),
        (expression(r"(?:(?P<q>z)|depth) (?P<value>\d+)"), STATUS, [(("",), "3")]),
        (expression(r"(\d+)"), b"\xff\xfe 12", [((), "12")]),
        (Column(1), b" 42 \n", [((), "42")]),
        (Column(-1, 3), STATUS, [((), "10")]),
        (Column(2, "Pid:"), STATUS, [((), "17")]),
        (Column(3, -1, ":"), STATUS, [((), "0")]),
        (JsonPath("up"), QUEUES, [((), "1")]),
        (JsonPath("load"), QUEUES, [((), "0.75")]),
        (JsonPath("big"), QUEUES, [((), "12345678901234567890")]),
        (JsonPath("queues[?name=='web'].n | [0]"), QUEUES, [((), "0.5")]),
        (JsonPath("length(queues)"), QUEUES, [((), "2")]),
        (
            JsonPath("queues[*].{queue: name, value: n}", ("queue",)),
            QUEUES,
            [(("mail",), "3"), (("web",), "0.5")],
        ),
        (JsonPath("empty", ("queue",)), QUEUES, []),
        (JsonPath("{a: up, b: none, value: `7`}", ("a", "b")), QUEUES, [(("true", ""), "7")]),
    ],
)
def test_what_is_found(
    selection: Selection, data: bytes, found: list[tuple[tuple[str, ...], str]]
) -> None:
    assert selection.select(data) == found


@pytest.mark.parametrize(
    ("selection", "data", "said"),
    [
        (expression(r"width (\d+)"), STATUS, "nothing matches"),
        (expression(r"(?P<q>\d)(?P<value>)"), b"1" * (MOST_SERIES + 1), "more than 1000 matches"),
        (Column(1, 99), STATUS, "there is no line 99"),
        (Column(1), b"", "there is no line 1"),
        (Column(1, "Absent"), STATUS, "there is no line 'Absent'"),
        (Column(9), STATUS, "line 1 has no column 9"),
        (Column(-9), STATUS, "line 1 has no column -9"),
        (JsonPath("up"), b"<html>", "expected JSON"),
        (JsonPath("up"), b"[" * 100_000, "expected JSON"),
        (JsonPath("up"), b"\xff", "expected JSON"),
        (JsonPath("down"), QUEUES, "'down' gives nothing"),
        (JsonPath("queues"), QUEUES, "gives a list or an object, expected a number"),
        (JsonPath("sum(load)"), QUEUES, "'sum(load)': "),
        (JsonPath("queues", ("queue",)), QUEUES, "expected objects with value, queue"),
        (JsonPath("none", ("queue",)), QUEUES, "expected objects with value, queue"),
        (JsonPath("{a: queues, value: `1`}", ("a",)), QUEUES, "expected text as a"),
    ],
)
def test_what_is_not_there(selection: Selection, data: bytes, said: str) -> None:
    with pytest.raises(CollectorError) as caught:
        selection.select(data)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "text", ["1", "-1", "+1.5", ".5", "1.", "1e-3", "00", "18446744073709551615"]
)
def test_numbers(text: str) -> None:
    assert number_of(text) == float(text)


@pytest.mark.parametrize(
    "text", ["", "-", ".", "1_000", "0x10", "nan", "inf", "1e999", "1,5", "٣", "1 2", "true"]
)
def test_no_numbers(text: str) -> None:
    with pytest.raises(CollectorError, match="expected a number"):
        number_of(text)


@pytest.mark.parametrize("text", ["(a+)+b", "(a|a)*b", "(.*)*x(y)?", "a{0,900}a{900}(b)"])
def test_no_expression_takes_more_time_than_its_text_is_long(text: str) -> None:
    # Python's own would be at it until the end of days.
    with pytest.raises(CollectorError, match="nothing matches"):
        expression(text).select(b"a" * 100_000)


@pytest.mark.parametrize(
    ("text", "names"),
    [(r"(\d)", ()), (r"(?P<value>\d)(?P<a>x)", ("value", "a")), (r"(?P<b>.)|(?P<a>.)", ("b", "a"))],
)
def test_the_names_of_groups_in_their_order(text: str, names: tuple[str, ...]) -> None:
    assert Pattern(text).names == names
    assert Pattern(text) == Pattern(text) != Pattern(f"{text}x")


@pytest.mark.parametrize("text", ["(", "(?<=a)b", r"(a)\1", "a++", "(?P<a>.)(?P<a>.)", "a{1001}"])
def test_what_re2_does_not_know_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        Pattern(text)
    assert "(?m)" not in str(caught.value)


def metric(kind: str = "gauge", scale: float = 1.0) -> Metric:
    family = Family("depth", kind, "Help.", ("site", "q"))  # type: ignore[arg-type]
    return Metric(family, ("fra",), expression(r"(?P<q>\w+)=(?P<value>\S+)"), scale)


def test_series_have_all_labels_and_scaled_values() -> None:
    series = metric(scale=0.001).samples(b"a=1500 b=-2")
    assert [(sample.labels, value) for sample, value in series] == [
        (("fra", "a"), b"1.5"),
        (("fra", "b"), b"-0.002"),
    ]
    exact = metric().samples(b"a=18446744073709551615 b=+7")
    assert [value for _, value in exact] == [b"18446744073709551615", b"7"]


def test_counters_are_not_negative_and_labels_come_once() -> None:
    with pytest.raises(CollectorError, match="at least 0"):
        metric("counter").samples(b"a=-1")
    with pytest.raises(CollectorError, match="twice"):
        check_samples(metric().samples(b"a=1 a=2"))


@given(st.binary(max_size=300))
def test_no_bytes_break_a_page(data: bytes) -> None:
    for selection in (
        expression(r"(?P<q>[^=\s]*)=(?P<value>\S*)"),
        Column(2, -1),
        JsonPath("@", ("q",)),
    ):
        labels = ("site", *selection.labels)
        made = Metric(Family("depth", "untyped", "Help.", labels), ("fra",), selection)
        try:
            series = made.samples(data)
            check_samples(series)
        except CollectorError:
            continue
        page = Layout(sample for sample, _ in series).render([v for _, v in series], TEXT)
        assert len(samples_of(page)) == len(series)
