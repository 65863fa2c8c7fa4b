#!/usr/bin/env bash
# iperf3_udp_sum: the "sum" at the end of iperf3's JSON of a UDP test is what was sent, beside the share of it that
# was lost.
#
# Software: Debian's package iperf3, 3.12-1+deb12u2 (Debian 12), with its libiperf0.
# Guess:    end.sum, with jitter and lost_percent, which only the receiver knows, has the receiver's bits_per_second
#           too.
# Seen:     with most packets lost, end.sum.bits_per_second is that of end.sum_sent, many times end.sum_received's;
#           lost_percent, lost_packets and jitter_ms in the same object are the receiver's.
# Bears on: network figures of machines by UDP: what went nowhere is counted as throughput. Read end.sum_received.
#
# Run by hand on Debian 12 with Python 3.11; it sends to this machine only, for three seconds. It exits with 1 when
# the behaviour is another one, with 2 when it cannot be run.
set -euo pipefail

version=3.12-1+deb12u2
folder=$(mktemp -d)
server=
trap 'if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; fi; rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"

# The package, and what it needs and this machine lacks; unpacked, not installed.
mkdir -p archives/partial
options=(-qq -y -o "APT::Sandbox::User=$(id -un)" -o Debug::NoLocking=1 -o "Dir::Cache::archives=$folder/archives")
{ apt-get "${options[@]}" download "iperf3=$version" "libiperf0=$version" &&
    apt-get "${options[@]}" --no-install-recommends --download-only install "iperf3=$version"; } >/dev/null ||
    { echo "cannot be run: apt-get has no iperf3=$version (apt-get update?)" >&2; exit 2; }
for package in *.deb archives/*.deb; do
    [ ! -e "$package" ] || dpkg-deb -x "$package" tree
done
LD_LIBRARY_PATH=$(find "$folder/tree" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:)
export LD_LIBRARY_PATH
iperf3=$folder/tree/usr/bin/iperf3
"$iperf3" --version | head -1

port=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$iperf3" --server --bind 127.0.0.1 --port "$port" --one-off >/dev/null 2>&1 &
server=$!
sleep 1
# A small receive buffer and no limit of rate: packets get lost.
"$iperf3" --client 127.0.0.1 --port "$port" --udp --bitrate 0 --length 1400 --window 4k --time 3 --json >result.json ||
    { echo "cannot be run: iperf3 reached no server on 127.0.0.1" >&2; exit 2; }

python3 - <<'PYTHON'
import json
import sys
from pathlib import Path

end = json.loads(Path("result.json").read_text())["end"]
for name in ("sum", "sum_sent", "sum_received"):
    one = end[name]
    print(f"{name:13} {one['bits_per_second'] / 1e6:8.0f} Mbit/s, lost {one['lost_percent']:.0f} %")
total, sent, received = (end[name] for name in ("sum", "sum_sent", "sum_received"))
if received["lost_percent"] < 20:
    print("cannot be run: too few packets were lost to tell", file=sys.stderr)
    sys.exit(2)
like_sent = abs(total["bits_per_second"] / sent["bits_per_second"] - 1) < 0.01
loss_of_receiver = total["lost_percent"] == received["lost_percent"]
if not like_sent or not loss_of_receiver or sent["bits_per_second"] < 1.2 * received["bits_per_second"]:
    sys.exit("another behaviour than the one described above")
PYTHON
