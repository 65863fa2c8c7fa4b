#!/usr/bin/env bash
# ruptures_fifth_night: with its defaults ruptures finds changes at every fifth sample only, and makes two of one.
#
# Software: PyPI's ruptures 1.1.10.
# Guess:    Pelt is exact: of thirty nightly results that fall by 10 % after the 13th, it says that they changed at 13.
# Seen:     its parameter `jump` is 5 unless given: only indices that 5 divides are looked at. Pelt with the cost l2 says
#           that the rate changed at 10 and again at 15, Binseg and Pelt with rbf (its default) that it changed at 15.
#           With jump=1 the answer is 13.
# Bears on: "since which night is this machine slower, and after which change?": the answer is up to two nights off, and
#           a stretch between two levels, which never was, is reported.
#
# Run by hand with Python 3.11 or newer. It exits with 1 when the behaviour is another one, with 2 when it cannot be
# run.
set -euo pipefail

version=1.1.10
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
{ python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check "ruptures==$version" numpy==2.2.6; } ||
    { echo "cannot be run: pip has no ruptures==$version" >&2; exit 2; }

venv/bin/python - <<'PYTHON'
import sys
from importlib.metadata import version

import numpy as np
import ruptures

print("ruptures", version("ruptures"))
nights = np.array([100.0] * 13 + [90.0] * 17) + np.random.default_rng(0).normal(0, 0.3, 30)
found = {
    "Pelt l2": ruptures.Pelt(model="l2").fit(nights).predict(pen=10),
    "Pelt rbf": ruptures.Pelt(model="rbf").fit(nights).predict(pen=3),
    "Binseg l2": ruptures.Binseg(model="l2").fit(nights).predict(n_bkps=1),
    "Pelt l2, jump=1": ruptures.Pelt(model="l2", jump=1).fit(nights).predict(pen=10),
}
for name, ends in found.items():
    print(f"{name}: changes at {ends[:-1]}, true 13")
if list(found.values()) != [[10, 15, 30], [15, 30], [15, 30], [13, 30]]:
    sys.exit("another behaviour than the one described above")
PYTHON
