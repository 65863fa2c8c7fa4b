#!/usr/bin/env bash
# promtool_repeated_zero: in unit tests of rules, a series `0x30` means another thing to YAML's own readers.
#
# Software: Debian's package prometheus, 2.42.0+ds-5+deb12u1 (Debian 12), with its promtool; PyYAML 6.0.3.
# Guess:    who reads a file of promtool's unit tests as YAML, and writes it again, has the same tests.
# Seen:     promtool takes `values: 0x30` as 31 zeros ("0, and 30 more"). PyYAML's safe loader takes the same two
#           words as the number 48, and writes 48: the series then has one sample, and a rule about an hour of
#           zeros that passed fails.
# Bears on: whoever makes rule tests from others (for a second cluster, say): load them with PyYAML's BaseLoader.
#
# Run by hand on Debian 12. It exits with 1 when the behaviour is another one, with 2 when it cannot be run.
set -euo pipefail

version=2.42.0+ds-5+deb12u1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"

apt-get -qq -o APT::Sandbox::User="$(id -un)" download "prometheus=$version" >/dev/null ||
    { echo "cannot be run: apt-get has no prometheus=$version (apt-get update?)" >&2; exit 2; }
dpkg-deb -x prometheus_*.deb tree
promtool=$folder/tree/usr/bin/promtool
"$promtool" --version 2>&1 | head -1
python3 -m venv python && python/bin/pip install --quiet --disable-pip-version-check PyYAML==6.0.3 ||
    { echo "cannot be run: pip has no PyYAML 6.0.3" >&2; exit 2; }

cat >rules.yml <<'RULES'
groups:
  - name: made
    rules:
      - record: idle:count
        expr: count_over_time(busy[1h])
RULES
cat >test.yml <<'TEST'
rule_files: [rules.yml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - series: busy
        values: 0x30
    promql_expr_test:
      - expr: idle:count
        eval_time: 30m
        exp_samples: [{labels: 'idle:count', value: 31}]
TEST
cat >again.py <<'PYTHON'
import yaml

with open("test.yml") as file:
    tests = yaml.safe_load(file)
print("PyYAML reads 0x30 as", repr(tests["tests"][0]["input_series"][0]["values"]))
with open("again.yml", "w") as file:
    yaml.safe_dump(tests, file)
PYTHON

first=0 second=0
"$promtool" test rules test.yml || first=$?
python/bin/python again.py | tee said
"$promtool" test rules again.yml || second=$?
echo "status of promtool: $first as written, $second after PyYAML"
if [ "$first" -ne 0 ] || [ "$second" -eq 0 ] || ! grep -q "as 48$" said; then
    echo "another behaviour than the one described above" >&2
    exit 1
fi
