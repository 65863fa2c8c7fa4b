#!/usr/bin/env bash
# hdrhistogram_dropped: latencies above the histogram's range are left out, so that a worse service has a better P99.
#
# Software: PyPI's hdrhistogram 0.10.8.
# Guess:    a value above the highest that a histogram was made for raises an error, as in Java, or counts as the highest.
# Seen:     record_value() returns False, and the value is in no count, mean, maximum or percentile. Of 1,000 requests, 50
#           of them beyond the range of 10 s, P99 is 100 ms and the maximum 100 ms. A service whose 50 slow requests took
#           9 s, within the range, has a P99 of 9 s: it looks worse than the one that takes 20.
# Bears on: comparing services or machines by percentiles of latency in overload, where the slow ones leave the range.
#
# Run by hand with Python 3.11 or newer. It exits with 1 when the behaviour is another one, with 2 when it cannot be
# run.
set -euo pipefail

version=0.10.8
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
{ python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check "hdrhistogram==$version"; } ||
    { echo "cannot be run: pip has no hdrhistogram==$version" >&2; exit 2; }

venv/bin/python -W error - <<'PYTHON'
import sys
from importlib.metadata import version

from hdrh.histogram import HdrHistogram

print("hdrhistogram", version("hdrhistogram"))
seen = {}
for slow in (9_000, 20_000):
    histogram = HdrHistogram(1, 10_000, 3)
    recorded = [histogram.record_value(100) for _ in range(950)] + [histogram.record_value(slow) for _ in range(50)]
    seen[slow] = (histogram.total_count, histogram.get_value_at_percentile(99), histogram.get_max_value(), recorded[-1])
    count, p99, highest, told = seen[slow]
    print(f"950 of 100 ms, 50 of {slow} ms: count {count}, P99 {p99} ms, maximum {highest} ms, record_value() {told}")
if seen[20_000] != (950, 100, 100, False) or seen[9_000][0] != 1000 or not 8_900 < seen[9_000][1] < 9_100:
    sys.exit("another behaviour than the one described above")
PYTHON
