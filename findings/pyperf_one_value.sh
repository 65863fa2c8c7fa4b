#!/usr/bin/env bash
# pyperf_one_value: pyperf calls one measurement a side significant, and three times the same difference not.
#
# Software: PyPI's pyperf 2.11.0, its command compare_to.
# Guess:    with one value a side there is nothing to tell a difference from noise by: "not significant", or a refusal.
# Seen:     one value a side is always reported as a difference: 1.00 s and 1.02 s are "1.02x slower", and below it stands
#           "ERROR when testing if values are significant", with status 0. With three values a side, the same two means and
#           a spread of 3 %, the difference is hidden as not significant.
# Bears on: nightly measurements of machines with one run each, and CI that takes the table's "slower" as a verdict.
#
# Run by hand with Python 3.11 or newer. It exits with 1 when the behaviour is another one, with 2 when it cannot be
# run.
set -euo pipefail

version=2.11.0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
{ python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check "pyperf==$version"; } ||
    { echo "cannot be run: pip has no pyperf==$version" >&2; exit 2; }

venv/bin/python - <<'PYTHON'
import pyperf

print("pyperf", pyperf.__version__)
sides = {"one-before": [1.00], "one-after": [1.02], "three-before": [0.97, 1.00, 1.03], "three-after": [0.99, 1.02, 1.05]}
for name, values in sides.items():
    runs = [pyperf.Run([value], metadata={"name": "machine"}, collect_metadata=False) for value in values]
    pyperf.Benchmark(runs).dump(f"{name}.json")
PYTHON
one=$(venv/bin/python -m pyperf compare_to one-before.json one-after.json 2>&1)
three=$(venv/bin/python -m pyperf compare_to three-before.json three-after.json 2>&1)
printf 'one value a side:\n%s\n\nthree values a side:\n%s\n' "$one" "$three"
if [[ $one != *"1.02x slower"* || $one == *"not significant"* || $three != *"not significant"* ]]; then
    echo "another behaviour than the one described above" >&2
    exit 1
fi
