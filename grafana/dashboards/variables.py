"""The variables at the top of the dashboards, and the matchers that use them."""

from __future__ import annotations

from grafana.dashboards.words import Variable
from perfanalysis.kinds.catalogue import KINDS

# One series a machine, whoever exports it. Those that answered within the range, and those that did
# at some time before: a job all of whose machines are down is still one of machines.
_BOOTED = "node_boot_time_seconds"
JOB = Variable(
    name="job",
    label="Job",
    description=(
        "The scrape jobs of machines, by who exported one within the range, or within 15 days."
    ),
    query=(
        f"group by (job) (last_over_time({_BOOTED}[$__range]))"
        f" or last_over_time(group by (job) ({_BOOTED})[15d:6h])"
    ),
    result_label="job",
    # All of them by name: other jobs' targets are no machines.
    all_value="",
)
MACHINE = Variable(
    name="instance",
    label="Machine",
    description="The machine's name in the inventory.",
    query='label_values(node_cpu_seconds_total{job=~"$job"}, instance)',
)
PORTAL = Variable(
    name="portal",
    label="Portal",
    description="The portals that Prometheus scrapes.",
    query="label_values(perf_portal_requests_in_progress, instance)",
)
KERNEL = Variable(
    name="kernel",
    label="Kernel",
    description=(
        "The kernel that the load test ran. What rmw, the old unit, predicts of real work is not "
        "known; a kernel of its kind, 16-bit division, was off by 40 % (median) for a cache "
        "server, 64 % for a web server, 32 % for gzip. Kinds of work say more."
    ),
    query='label_values(perf_loadtest_max_units_per_second{instance=~"$instance"}, kernel)',
    many=False,
)

_GENERAL = "general"
KIND = Variable(
    name="kind",
    label="Kind of work",
    description="The real work that several kernels together foretell (docs/kinds.md).",
    many=False,
    choices=tuple(
        (name, name)
        for name in (_GENERAL, *(k.name for k in KINDS if k.headline and k.name != _GENERAL))
    ),
)
PURCHASE = Variable(
    name="purchase",
    label="Purchase option",
    description="Which of a machine's prices counts.",
    query="label_values(perf_machine_price_dollars_per_hour, purchase)",
    many=False,
    first="on_demand",
)
MEASURE = Variable(
    name="per",
    label="Compare by",
    description="Work alone, or work for each dollar that an hour costs.",
    many=False,
    choices=(
        ("performance (units/s)", "0"),
        ("price-performance (units/s per $/h)", "1"),
    ),
)
BASELINE = Variable(
    name="baseline",
    label="Baseline",
    description="The machine that the others are compared with.",
    query='label_values(perf_loadtest_max_units_per_second{job=~"$job"}, instance)',
    many=False,
)
# A label that nobody has given is empty, and All has to match that too.
CLUSTER = Variable(
    name="cluster",
    label="Cluster",
    description="The label `cluster`, where machines are scraped with one.",
    query='label_values(up{job=~"$job"}, cluster)',
    all_value=".*",
)
TENANT = Variable(
    name="tenant",
    label="Tenant",
    description="The label `tenant`, where machines are scraped with one.",
    query='label_values(up{job=~"$job"}, tenant)',
    all_value=".*",
)
PROVIDER = Variable(
    name="provider",
    label="Provider",
    description="Who runs the machine.",
    query='label_values(perf_machine_info{job=~"$job"}, provider)',
    all_value=".*",
)
REGION = Variable(
    name="region",
    label="Region",
    description="The provider's region.",
    query='label_values(perf_machine_info{job=~"$job",provider=~"$provider"}, region)',
    all_value=".*",
)
NAMESPACE = Variable(
    name="namespace",
    label="Namespace",
    description="The namespace of Kubernetes.",
    query='label_values(perf_container_info{job=~"$job",pod!=""}, namespace)',
)
CONTAINER = Variable(
    name="name",
    label="Container",
    description="The container's name.",
    query='label_values(container_processes{job=~"$job",instance=~"$instance"}, name)',
)
TESTED = Variable(
    name="instance",
    label="Machine",
    description="Machines that have a load test.",
    query='label_values(perf_loadtest_max_units_per_second{job=~"$job"}, instance)',
)
KERNELS = Variable(
    name="kernel",
    label="Kernel",
    description="The kernels that load tests ran.",
    query='label_values(perf_loadtest_max_units_per_second{job=~"$job"}, kernel)',
)
MOST = 8  # series in a chart: more names than that cannot be read
FLEET = (JOB, CLUSTER, TENANT, PROVIDER, REGION)

_WHOSE = ",".join(
    f'{label}=~"${label}"' for label in ("job", "cluster", "tenant", "provider", "region")
)
# Who runs a machine is told by our exporter only. A machine of node_exporter has no such series:
# its `up` passes where every provider is wanted, since a label that is missing matches `.*`.
_INFO = f"perf_machine_info{{{_WHOSE}}}"
_UP = f"up{{{_WHOSE}}}"
_AT_ENDS = " or ".join(f"{each} @ {end}()" for end in ("end", "start") for each in (_INFO, _UP))


def fleet(metric: str, *more: str) -> str:
    """A metric of all machines that the fleet's filters let through, with further matchers.

    The labels that tell whose machines they are stand on scraped series: a recorded one has ``job``
    and ``instance`` only. It is between parentheses, so that it can stand in any expression.
    """
    own = ",".join(('job=~"$job"', *more))
    return f"({metric}{{{own}}} and on (job, instance) ({_INFO} or {_UP}))"


def fleet_course(metric: str, *more: str) -> str:
    """The same for a course: the filters are asked for at the range's ends only, and not each step.

    Machines that both came and went within the range are left out.
    """
    own = ",".join(('job=~"$job"', *more))
    return f"({metric}{{{own}}} and on (job, instance) ({_AT_ENDS}))"


def worst(metric: str, most: int = MOST) -> str:
    """The machines of the fleet with the highest values of a recorded metric in the time range.

    Who they are is worked out once, and the filters are asked for at the range's ends only: with
    1,000 machines that takes a tenth of the time that a join at each step takes. Machines that both
    came and went within the range are left out.
    """
    own = f'{metric}{{job=~"$job"}}'
    highest = f"max_over_time({own}[$__range] @ end()) and on (job, instance) ({_AT_ENDS})"
    picked = f"topk({most}, max by (instance) ({highest}))"
    return f"max by (instance) ({own} and on (instance) {picked})"


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


def containers(metric: str, *more: str) -> str:
    """A selector of a metric of the picked containers."""
    return machines(metric, 'name=~"$name"', *more)


def of_highest(expression: str, most: int = MOST) -> str:
    """All series of the machines that have the highest values of an expression at that moment."""
    return f"({expression}) and on (instance) topk({most}, max by (instance) ({expression}))"


def highest(expression: str, by: str, most: int = MOST) -> str:
    """The series of an expression that are highest within the time range.

    ``topk`` alone picks anew at each step, so that a chart gets far more series than it asked for;
    here they are picked once, by their highest value of the range.

    Args:
        expression: what is drawn; its labels are ``by``.
        by: the labels that tell its series apart.
        most: how many.
    """
    whole = f"({expression})[$__range:$__rate_interval] @ end()"
    return f"({expression}) and on ({by}) topk({most}, max_over_time({whole}))"
