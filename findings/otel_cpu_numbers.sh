#!/usr/bin/env bash
# otel_cpu_numbers: OpenTelemetry's system metrics for Python call the first CPU 1, which node_exporter and the kernel
# call 0.
#
# Software: PyPI's opentelemetry-instrumentation-system-metrics 0.66b2 and opentelemetry-sdk 1.45.2, with psutil
#           7.2.2.
# Guess:    the attribute "cpu" of system.cpu.utilization is the kernel's number, so that it joins with
#           node_exporter's label (node_cpu_seconds_total{cpu="0"}) and with /sys/devices/system/cpu/cpu0.
# Seen:     the attributes are 1 to N, for cpu0 to cpuN-1. A join on cpu pairs each CPU with its neighbour, and loses
#           one.
# Bears on: whoever keeps both in one store, looks at CPUs one by one (interrupts, pinning), or moves from one to the
#           other.
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
import re
import sys
from importlib.metadata import version
from pathlib import Path

from opentelemetry.instrumentation.system_metrics import SystemMetricsInstrumentor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

NAME = "opentelemetry-instrumentation-system-metrics"
reader = InMemoryMetricReader()
instrumentor = SystemMetricsInstrumentor(config={"system.cpu.utilization": ["idle", "user", "system"]})
instrumentor.instrument(meter_provider=MeterProvider([reader]))
scopes = reader.get_metrics_data().resource_metrics[0].scope_metrics
points = [point for scope in scopes for metric in scope.metrics for point in metric.data.data_points]
told = sorted({point.attributes["cpu"] for point in points})
kernel = sorted(int(number) for number in re.findall(r"^cpu(\d+) ", Path("/proc/stat").read_text(), re.MULTILINE))
print(NAME, version(NAME))
print("cpu in the metrics:", told)
print("cpu in /proc/stat: ", kernel)
if told != list(range(1, len(kernel) + 1)):
    sys.exit("another behaviour than the one described above")
PYTHON
