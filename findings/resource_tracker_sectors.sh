#!/usr/bin/env bash
# resource_tracker_sectors: on disks with sectors of 4 KiB, resource-tracker counts eight times the bytes.
#
# Software: PyPI's resource-tracker 0.5.0 (Spare Cores' tracker of a job's use, which recommends machines by it).
# Guess:    `read_bytes` and `write_bytes` of its system statistics are the bytes read and written.
# Seen:     16 MiB written to a disk whose hardware sectors are 4,096 bytes are told as 128 MiB: sectors in
#           /proc/diskstats are always 512 bytes, and it multiplies them by the disk's own sector size. With sectors of
#           512 bytes it is right, so that two machines that do the same differ by eight.
# Bears on: right-sizing by these figures, or comparing them with node_exporter's, on NVMe disks formatted to 4 KiB and
#           on zram.
#
# Run by hand as root (it makes a loop device over a file in its own temporary folder, and removes it) with Python 3.11
# or newer. It exits with 1 when the behaviour is another one, with 2 when it cannot be run.
set -euo pipefail

version=0.5.0
folder=$(mktemp -d)
device=
trap '[ -z "$device" ] || losetup -d "$device"; rm -rf "$folder"' EXIT
cd "$folder"
{ python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check "resource-tracker==$version"; } ||
    { echo "cannot be run: pip has no resource-tracker==$version" >&2; exit 2; }

cat >written.py <<'PYTHON'
import sys

from resource_tracker.tracker_procfs import get_system_stats

print(get_system_stats()["disk_stats"].get(sys.argv[1], {}).get("write_bytes", 0))
PYTHON

measure() { # the bytes that resource-tracker counts while 16 MiB are written to a disk with sectors of $1 bytes
    truncate -s 64M disk
    device=$(losetup --sector-size "$1" --show -f disk) ||
        { echo "cannot be run: no loop device (root is needed)" >&2; exit 2; }
    local before after
    before=$(venv/bin/python written.py "${device#/dev/}")
    dd if=/dev/zero of="$device" bs=1M count=16 oflag=direct status=none
    after=$(venv/bin/python written.py "${device#/dev/}")
    losetup -d "$device"
    device=
    told=$((after - before))
}

measure 512
small=$told
measure 4096
large=$told
echo "resource-tracker $version, 16777216 bytes written: $small with sectors of 512, $large with sectors of 4096"
if [ "$small" -ne 16777216 ] || [ "$large" -ne 134217728 ]; then
    echo "another behaviour than the one described above" >&2
    exit 1
fi
