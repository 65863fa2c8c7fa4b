#!/usr/bin/env bash
# prometheus_count_everything: samples of all metrics cannot be counted by count_over_time, not even to add them up.
#
# Software: Debian's package prometheus, 2.42.0+ds-5+deb12u1 (Debian 12), its promtool.
# Guess:    sum(count_over_time({__name__!=""}[5m])) is the number of samples of the last five minutes: the sum takes all
#           labels away anyway.
# Seen:     "vector cannot contain metrics with the same labelset": the function takes the names away first, and two metrics of
#           one target are then one series twice. It works as long as no two metrics share their labels, so in tests with
#           a few made series, and hardly where machines are scraped. The same with max_over_time; last_over_time keeps
#           names, and works.
# Bears on: counting what a backup, a tenant or a migration holds, on both sides.
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

# ask NAME SERIES...: what promtool says of all functions, with these series.
ask() {
    {
        printf 'tests:\n  - interval: 1m\n    input_series:\n'
        printf '      - {series: "%s", values: "1x10"}\n' "${@:2}"
        printf '    promql_expr_test:\n'
        for function in count_over_time max_over_time last_over_time; do
            printf '      - {expr: "count(%s({__name__!=\\"\\"}[5m]))", eval_time: 10m, exp_samples: [{value: 2}]}\n' "$function"
        done
    } >"$1.yml"
    "$promtool" test rules "$1.yml" >"$1.log" 2>&1 || true
    echo "$1: $(tr '\n' ' ' <"$1.log")"
}
ask "two-metrics-two-targets" "a{instance='x'}" "b{instance='y'}"
ask "two-metrics-one-target" "a{instance='x'}" "b{instance='x'}"
refused=$(grep -c 'same labelset' two-metrics-one-target.log || true)
if ! grep -q SUCCESS two-metrics-two-targets.log || [ "$refused" != 2 ] || ! grep -q 'count_over_time' two-metrics-one-target.log ||
    ! grep -q 'max_over_time' two-metrics-one-target.log || grep -q 'last_over_time' two-metrics-one-target.log; then
    echo "another behaviour than the one described above" >&2
    exit 1
fi
