#!/usr/bin/env bash
# openssl_speed_clock: `openssl speed` counts its own CPU time, with -multi the time that passed, so the two are of
# different kinds.
#
# Software: Debian's package openssl, 3.0.22-1~deb12u2 (Debian 12), with its libssl3.
# Guess:    bytes a second are bytes over seconds; `-multi 1` measures what the command without it measures.
# Seen:     on a CPU that another process keeps busy, so that half of it is left, `speed` shows what it shows on a
#           free one, `speed -multi 1` half or less.
# Bears on: "one worker" against "all CPUs" of machines on which something else runs: the ratio holds what the first
#           clock left out. Give -elapsed with both.
#
# Run by hand on Debian 12 with Python 3.11. It exits with 1 when the behaviour is another one, with 2 when it cannot
# be run.
set -euo pipefail

version=3.0.22-1~deb12u2
folder=$(mktemp -d)
busy=
trap 'if [ -n "$busy" ]; then kill "$busy" 2>/dev/null || true; wait 2>/dev/null || true; fi; rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"

apt-get -qq -o APT::Sandbox::User="$(id -un)" download "openssl=$version" "libssl3=$version" >/dev/null ||
    { echo "cannot be run: apt-get has no openssl=$version (apt-get update?)" >&2; exit 2; }
for package in *.deb; do dpkg-deb -x "$package" tree; done
LD_LIBRARY_PATH=$(find "$folder/tree" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:)
export LD_LIBRARY_PATH
tree/usr/bin/openssl version

cpu=$(python3 -c 'import os; print(min(os.sched_getaffinity(0)))')
# speed FLAG...: million bytes a second of SHA-256, on that one CPU.
speed() {
    taskset -c "$cpu" tree/usr/bin/openssl speed "$@" -seconds 3 -bytes 16384 -evp sha256 2>/dev/null |
        awk '/^sha256/ { printf "%.0f", $2 / 1000 }'
}
alone=$(speed)
taskset -c "$cpu" python3 -c 'while True: pass' &
busy=$!
shared=$(speed)
multi=$(speed -multi 1)
elapsed=$(speed -elapsed)
echo "speed                         $alone MB/s"
echo "speed, CPU shared             $shared MB/s"
echo "speed -multi 1, CPU shared    $multi MB/s"
echo "speed -elapsed, CPU shared    $elapsed MB/s"
if [ $((shared * 10)) -lt $((alone * 8)) ] || [ $((multi * 10)) -gt $((shared * 7)) ] ||
    [ $((elapsed * 10)) -gt $((shared * 7)) ]; then
    echo "another behaviour than the one described above" >&2
    exit 1
fi
