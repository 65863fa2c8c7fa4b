#!/usr/bin/env bash
# prometheus_api_client_value_label: a label named "value" or "timestamp" is gone from the table of an answer.
#
# Software: PyPI's prometheus-api-client 0.7.2, with pandas 3.1.1.
# Guess:    each label of a series is a column beside the sample's time and value, or a clash of names is refused.
# Seen:     the sample is written over the label, without a word: of two series that differ in {value="min"} and
#           {value="max"}, MetricSnapshotDataFrame and MetricRangeDataFrame give rows that nothing tells apart.
#           `timestamp` goes the same way.
# Bears on: whoever reads our metrics, or those of exporters whose labels have such names, into pandas.
#
# Run by hand with Python 3.11 or newer. It exits with 1 when the behaviour is another one, with 2 when it cannot be
# run.
set -euo pipefail

version=0.7.2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
{ python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check "prometheus-api-client==$version" pandas==3.1.1; } ||
    { echo "cannot be run: pip has no prometheus-api-client==$version" >&2; exit 2; }

venv/bin/python - <<'PYTHON'
import sys
from importlib.metadata import version

from prometheus_api_client import MetricRangeDataFrame, MetricSnapshotDataFrame

print("prometheus-api-client", version("prometheus-api-client"))
names = ("value", "timestamp")
gone = []
for name in names:
    labels = [{"__name__": "temperature", name: which} for which in ("min", "max")]
    at_one = MetricSnapshotDataFrame(
        [{"metric": own, "value": [1700000000, "20"]} for own in labels]
    )
    over = MetricRangeDataFrame(
        [{"metric": own, "values": [[1700000000, "20"]]} for own in labels]
    )
    for kind, table in (("at one time", at_one), ("over a range", over)):
        table = table.reset_index(drop=kind == "at one time")
        rows = table.astype(str).values.tolist()
        lost = not any("min" in row or "max" in row for row in rows)
        gone.append(lost and rows[0] == rows[1])
        print(f"label {name}, {kind}: {rows}")
if not all(gone):
    sys.exit("another behaviour than the one described above")
PYTHON
