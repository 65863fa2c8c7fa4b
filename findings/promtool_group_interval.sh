#!/usr/bin/env bash
# promtool_group_interval: unit tests of rules evaluate a group at the test's interval, whatever the group's own is.
#
# Software: Debian's package prometheus, 2.42.0+ds-5+deb12u1 (Debian 12), its promtool.
# Guess:    a group with `interval: 10m` is evaluated every ten minutes in `promtool test rules`, as in Prometheus:
#           an alert with `for: 1m` there fires ten minutes after its condition, at the earliest.
# Seen:     it is evaluated every minute, the evaluation_interval of the test. The recorded series has 31 samples in half
#           an hour where Prometheus writes 4, and the alert fires after one minute. `promtool check rules` takes both.
# Bears on: rules that are evaluated seldom because they are dear: tests pass, and the alert comes minutes later, or not
#           at all where its condition holds for less than the interval.
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

cat >rules.yml <<'RULES'
groups:
  - name: seldom
    interval: 10m
    rules:
      - record: busy:copy
        expr: busy
      - alert: Busy
        expr: busy > 50
        for: 1m
RULES
cat >test.yml <<'TEST'
rule_files: [rules.yml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - series: busy
        values: 0x10 90x30
    promql_expr_test:
      - expr: count_over_time(busy:copy[30m])
        eval_time: 30m
        exp_samples: [{value: 31}]
    alert_rule_test:
      - alertname: Busy
        eval_time: 12m
        exp_alerts: [{}]
TEST
"$promtool" check rules rules.yml
result=0
"$promtool" test rules test.yml || result=$?
if [ "$result" != 0 ]; then
    echo "another behaviour than the one described above" >&2
    exit 1
fi
echo "31 samples in 30 minutes, and an alert one minute after its condition, of a group with an interval of 10 minutes"
