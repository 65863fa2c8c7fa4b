#!/usr/bin/env bash
# grafana_delta_reducer: Grafana's calculation "Delta" loses the rise after each fall, so a counter's restart costs it
# twice.
#
# Software: npm's @grafana/data 13.2.3, the code by which Grafana's panels, legends and tables reduce a series.
# Guess:    "Delta", a cumulative change for counters, adds up all rises, as PromQL's increase() does: from 5, 10, 15,
#           a restart, 3 and 8 it makes 5 + 5 + 3 + 5 = 18, or 15 where the 3 is not counted.
# Seen:     10. A rise that follows a fall is left out too. Of a value that goes up by 10 and down by 5 in turn, with
#           50 points, only the first rise is counted: 10 of 250.
# Bears on: totals ("bytes written this week") made by a panel from a counter. Let the query make them, by increase().
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
const { FieldType, fieldReducers, reduceField } = require("@grafana/data");
console.log("@grafana/data", require("@grafana/data/package.json").version);
console.log("described as:", fieldReducers.get("delta").description);

const delta = (values) =>
  reduceField({ field: { name: "bytes", type: FieldType.number, config: {}, values }, reducers: ["delta"] }).delta;
const rises = (values) => values.slice(1).reduce((sum, value, i) => sum + Math.max(0, value - values[i]), 0);

const counter = [5, 10, 15, 3, 8];
const upAndDown = Array.from({ length: 50 }, (_, i) => (i % 2 ? 10 : 0) + 5 * Math.floor(i / 2));
console.log("counter that restarts", JSON.stringify(counter), "rises", rises(counter), "delta", delta(counter));
console.log("up by 10, down by 5, in turn: rises", rises(upAndDown), "delta", delta(upAndDown));
if (delta(counter) !== 10 || delta(upAndDown) !== 10 || rises(upAndDown) !== 250) {
  console.error("another behaviour than the one described above");
  process.exit(1);
}
JAVASCRIPT
node run.js
