#!/usr/bin/env bash
# sysbench_percentile_grid: sysbench's percentiles are steps of 1.8 %, so P95 can be above the maximum, and two runs
# equal or 1.8 % apart.
#
# Software: Debian's package sysbench, 1.0.20+ds-5 (Debian 12).
# Guess:    the "95th percentile" printed with two digits, beside min, avg and max, is that of the events, to these
#           digits.
# Seen:     each percentile is one of 1,024 values between 0.001 and 100,000 ms, a factor of 1.0182 apart (the 100th
#           too: asked for it, sysbench prints another value than its own "max:", a larger one at times).
# Bears on: comparing machines or kernels by sysbench's P95: a difference of less than 1.8 % cannot be seen, one that
#           is printed may be none.
#
# Run by hand on Debian 12 with Python 3.11. It exits with 1 when the behaviour is another one, with 2 when it cannot
# be run.
set -euo pipefail

version=1.0.20+ds-5
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"

# The package, and what it needs and this machine lacks; unpacked, not installed.
mkdir -p archives/partial
options=(-qq -y -o "APT::Sandbox::User=$(id -un)" -o Debug::NoLocking=1 -o "Dir::Cache::archives=$folder/archives")
{ apt-get "${options[@]}" download "sysbench=$version" &&
    apt-get "${options[@]}" --no-install-recommends --download-only install "sysbench=$version"; } >/dev/null ||
    { echo "cannot be run: apt-get has no sysbench=$version (apt-get update?)" >&2; exit 2; }
for package in *.deb archives/*.deb; do
    [ ! -e "$package" ] || dpkg-deb -x "$package" tree
done
LD_LIBRARY_PATH=$(find "$folder/tree" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:)
export LD_LIBRARY_PATH
tree/usr/bin/sysbench --version

for prime in 2000 4000 8000 10000 14000 20000 28000 40000; do
    tree/usr/bin/sysbench cpu --cpu-max-prime="$prime" --time=1 --percentile=100 run
done >log

python3 - <<'PYTHON'
import re
import sys
from pathlib import Path

log = Path("log").read_text()
largest = [float(value) for value in re.findall(r"max: +([\d.]+)", log)]
hundredth = [float(value) for value in re.findall(r"100th percentile: +([\d.]+)", log)]
grid = [0.001 * (100_000 / 0.001) ** (step / 1023) for step in range(1024)]
on_grid = [min(abs(value - one) for one in grid) <= 0.00501 for value in hundredth]
print("max:               ", largest)
print("100th percentile:  ", hundredth)
print(f"on the grid of 1024 values, a factor of {1e8 ** (1 / 1023):.4f} apart: {sum(on_grid)} of {len(on_grid)}")
above = sum(one > other for one, other in zip(hundredth, largest))
print("above the maximum:", above)
coarse = [value for value in hundredth if value > 1]
if not coarse:
    print("cannot be run: all events were too short to tell", file=sys.stderr)
    sys.exit(2)
if not all(on_grid) or all(value in hundredth for value in largest) or above == 0:
    sys.exit("another behaviour than the one described above")
PYTHON
