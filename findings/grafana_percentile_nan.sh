#!/usr/bin/env bash
# grafana_percentile_nan: one NaN among the points makes Grafana's percentiles wrong numbers, and nothing shows it.
#
# Software: npm's @grafana/data 13.2.3, the code by which Grafana's panels, legends and tables reduce a series.
# Guess:    a NaN (PromQL's 0/0, say a ratio while nothing was asked) is left out, as mean and max leave it out, or
#           the percentile becomes NaN and everybody sees it.
# Seen:     percentiles sort with a - b, to which a NaN is equal to all: what stands before it and what stands behind
#           it are sorted apart. Of 19 values P95 is 95 and P5 is 2; with one NaN among them P95 is 15 and P5 is 95,
#           while max (99) and mean (22.1) do not change. The median goes from 10 to 6.5.
# Bears on: whoever reads a P95 in a Stat, a legend or a "Reduce" of a ratio.
#
# Run by hand with Node 20 or newer. It exits with 1 when the behaviour is another one, with 2 when it cannot be run.
set -euo pipefail

version=13.2.3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --ignore-scripts --no-audit --no-fund --prefix "$folder" "@grafana/data@$version" >/dev/null ||
    { echo "cannot be run: npm has no @grafana/data@$version" >&2; exit 2; }

cat >run.js <<'JAVASCRIPT'
const { FieldType, dataFrameFromJSON, reduceField } = require("@grafana/data");
console.log("@grafana/data", require("@grafana/data/package.json").version);

const values = [90, 95, 99, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
// As Grafana's server sends a NaN: null in the values, its place in the entities.
const withNaN = dataFrameFromJSON({
  schema: { fields: [{ name: "busy", type: FieldType.number }] },
  data: { values: [[...values.slice(0, 3), null, ...values.slice(3)]], entities: [{ NaN: [3] }] },
}).fields[0];
const without = { name: "busy", type: FieldType.number, config: {}, values };

const reducers = ["p5", "p50", "p95", "max", "mean", "median"];
const before = reduceField({ field: without, reducers });
const after = reduceField({ field: withNaN, reducers });
for (const id of reducers) {
  console.log(id.padEnd(7), "without a NaN", before[id].toFixed(1).padStart(5), " with one", after[id].toFixed(1));
}
const seen = before.p95 === 95 && before.p5 === 2 && after.p95 === 15 && after.p5 === 95
  && after.max === before.max && after.mean === before.mean && after.median === 6.5;
if (!seen) {
  console.error("another behaviour than the one described above");
  process.exit(1);
}
JAVASCRIPT
node run.js
