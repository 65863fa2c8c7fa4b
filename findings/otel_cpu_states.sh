#!/usr/bin/env bash
# otel_cpu_states: OpenTelemetry's system metrics for Python have no state for nice, steal, iowait and softirq, and do
# not add up to 1.
#
# Software: PyPI's opentelemetry-instrumentation-system-metrics 0.66b2 and opentelemetry-sdk 1.45.2, with psutil
#           7.2.2.
# Guess:    the states of system.cpu.utilization are those of the system, and are 1 together, so that busy is 1 - idle
#           or the sum of the others as one likes.
# Seen:     as set by default they are idle, user, system and irq. With every CPU kept busy by a process of nice 19,
#           idle, user and system together come to far less than 1, and what is missing is in no series. Stolen time
#           is missing likewise.
# Bears on: batch work at low priority, and noisy neighbours: user + system says that the machine is free. The states
#           can be named in SystemMetricsInstrumentor(config=...).
#
# Run by hand on Linux with Python 3.11 or newer. It exits with 1 when the behaviour is another one, with 2 when it
# cannot be run.
set -euo pipefail

version=0.66b2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
{ python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check \
    "opentelemetry-instrumentation-system-metrics==$version" opentelemetry-sdk==1.45.2 psutil==7.2.2; } ||
    { echo "cannot be run: pip has no opentelemetry-instrumentation-system-metrics==$version" >&2; exit 2; }

venv/bin/python - <<'PYTHON'
import os
import subprocess
import sys
import time
from collections import Counter
from importlib.metadata import version

import psutil
from opentelemetry.instrumentation.system_metrics import SystemMetricsInstrumentor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

NAME = "opentelemetry-instrumentation-system-metrics"
CPUS = len(os.sched_getaffinity(0))


def shares(reader: InMemoryMetricReader) -> Counter[str]:
    """Mean share of each state over the CPUs since the last look."""
    found: Counter[str] = Counter()
    for scope in reader.get_metrics_data().resource_metrics[0].scope_metrics:
        for metric in scope.metrics:
            if metric.name == "system.cpu.utilization":
                for point in metric.data.data_points:
                    found[point.attributes["state"]] += point.value / psutil.cpu_count()
    return found


reader = InMemoryMetricReader()
SystemMetricsInstrumentor().instrument(meter_provider=MeterProvider([reader]))
burn = "import os\nos.nice(19)\nwhile True: pass"
burning = [subprocess.Popen([sys.executable, "-c", burn]) for _ in range(CPUS)]
try:
    time.sleep(1)
    shares(reader)
    before = psutil.cpu_times()
    time.sleep(4)
    seen = shares(reader)
    spent = [after - first for first, after in zip(before, psutil.cpu_times())]
finally:
    for process in burning:
        process.kill()
        process.wait()
nice = spent[before._fields.index("nice")] / sum(spent)
total = sum(seen.values())
print(NAME, version(NAME))
print("states:", ", ".join(f"{state} {share:.2f}" for state, share in seen.items()), f"- together {total:.2f}")
print(f"share of nice by the kernel: {nice:.2f}")
if nice < 0.1:
    print("cannot be run: other work leaves no time to a process of nice 19", file=sys.stderr)
    sys.exit(2)
if set(seen) != {"idle", "user", "system", "irq"} or total > 1 - nice + 0.1:
    sys.exit("another behaviour than the one described above")
PYTHON
