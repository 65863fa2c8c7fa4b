"""The variables at the top of the dashboards, and the matchers that use them."""

from __future__ import annotations

from grafana.dashboards.words import Variable

JOB = Variable(
    name="job",
    label="Job",
    description="The scrape job of the machines' exporters.",
    query="label_values(node_cpu_seconds_total, job)",
)
MACHINE = Variable(
    name="instance",
    label="Machine",
    description="The machine's name in the inventory.",
    query='label_values(node_cpu_seconds_total{job=~"$job"}, instance)',
)
KERNEL = Variable(
    name="kernel",
    label="Kernel",
    description="The kernel that the load test ran.",
    query='label_values(perf_loadtest_max_units_per_second{instance=~"$instance"}, kernel)',
    many=False,
)


def machines(metric: str, *more: str) -> str:
    """A selector of a metric of the picked machines, with further matchers."""
    matchers = ",".join(('job=~"$job"', 'instance=~"$instance"', *more))
    return f"{metric}{{{matchers}}}"


def rate(metric: str, *more: str) -> str:
    """A counter's increase per second on the picked machines."""
    return f"rate({machines(metric, *more)}[$__rate_interval])"


def of_kernel(metric: str, *more: str) -> str:
    """A selector of a load test's metric: the picked machines and kernel."""
    return machines(metric, 'kernel="$kernel"', *more)
