#!/usr/bin/env bash
# dool_csv_bits: dool's CSV tells disks and networks in bits, and memory in bytes; no heading says so.
#
# Software: PyPI's dool 1.3.8, which took dstat's place.
# Guess:    the CSV of --output has bytes, as dstat's has and as the kernel counts; at most the screen shows bits.
# Seen:     columns dsk/... and net/... are eight times the bytes, unless --bytes or --dstat is given. Headings are the
#           same in both cases; memory and swap are bytes in both. The command line in the heading alone tells which.
#           So the same script, with dool in place of dstat, sees eight times the traffic.
# Bears on: whoever reads throughput out of dool's files, and sizes disks and networks by it.
#
# Run by hand on Linux with Python 3.11 or newer; its traffic is on the loopback interface. It exits
# with 1 when the behaviour is another one, with 2 when it cannot be run.
set -euo pipefail

version=1.3.8
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
{ python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check "dool==$version"; } ||
    { echo "cannot be run: pip has no dool==$version" >&2; exit 2; }
venv/bin/pip list --disable-pip-version-check 2>/dev/null | grep -i "^dool "

# Both look at the same kernel at the same time: traffic of the loopback interface, and the memory.
venv/bin/dool --epoch -m -n -N lo --output bits.csv 1 8 >/dev/null 2>&1 &
venv/bin/dool --epoch -m -n -N lo --bytes --output bytes.csv 1 8 >/dev/null 2>&1 &
venv/bin/python - <<'PYTHON'
# 1 MB a hundredth of a second, for seven seconds.
import socket
import threading
import time

server = socket.create_server(("127.0.0.1", 0))


def swallow():
    peer, _ = server.accept()
    while peer.recv(1 << 20):
        pass


threading.Thread(target=swallow, daemon=True).start()
with socket.create_connection(server.getsockname()) as peer:
    end = time.monotonic() + 9
    while time.monotonic() < end:
        peer.sendall(bytes(1_000_000))
        time.sleep(0.01)
PYTHON
wait

sed -n '5,6p' bits.csv
cmp <(sed -n '5,6p' bits.csv) <(sed -n '5,6p' bytes.csv) && echo "the headings of both are the same"
venv/bin/python - <<'PYTHON'
import csv
import statistics
import sys


def columns(name):
    rows = list(csv.reader(open(name)))
    names = rows[5]
    # The first row is since boot.
    figures = [row for row in rows[7:] if len(row) == len(names)]
    return {
        column: statistics.median(float(row[names.index(column)]) for row in figures)
        for column in ("recv", "free")
    }


bits, plain = columns("bits.csv"), columns("bytes.csv")
for name, told in (("without --bytes", bits), ("with --bytes", plain)):
    print(f"{name}: lo received {told['recv']:,.0f}, memory free {told['free']:,.0f}")
traffic, memory = bits["recv"] / plain["recv"], bits["free"] / plain["free"]
print(f"traffic: {traffic:.2f} times, memory: {memory:.2f} times")
if not (7 < traffic < 9 and 0.9 < memory < 1.1):
    sys.exit("another behaviour than the one described above")
PYTHON
