#!/usr/bin/env bash
# iperf3_json_status: a client of iperf3 that reached nobody ends with status 0 when it was asked for JSON, and with 1
# when it was not.
#
# Software: Debian's package iperf3, 3.12-1+deb12u2 (Debian 12), with its libiperf0.
# Guess:    the status tells whether there is a measurement, whatever the form of what is printed.
# Seen:     nobody listens at the port: without --json the status is 1 and standard error says why; with --json it is 0,
#           standard error is empty, and the JSON has the key "error" beside an empty "end" alone.
# Bears on: scripts and jobs that test a network and look at the status: a peer that is down is a success, and sums over
#           end.sum_received find nothing, or 0. Look for "error".
#
# Run by hand on Debian 12 with Python 3.11; it connects to this machine only. It exits with 1 when the behaviour is
# another one, with 2 when it cannot be run.
set -euo pipefail

version=3.12-1+deb12u2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"

# The package, and what it needs and this machine lacks; unpacked, not installed.
mkdir -p archives/partial
options=(-qq -y -o "APT::Sandbox::User=$(id -un)" -o Debug::NoLocking=1 -o "Dir::Cache::archives=$folder/archives")
{ apt-get "${options[@]}" download "iperf3=$version" "libiperf0=$version" libsctp1; } >/dev/null ||
    { echo "cannot be run: apt-get has no iperf3=$version (apt-get update?)" >&2; exit 2; }
for package in *.deb; do
    dpkg-deb -x "$package" tree
done
LD_LIBRARY_PATH=$(find "$folder/tree" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:)
export LD_LIBRARY_PATH
iperf3=$folder/tree/usr/bin/iperf3
"$iperf3" --version | head -1

# A port at which nobody listens any more.
port=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
plain=0 json=0
"$iperf3" --client 127.0.0.1 --port "$port" --time 1 >plain.out 2>plain.err || plain=$?
"$iperf3" --client 127.0.0.1 --port "$port" --time 1 --json >json.out 2>json.err || json=$?
echo "without --json: status $plain, standard error: $(cat plain.err)"
echo "with --json: status $json, standard error: '$(cat json.err)'"
python3 - "$plain" "$json" <<'PYTHON'
import json
import os
import sys

found = json.load(open("json.out"))
print("its JSON:", {key: found[key] for key in ("end", "error")})
quiet = os.path.getsize("json.err") == 0
if (sys.argv[1:], quiet, found["end"], "error" in found) != (["1", "0"], True, {}, True):
    sys.exit("another behaviour than the one described above")
PYTHON
