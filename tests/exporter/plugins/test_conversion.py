"""From prometheus_client's families to those of a page that both formats' strict readers take."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import prometheus_client
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeHistogramMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    StateSetMetricFamily,
    SummaryMetricFamily,
    UnknownMetricFamily,
)
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text
from prometheus_client.samples import NativeHistogram

from exporter.plugins.conversion import convert
from exporter.plugins.layout import PluginLayout, shape_of, values_of
from perfanalysis.exposition.openmetrics import OPENMETRICS
from perfanalysis.exposition.rendering import TEXT, Block, Exposition, render_page


def page_of(metrics: Iterable[Any], exposition: Exposition = TEXT) -> str:
    families = convert(metrics).families
    block = Block(PluginLayout(shape_of(families)), values_of(families))
    return render_page([block], exposition).decode()


def lines(metrics: Iterable[Any]) -> list[str]:
    return [line for line in page_of(metrics).splitlines() if not line.startswith("# HELP")]


def family(kind: str, *samples: tuple[Any, ...]) -> Metric:
    """A family ``x`` of a type with these samples, which nobody checks."""
    metric = Metric("x", "Help.", kind)
    for sample in samples:
        metric.add_sample(*sample)
    return metric


def counter() -> Metric:
    metric = CounterMetricFamily("jobs", "Jobs.", labels=["queue"], created=5.5)
    metric.add_metric(["a"], 3, created=1.5)
    return metric


EACH = [
    (GaugeMetricFamily("load", "Load.", value=0.5), ["# TYPE load gauge", "load 0.5"]),
    (
        counter(),
        [
            "# TYPE jobs_total counter",
            'jobs_total{queue="a"} 3',
            "# TYPE jobs_created gauge",
            'jobs_created{queue="a"} 1.5',
        ],
    ),
    (UnknownMetricFamily("x", "Help.", value=-1), ["# TYPE x untyped", "x -1"]),
    (
        InfoMetricFamily("build", "Build.", value={"version": "1"}),
        ["# TYPE build_info gauge", 'build_info{version="1"} 1'],
    ),
    (
        StateSetMetricFamily("mode", "Mode.", value={"on": True, "off": False}),
        ["# TYPE mode gauge", 'mode{mode="off"} 0', 'mode{mode="on"} 1'],
    ),
    (
        SummaryMetricFamily("took", "Time.", count_value=2, sum_value=0.5),
        ["# TYPE took summary", "took_count 2", "took_sum 0.5"],
    ),
    (
        HistogramMetricFamily("took", "Time.", buckets=[("1.0", 1), ("+Inf", 3)], sum_value=7.0),
        [
            "# TYPE took histogram",
            'took_bucket{le="1"} 1',
            'took_bucket{le="+Inf"} 3',
            "took_count 3",
            "took_sum 7",
        ],
    ),
    (
        GaugeHistogramMetricFamily("size", "Sizes.", buckets=[("1", 1), ("+Inf", 3)], gsum_value=7),
        [
            "# TYPE size_bucket gauge",
            'size_bucket{le="1"} 1',
            'size_bucket{le="+Inf"} 3',
            "# TYPE size_gcount gauge",
            "size_gcount 3",
            "# TYPE size_gsum gauge",
            "size_gsum 7",
        ],
    ),
    # As collectors of before prometheus_client had families: names of their own in one family.
    (
        family("untyped", ("x_free", {}, 1), ("x_used", {"disk": "a"}, 2)),
        ["# TYPE x_free untyped", "x_free 1", "# TYPE x_used untyped", 'x_used{disk="a"} 2'],
    ),
    (family("counter", ("x", {}, 1)), ["# TYPE x counter", "x 1"]),
    (family("gauge"), []),
]


@pytest.mark.parametrize(("metric", "shown"), EACH, ids=lambda value: getattr(value, "type", None))
def test_each_type_is_shown_as_the_text_format_has_it(metric: Metric, shown: list[str]) -> None:
    assert convert([metric]).refusals == []
    assert lines([metric]) == shown


def test_strict_readers_take_all_types_together() -> None:
    names = ["load", "jobs", "build", "mode", "took", "size"]
    metrics = [metric for metric, _ in EACH if metric.name in names]
    # Of the two named "took" the first is shown.
    assert [r.name for r in convert(metrics).refusals] == ["took"]
    found = {one.name: one for one in read_openmetrics(page_of(metrics, OPENMETRICS))}
    assert found["jobs"].type == "counter"
    assert {s.name for s in found["jobs"].samples} == {"jobs_total", "jobs_created"}
    assert "build_info" in {one.name for one in read_text(page_of(metrics))}


def test_instruments_and_registries_are_families_too() -> None:
    registry = CollectorRegistry(target_info={"env": "test"})
    prometheus_client.Counter("hits", "Hits.", ["path"], registry=registry).labels("/").inc()
    with prometheus_client.Histogram("took", "Time.", registry=registry).time():
        pass
    page = page_of(registry.collect(), OPENMETRICS)
    found = {one.name: one.type for one in read_openmetrics(page)}
    assert found == {"target_info": "gauge", "hits": "counter", "took": "histogram"}


def test_numbers_of_other_kinds_are_numbers() -> None:
    values = [True, Decimal("0.5"), "7", math.inf, 2**70, float("nan")]
    samples = [("x", {"n": str(place)}, value) for place, value in enumerate(values)]
    shown = [line.rpartition(" ")[2] for line in lines([family("gauge", *samples)])[1:]]
    assert shown == ["1", "0.5", "7", "+Inf", "1.1805916207174113e+21", "NaN"]


REFUSED = [
    (family("gauge", ("x", {}, None)), "expected a number, found None"),
    (family("gauge", ("x", {}, "many")), "expected a number, found 'many'"),
    (family("gauge", ("x", {}, 10**400)), "expected a number"),
    (family("gauge", ("x", {"a-b": ""}, 1)), "has the label 'a-b'"),
    (family("gauge", ("x", {"__a": ""}, 1)), "has the label '__a'"),
    (family("gauge", ("x", {1: ""}, 1)), "has the label 1"),
    (family("gauge", ("x", {"a": 1}, 1)), "expected text as a, found 1"),
    (family("gauge", ("x", {"a": None}, 1)), "expected text as a, found None"),
    (family("gauge", ("x", {}, 1), ("x", {}, 2)), "has the labels {} twice"),
    (family("gauge", ("x", {"a": ""}, 1), ("x", {}, 2)), "twice"),
    (family("gauge", ("x", {}, 1, 1234.5)), "has a timestamp"),
    (family("gauge", ("x.y", {}, 1)), "'x.y' is no name of the text format"),
    (family("gauge", ("größe", {}, 1)), "is no name of the text format"),
    (family("histogram", ("x_bucket", {}, 1)), "x_bucket has no le"),
    (family("histogram", ("x_bucket", {"le": "wide"}, 1)), "expected a number, found 'wide'"),
    (family("histogram", ("x_bucket", {"le": "nan"}, 1)), "NaN is no bound"),
    (
        family("histogram", ("x", {}, 0, None, None, NativeHistogram(1, 1, 1, 0, 0))),
        "is a native histogram",
    ),
    ("x", "AttributeError"),
    (None, "AttributeError"),
]


@pytest.mark.parametrize(("metric", "said"), REFUSED, ids=[said for _, said in REFUSED])
def test_a_family_that_no_page_can_hold_costs_itself_alone(metric: Any, said: str) -> None:
    before, behind = GaugeMetricFamily("a", "A.", value=1), GaugeMetricFamily("z", "Z.", value=2)
    converted = convert([before, metric, behind])
    assert [one.name for one in converted.families] == ["a", "z"]
    assert len(converted.refusals) == 1
    assert said in converted.refusals[0].text


def test_pieces_of_a_family_come_together_and_others_of_its_names_do_not() -> None:
    pieces = [family("gauge", ("x", {"n": n}, 1)) for n in "ab"]
    assert lines(pieces) == ["# TYPE x gauge", 'x{n="a"} 1', 'x{n="b"} 1']
    for other in (
        family("gauge", ("x", {"n": "a"}, 1)),
        family("counter", ("x", {"n": "c"}, 1)),
        HistogramMetricFamily("x", "X.", buckets=[("+Inf", 1)], sum_value=1),
    ):
        converted = convert([*pieces, other])
        assert [one.name for one in converted.families] == ["x"]
        assert len(converted.refusals) == 1


def test_odd_texts_do_not_break_the_page() -> None:
    odd = 'a\\b"c\nd\x00é\ud800'
    metric = GaugeMetricFamily("x", odd, labels=["of"])
    metric.add_metric([odd], 1)
    for exposition, read in ((TEXT, read_text), (OPENMETRICS, read_openmetrics)):
        (found,) = read(page_of([metric], exposition))
        assert found.samples[0].labels == {"of": odd.replace("\ud800", "?")}


NAMES = st.sampled_from(["a", "a_total", "a_created", "a_sum", "a_bucket", "b", "b_info"])
KINDS = st.sampled_from(["counter", "gauge", "histogram", "summary", "info", "stateset", "unknown"])
SUFFIXES = st.sampled_from(["", "_total", "_created", "_bucket", "_sum", "_count", "_info"])
LABELS = st.dictionaries(
    st.sampled_from(["le", "quantile", "n"]), st.sampled_from(["", "1", "0.5", "+Inf"])
)
VALUES = st.one_of(st.integers(-2, 5), st.floats())


@st.composite
def anything(draw: st.DrawFn) -> Metric:
    metric = Metric(draw(NAMES), "Help.", draw(KINDS))
    for suffix, labels, value in draw(st.lists(st.tuples(SUFFIXES, LABELS, VALUES), max_size=5)):
        metric.add_sample(metric.name + suffix, labels, value)
    return metric


@given(st.lists(anything(), max_size=4))
@settings(max_examples=60, deadline=None)
def test_whatever_comes_strict_readers_take_the_page(metrics: list[Metric]) -> None:
    converted = convert(metrics)
    written = sum(len(one.series) for one in converted.families)
    for exposition, read in ((TEXT, read_text), (OPENMETRICS, read_openmetrics)):
        found = list(read(page_of(metrics, exposition)))
        assert sum(len(one.samples) for one in found) == written
