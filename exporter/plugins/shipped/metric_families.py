"""prometheus_client's families for ours, which are declared once."""

from __future__ import annotations

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from perfanalysis.exposition.families import Family


def empty(family: Family) -> CounterMetricFamily | GaugeMetricFamily:
    """The family without samples."""
    kind = CounterMetricFamily if family.type == "counter" else GaugeMetricFamily
    return kind(family.name, family.help, labels=family.labels)


def of_one(family: Family, value: float) -> Metric:
    """The family with its one sample."""
    metric = empty(family)
    metric.add_metric((), value)
    return metric
