#!/usr/bin/env bash
# humanfriendly_mebibytes: a memory limit as Kubernetes writes it, 512Mi, is read as 512,000,000 bytes.
#
# Software: PyPI's humanfriendly 10.0.
# Guess:    parse_size("512Mi") is 536,870,912, as parse_size("512MiB") is, or refused as an unknown unit.
# Seen:     a binary unit without its B is decimal: Ki is 1,000, Mi 1,000,000, Gi 10^9, Ti 10^12, 2.4 to 9 % below what
#           is meant. Only KiB, MiB, GiB are binary. Kubernetes' m, a thousandth, is a million. Nothing is said.
#           A year of parse_timespan is 52 weeks, 364 days; Prometheus' 1y is 365.
# Bears on: requests and limits out of manifests beside bytes of metrics; retentions and ranges out of settings.
#
# Run by hand with Python 3.11 or newer. It exits with 1 when the behaviour is another one, with 2 when it cannot be
# run.
set -euo pipefail

version=10.0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
{ python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check "humanfriendly==$version"; } ||
    { echo "cannot be run: pip has no humanfriendly==$version" >&2; exit 2; }

venv/bin/python - <<'PYTHON'
import sys
from importlib.metadata import version

from humanfriendly import parse_size, parse_timespan

print("humanfriendly", version("humanfriendly"))
found = {}
for power, prefix in enumerate("KMGT", 1):
    short, long = parse_size(f"1{prefix}i"), parse_size(f"1{prefix}iB")
    found[prefix] = (short == 1000**power, long == 1024**power)
    print(f"1{prefix}i: {short:,}; 1{prefix}iB: {long:,}")
milli = parse_size("100m")
year = parse_timespan("1y") / 86400
print(f"100m: {milli:,}; 1y: {year:g} days")
if any(seen != (True, True) for seen in found.values()) or milli != 100_000_000 or year != 364:
    sys.exit("another behaviour than the one described above")
PYTHON
