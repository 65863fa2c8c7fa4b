#!/usr/bin/env bash
# tdigest_repeated_values: tdigest draws a line between two values that repeat, and so invents percentiles that were
# never there.
#
# Software: PyPI's tdigest 0.5.2.2.
# Guess:    t-digests err by a little in the middle and by less at the ends; of 950 times 0 and 50 times 100, P90 is
#           0.
# Seen:     P50 is 5, P90 is 85, P95 is 95, and the share of values at or below 0 is 0.475: equal values become one
#           centroid, and the percentiles lie on a line between centroids, however heavy each is. fastdigest 0.12.0 on
#           the same values says 0 for P50 and P90.
# Bears on: whoever keeps percentiles of utilisation, errors or queue lengths of machines that mostly do nothing.
#
# Run by hand with Python 3.11 or newer. It exits with 1 when the behaviour is another one, with 2 when it cannot be
# run.
set -euo pipefail

version=0.5.2.2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
{ python3 -m venv venv &&
    venv/bin/pip install -q --disable-pip-version-check "tdigest==$version" fastdigest==0.12.0; } ||
    { echo "cannot be run: pip has no tdigest==$version or fastdigest==0.12.0" >&2; exit 2; }

venv/bin/python - <<'PYTHON'
import sys
from importlib.metadata import version

import fastdigest
import tdigest

values = [0.0] * 950 + [100.0] * 50
digest = tdigest.TDigest()
digest.batch_update(values)
other = fastdigest.TDigest.from_values(values)
print("950 times 0, 50 times 100")
for name, one in (("tdigest", digest), ("fastdigest", other)):
    shown = ", ".join(f"P{p} {one.percentile(p):.0f}" for p in (50, 90, 95))
    print(f"{name} {version(name)}: {shown}; at or below 0: {one.cdf(0):.3f}")
found = [round(digest.percentile(p)) for p in (50, 90)] + [round(other.percentile(p)) for p in (50, 90)]
if found != [5, 85, 0, 0]:
    sys.exit("another behaviour than the one described above")
PYTHON
