#!/usr/bin/env bash
# jc_top_memory: jc takes top's KiB for bytes, so that a small process has a 1,024th of its memory beside a large one.
#
# Software: PyPI's jc 1.26.1, its parser top; top is that of the machine (procps 4.0.2 of Debian 12).
# Guess:    resident_mem_bytes of a process with RES 50532 is 51,744,768: top's columns are KiB unless a letter follows.
# Seen:     it is 50,532, with unit "b". A process so large that top writes 8.5g has its bytes right, so that a sum
#           over processes is the large ones alone; resident_mem itself is 50532.0 in one line and 8.5 in the other.
# Bears on: memory of processes out of `top -b` recordings of machines that had no other collector.
#
# Run by hand with Python 3.11 or newer, and with top. It exits with 1 when the behaviour is another one, with 2 when it
# cannot be run.
set -euo pipefail

version=1.26.1
folder=$(mktemp -d)
held=
trap '[ -z "$held" ] || kill "$held" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
{ python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check "jc==$version"; } ||
    { echo "cannot be run: pip has no jc==$version" >&2; exit 2; }
top -v 2>/dev/null || { echo "cannot be run: there is no top here" >&2; exit 2; }

python3 -c 'import time; held = b"x" * 40_000_000; time.sleep(60)' &
held=$!
sleep 1
HOME=$folder LC_ALL=C COLUMNS=120 top -b -n 1 -p "$held" | tee top.txt
venv/bin/jc --top <top.txt >top.json
# The same line as top writes it of a large process: columns of 7, 6 and 6, with a letter.
sed -E '$s/ {2,}[0-9]+ +[0-9]+ +[0-9]+ S /    9.1g   8.5g   1.2g S /' top.txt >large.txt
tail -1 large.txt
venv/bin/jc --top <large.txt >large.json
grep VmRSS "/proc/$held/status" | tee resident.txt
venv/bin/python - <<'PYTHON'
import json
import sys
from importlib.metadata import version

print("jc", version("jc"))
(small,) = json.load(open("top.json"))[0]["processes"]
(large,) = json.load(open("large.json"))[0]["processes"]
true = int(open("resident.txt").read().split()[1]) * 1024
print("its memory:", true, "jc:", small["resident_mem_bytes"], small["resident_mem_unit"])
print("a process of 8.5g:", large["resident_mem_bytes"], large["resident_mem_unit"], "resident_mem", large["resident_mem"])
small_share = small["resident_mem_bytes"] / true
if not 0.9 / 1024 < small_share < 1.1 / 1024 or large["resident_mem_bytes"] != 9_126_805_504 or large["resident_mem"] != 8.5:
    sys.exit("another behaviour than the one described above")
PYTHON
