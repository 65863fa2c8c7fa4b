#!/usr/bin/env bash
# grafana_missing_is_zero: "Add field from calculation" takes a missing value as 0 when it calculates with two fields.
#
# Software: npm's @grafana/data 13.2.3, the code of Grafana's transformations.
# Guess:    where one of two machines (or a machine's price) has no value, their difference or ratio has none, as in
#           PromQL.
# Seen:     "Binary operation" takes the missing one as 0: a - b is all of a, work / price is Infinity without a price
#           and 0 without work. "Cumulative functions" take it as 0 as well (the running mean of 1, none, 3 is 1, 0.5,
#           1.33), while "Reduce row" of the same transformation leaves it out (mean of none and 5 is 5).
# Bears on: differences between machines, units per dollar and running means built in a panel: an outage reads as a
#           result.
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
// Under Node the code misses two things of a browser's.
globalThis.navigator ??= { language: "en-US" };
const { FieldType, standardTransformers, standardTransformersRegistry, toDataFrame, transformDataFrame } =
  require("@grafana/data");
const { lastValueFrom } = require("rxjs");
globalThis.window ??= {};
console.log("@grafana/data", require("@grafana/data/package.json").version);

const calculate = standardTransformers.calculateFieldTransformer;
standardTransformersRegistry.setInit(() => [
  { id: calculate.id, name: calculate.name, transformation: () => Promise.resolve(calculate) },
]);
const frame = toDataFrame({
  fields: [
    { name: "time", type: FieldType.time, values: [1000, 2000, 3000] },
    { name: "work", type: FieldType.number, values: [1, null, 3] },
    { name: "price", type: FieldType.number, values: [2, 5, null] },
  ],
});
const named = (name) => ({ matcher: { id: "byName", options: name } });
const calculated = async (options) => {
  const frames = await lastValueFrom(transformDataFrame([{ id: "calculateField", options }], [frame]));
  return frames[0].fields.at(-1).values.map(String).join(", ");
};
const binary = (operator) =>
  calculated({ mode: "binary", binary: { left: named("work"), operator, right: named("price") } });

(async () => {
  const seen = {
    "work - price": await binary("-"),
    "work / price": await binary("/"),
    "running mean of work": await calculated({
      mode: "cumulativeFunctions", cumulative: { field: "work", reducer: "mean" },
    }),
    "mean of the row": await calculated({ mode: "reduceRow", reduce: { reducer: "mean" } }),
  };
  console.log("work 1, none, 3; price 2, 5, none");
  for (const [name, values] of Object.entries(seen)) console.log(name.padEnd(21), values);
  const described = ["-1, -5, 3", "0.5, 0, Infinity", "1, 0.5, 1.3333333333333333", "1.5, 5, 3"];
  if (Object.values(seen).join(";") !== described.join(";")) {
    console.error("another behaviour than the one described above");
    process.exit(1);
  }
})();
JAVASCRIPT
node run.js
