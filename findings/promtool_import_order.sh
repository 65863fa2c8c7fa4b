#!/usr/bin/env bash
# promtool_import_order: promtool drops samples that stand after a later one in an OpenMetrics file, without a word,
# with status 0.
#
# Software: Debian's package prometheus, 2.42.0+ds-5+deb12u1 (Debian 12): its promtool.
# Guess:    `tsdb create-blocks-from openmetrics` sorts what it reads, or ends with an error at a sample that is out
#           of order.
# Seen:     of an hour's samples written after those of the next hour (two parts of a recording, joined in the wrong
#           order), none is in the block: 240 of 480, and nothing on stderr. Where both hours lie in different blocks
#           (of two hours, on even hours in UTC), all are there: whether it loses anything depends on the time of day.
# Bears on: whoever backfills joined recordings; a second value of the same time is lost like that, too.
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

# hour FROM: one gauge every 15 seconds for an hour.
hour() {
    local time
    for ((time = $1; time < $1 + 3600; time += 15)); do echo "busy $((time % 97)) $time"; done
}
# stored FIRST SECOND: how many samples of two hours, written in this order, are in the blocks. stderr goes to `said`.
stored() {
    { echo "# TYPE busy gauge"; hour "$1"; hour "$2"; echo "# EOF"; } >made.om
    rm -rf data
    "$promtool" tsdb create-blocks-from openmetrics made.om data >out 2>>said
    cat data/*/meta.json | awk -F'[:,]' '/"numSamples"/ { sum += $2 } END { print sum }'
}
even=$((1700000000 / 7200 * 7200))
in_order=$(stored "$even" "$((even + 3600))")
turned=$(stored "$((even + 3600))" "$even")
two_blocks=$(stored "$((even + 7200))" "$((even + 3600))")
echo "samples in blocks, of 480: in order $in_order; the later hour first $turned; in two blocks $two_blocks"
if [ "$in_order $turned $two_blocks" != "480 240 480" ] || [ -s said ]; then
    echo "another behaviour than the one described above" >&2
    exit 1
fi
