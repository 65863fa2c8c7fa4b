#!/usr/bin/env bash
# grafanalib_hundred_points: a panel of grafanalib that says nothing of its points asks Grafana for 100, whatever its
# width.
#
# Software: PyPI's grafanalib 0.7.1, and npm's @grafana/data 13.2.3 for the step that Grafana works out from what it
#           wrote.
# Guess:    without a word in the code, a time series has as many points as its panel is wide, as one made in Grafana
#           has.
# Seen:     grafanalib writes "maxDataPoints": 100 into all panels. Over a day the step is 15 minutes (1 minute at
#           1,000 points), over a week 2 hours. rate(...[5m]) at a step of 15 minutes looks at a third of the time,
#           and misses the peaks of the rest.
# Bears on: dashboards as code; grafana/dashboards/generation.py sets the number of points itself.
#
# Run by hand with Python 3.11 and Node 20 or newer. It exits with 1 when the behaviour is another one, with 2 when it
# cannot be run.
set -euo pipefail

library=0.7.1
data=13.2.3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
{ python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check "grafanalib==$library"; } ||
    { echo "cannot be run: pip has no grafanalib==$library" >&2; exit 2; }
npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$folder" "@grafana/data@$data" >/dev/null ||
    { echo "cannot be run: npm has no @grafana/data@$data" >&2; exit 2; }

venv/bin/python - >panel.json <<'PYTHON'
import json

from grafanalib._gen import DashboardEncoder
from grafanalib.core import Target, TimeSeries

panel = TimeSeries(title="Busy", targets=[Target(expr="rate(x_total[5m])", refId="A")])
print(json.dumps(panel, cls=DashboardEncoder))
PYTHON

cat >run.js <<'JAVASCRIPT'
const { dateTime, rangeUtil } = require("@grafana/data");
const points = require("./panel.json").maxDataPoints;
console.log("grafanalib's maxDataPoints:", points);
const step = (hours, resolution) =>
  rangeUtil.calculateInterval({ from: dateTime(0), to: dateTime(hours * 3600e3) }, resolution).interval;
for (const hours of [24, 168]) {
  console.log(`${hours} h: step ${step(hours, points)}, at 1000 points ${step(hours, 1000)}`);
}
if (points !== 100 || step(24, points) !== "15m" || step(24, 1000) !== "1m" || step(168, points) !== "2h") {
  console.error("another behaviour than the one described above");
  process.exit(1);
}
JAVASCRIPT
node run.js
