#!/usr/bin/env bash
# fio_group_bandwidth: fio's group_reporting divides the bytes of jobs that ran one after the other by the time of one
# of them.
#
# Software: Debian's package fio, 3.33-3 (Debian 12).
# Guess:    a group's bandwidth is its bytes over the time that the group took.
# Seen:     two jobs of 1,000 operations a second, of which the second starts when the first ends (startdelay): at no
#           time were there more than 1,000 a second, over six seconds. The group says IOPS=2000 or a little less,
#           with bandwidth, iops_mean, bw_mean and "run=" to match: bytes are summed, the time is that of the longest
#           job, means are summed job by job.
# Bears on: whoever reads a disk's throughput from a group of jobs that do not all overlap; stonewall begins a group
#           of its own and has not this fault.
#
# Run by hand on Debian 12 with Python 3.11. Nothing is written to a disk (ioengine null). It exits with 1 when the
# behaviour is another one, with 2 when it cannot be run.
set -euo pipefail

version=3.33-3
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"

# The package, and what it needs and this machine lacks; unpacked, not installed.
mkdir -p archives/partial
options=(-qq -y -o "APT::Sandbox::User=$(id -un)" -o Debug::NoLocking=1 -o "Dir::Cache::archives=$folder/archives")
{ apt-get "${options[@]}" download "fio=$version" &&
    apt-get "${options[@]}" --no-install-recommends --download-only install "fio=$version"; } >/dev/null ||
    { echo "cannot be run: apt-get has no fio=$version (apt-get update?)" >&2; exit 2; }
for package in *.deb archives/*.deb; do
    [ ! -e "$package" ] || dpkg-deb -x "$package" tree
done
LD_LIBRARY_PATH=$(find "$folder/tree" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:)
export LD_LIBRARY_PATH
tree/usr/bin/fio --version

cat >jobs.fio <<'JOBS'
[global]
ioengine=null
size=1g
bs=4k
thread
time_based
runtime=3
rate_iops=1000
group_reporting

[first]

[second]
startdelay=3
JOBS
tree/usr/bin/fio --output-format=json --output=result.json jobs.fio

python3 - <<'PYTHON'
import json
import sys
from pathlib import Path

[group] = json.loads(Path("result.json").read_text())["jobs"]
read = group["read"]
print(f"{read['total_ios']} operations by two jobs of 3 s, one after the other, at 1,000 a second each")
print(
    f"the group: iops {read['iops']:.0f}, iops_mean {read['iops_mean']:.0f}, bw {read['bw']} KiB/s,"
    f" {read['runtime']} ms"
)
if not (1600 < read["iops"] < 2200 and 1600 < read["iops_mean"] < 2200 and read["runtime"] < 4500):
    sys.exit("another behaviour than the one described above")
PYTHON
