"""Plug-ins in push mode: their samples are sent, and their series ended when they have gone."""

from __future__ import annotations

import math

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from exporter.plugins.conversion import convert
from exporter.plugins.layout import PluginLayout, shape_of, values_of
from exporter.pushing.encoding import Encoder, metadata_of
from perfanalysis.delivery.remote_write import Metadata, decode
from perfanalysis.exposition.rendering import Block


def block_of(*metrics: Metric) -> Block:
    families = convert(metrics).families
    return Block(PluginLayout(shape_of(families)), values_of(families))


def test_samples_are_sent_and_series_that_have_gone_are_ended() -> None:
    jobs = CounterMetricFamily("jobs", "Jobs.", labels=["queue"])
    jobs.add_metric(["mail"], 3)
    took = HistogramMetricFamily("took", "Time.", buckets=[("1.0", 1), ("+Inf", 2)], sum_value=2.5)
    load = GaugeMetricFamily("load", "Load.", value=0.5)
    encoder = Encoder({"job": "node"})
    whole = block_of(jobs, took, load)
    sent = decode(encoder.encode([whole], 1.0, metadata=False))
    assert [(one.name, one.labels, one.value) for one in sent] == [
        ("jobs_total", {"job": "node", "queue": "mail"}, 3),
        ("took_bucket", {"job": "node", "le": "1"}, 1),
        ("took_bucket", {"job": "node", "le": "+Inf"}, 2),
        ("took_count", {"job": "node"}, 2),
        ("took_sum", {"job": "node"}, 2.5),
        ("load", {"job": "node"}, 0.5),
    ]
    assert metadata_of([whole.layout]) == [
        Metadata("jobs_total", "counter", "Jobs."),
        Metadata("took", "histogram", "Time."),
        Metadata("load", "gauge", "Load."),
    ]
    encoder.taken()
    after = decode(encoder.encode([block_of(jobs, took)], 2.0, metadata=False))
    ended = [one.name for one in after if math.isnan(one.value)]
    assert ended == ["load"]
