#!/usr/bin/env bash
# prometheus_block_ahead: one block whose samples lie ahead of now makes Prometheus delete all its other blocks.
#
# Software: Debian's package prometheus, 2.42.0+ds-5+deb12u1 (Debian 12), with its promtool.
# Guess:    the retention time counts from now, so that a block dated ahead is merely kept for longer.
# Seen:     it counts from the newest block's end. Ten days of history (14 blocks) are gone seconds after the start,
#           under the default retention of 15 days, after one valid sample 30 days ahead was added by
#           `promtool tsdb create-blocks-from openmetrics`. The log says "Deleting obsolete block" for each of them.
# Bears on: whoever backfills recordings of a machine whose clock was ahead; docs/import.md.
#
# Run by hand on Debian 12. It exits with 1 when the behaviour is another one, with 2 when it cannot be run.
set -euo pipefail

version=2.42.0+ds-5+deb12u1
folder=$(mktemp -d)
server=
trap 'if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; fi; rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"

apt-get -qq -o APT::Sandbox::User="$(id -un)" download "prometheus=$version" >/dev/null ||
    { echo "cannot be run: apt-get has no prometheus=$version (apt-get update?)" >&2; exit 2; }
dpkg-deb -x prometheus_*.deb tree
bin=$folder/tree/usr/bin
"$bin/prometheus" --version 2>&1 | head -1

now=$(date +%s)
# made FILE FROM TO: a gauge, one sample an hour, as OpenMetrics.
made() {
    local time
    { echo "# TYPE made gauge"
      for ((time = $2; time <= $3; time += 3600)); do echo "made 1 $time"; done
      echo "# EOF"; } >"$1"
}
# blocks: how many blocks the data folder holds.
blocks() { find data -mindepth 2 -maxdepth 2 -name meta.json | wc -l; }

mkdir data
made history.om $((now - 11 * 86400)) $((now - 86400))
"$bin/promtool" tsdb create-blocks-from openmetrics --max-block-duration=24h history.om data >/dev/null
before=$(blocks)
made ahead.om $((now + 30 * 86400)) $((now + 30 * 86400))
"$bin/promtool" tsdb create-blocks-from openmetrics ahead.om data >/dev/null

echo 'global: {}' >prometheus.yml
"$bin/prometheus" --config.file=prometheus.yml --storage.tsdb.path=data --web.listen-address=127.0.0.1:0 >log 2>&1 &
server=$!
for _ in $(seq 60); do
    sleep 1
    [ "$(blocks)" -gt 1 ] || break
done
after=$(blocks)
echo "blocks of history: $before; after a start with one block 30 days ahead: $((after - 1))"
grep -c "Deleting obsolete block" log | sed 's/$/ times "Deleting obsolete block" in the log/'
if [ "$before" -lt 10 ] || [ "$after" -ne 1 ]; then
    echo "another behaviour than the one described above" >&2
    exit 1
fi
