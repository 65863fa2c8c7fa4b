#!/usr/bin/env bash
# binpacking_oversize: what is larger than a bin is put into one all the same.
#
# Software: PyPI's binpacking 2.0.1.
# Guess:    to_constant_volume(items, volume) gives bins of at most that volume, or raises an error, or leaves out an item
#           that is larger than any bin.
# Seen:     an item of 11 for bins of 10 gets a bin of its own, which holds 11; nothing is raised, warned or marked, and
#           the number of bins reads as an answer. So with lists and with dictionaries.
# Bears on: packing workloads onto machines: a database of 80 GiB "fits" on a type of 64, in one machine.
#
# Run by hand with Python 3.11 or newer. It exits with 1 when the behaviour is another one, with 2 when it cannot be
# run.
set -euo pipefail

version=2.0.1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
{ python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check "binpacking==$version"; } ||
    { echo "cannot be run: pip has no binpacking==$version" >&2; exit 2; }

venv/bin/python -W error - <<'PYTHON'
import sys
from importlib.metadata import version

from binpacking import to_constant_volume

print("binpacking", version("binpacking"))
memory = {"db-1": 80.0, "web-1": 20.0, "web-2": 30.0}
bins = to_constant_volume(memory, 64.0)
sizes = to_constant_volume(list(memory.values()), 64.0)
print(f"GiB of {memory} into machines of 64: {bins}")
print(f"the same as a list: {sizes}")
if {"db-1": 80.0} not in bins or [80.0] not in sizes or len(bins) != 2:
    sys.exit("another behaviour than the one described above")
PYTHON
