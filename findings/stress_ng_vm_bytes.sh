#!/usr/bin/env bash
# stress_ng_vm_bytes: stress-ng shares --vm-bytes out among its workers, though its manual says "N bytes per vm
# worker".
#
# Software: Debian's package stress-ng, 0.15.06-2 (Debian 12).
# Guess:    by the manual, `--vm 4 --vm-bytes 200m` takes 800 MB.
# Seen:     it takes 200 MB in all: one worker holds 200 MB, each of two 100 MB, each of four 50 MB.
# Bears on: whoever fills a machine to a level ("--vm 4 --vm-bytes 4g" for 16 GB) to try limits, swap or alerts: a
#           quarter is filled.
#
# Run by hand on Debian 12 with Python 3.11. It exits with 1 when the behaviour is another one, with 2 when it cannot
# be run.
set -euo pipefail

version=0.15.06-2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"

# The package, and what it needs and this machine lacks; unpacked, not installed.
mkdir -p archives/partial
options=(-qq -y -o "APT::Sandbox::User=$(id -un)" -o Debug::NoLocking=1 -o "Dir::Cache::archives=$folder/archives")
{ apt-get "${options[@]}" download "stress-ng=$version" &&
    apt-get "${options[@]}" --no-install-recommends --download-only install "stress-ng=$version"; } >/dev/null ||
    { echo "cannot be run: apt-get has no stress-ng=$version (apt-get update?)" >&2; exit 2; }
for package in *.deb archives/*.deb; do
    [ ! -e "$package" ] || dpkg-deb -x "$package" tree
done
LD_LIBRARY_PATH=$(find "$folder/tree" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:)
export LD_LIBRARY_PATH
tree/usr/bin/stress-ng --version

python3 - tree/usr/bin/stress-ng <<'PYTHON'
import re
import subprocess
import sys
import time
from pathlib import Path


def resident_mb() -> list[int]:
    """Resident MB of each worker of ours that holds memory."""
    found, parents, resident = [], {}, {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
        except OSError:
            continue
        pid = int(status.parent.name)
        parents[pid] = int(re.search(r"PPid:\t(\d+)", text)[1])
        size = re.search(r"VmRSS:\t *(\d+) kB", text)
        resident[pid] = int(size[1]) / 1024 if size else 0
    for pid in parents:
        above = parents[pid]
        while above in parents and above != started.pid:
            above = parents[above]
        if above == started.pid and resident[pid] > 30:
            found.append(round(resident[pid]))
    return found


for workers in (1, 2, 4):
    command = [sys.argv[1], "--vm", str(workers), "--vm-bytes", "200m", "--vm-keep", "--vm-populate", "--timeout", "20"]
    started = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(16):
            time.sleep(1)
            seen = resident_mb()
            if len(seen) == workers and all(abs(mb * workers - 200) < 40 for mb in seen):
                break
    finally:
        started.terminate()
        started.wait()
    print(f"--vm {workers} --vm-bytes 200m: workers with", ", ".join(f"{mb} MB" for mb in seen))
    if len(seen) != workers or any(abs(mb * workers - 200) >= 40 for mb in seen):
        sys.exit("another behaviour than the one described above")
PYTHON
