#!/usr/bin/env bash
# collectd_cpu_hundredths: collectd's CPU counter for Prometheus counts hundredths of a second.
#
# Software: Debian's package collectd-core, 5.12.0-14 (Debian 12), plugins cpu and write_prometheus.
# Guess:    collectd_cpu_total is in seconds, as node_cpu_seconds_total and every counter of time in Prometheus; the rate
#           of all types of a CPU together is 1.
# Seen:     the rate is 100: the counter is the kernel's ticks. Neither the name nor the help has a unit: a panel or rule
#           of node_exporter's with the name exchanged says 2,500 % for a CPU that is a quarter busy. The label `type`
#           has "wait", "softirq", "interrupt" for iowait, softirq, irq.
# Bears on: joining collectd's machines and node_exporter's, or moving from one to the other.
#
# Run by hand on Debian 12 with Python 3.11. It exits with 1 when the behaviour is another one, with 2 when it cannot
# be run. It takes some 15 seconds, and serves on the loopback address.
set -euo pipefail

version=5.12.0-14
folder=$(mktemp -d)
daemon=
trap '[ -z "$daemon" ] || { kill "$daemon"; wait "$daemon"; } 2>/dev/null || true; rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"

# The package, and the libraries of the one plugin; unpacked, not installed.
options=(-qq -o "APT::Sandbox::User=$(id -un)")
apt-get "${options[@]}" download "collectd-core=$version" libmicrohttpd12 libprotobuf-c1 >/dev/null ||
    { echo "cannot be run: apt-get has no collectd-core=$version (apt-get update?)" >&2; exit 2; }
for package in *.deb; do
    dpkg-deb -x "$package" tree
done
LD_LIBRARY_PATH=$(find "$folder/tree" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:)
export LD_LIBRARY_PATH
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >collectd.conf <<CONF
BaseDir "$folder"
PluginDir "$folder/tree/usr/lib/collectd"
TypesDB "$folder/tree/usr/share/collectd/types.db"
Interval 1
LoadPlugin cpu
LoadPlugin write_prometheus
<Plugin write_prometheus>
    Host "127.0.0.1"
    Port "$port"
</Plugin>
CONF
tree/usr/sbin/collectd -h 2>&1 | grep '^collectd ' || true
tree/usr/sbin/collectd -f -C collectd.conf >log 2>&1 &
daemon=$!

python3 - "$port" <<'PYTHON'
import re
import sys
import time
import urllib.request


def look(port):
    """Sum over the types of cpu0 and the time of these samples in seconds, when all types are there."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        page = answer.read().decode()
    found = re.findall(r'^collectd_cpu_total\{cpu="0",type="(\w+)"[^}]*\} (\d+) (\d+)$', page, re.MULTILINE)
    return page, {name for name, _, _ in found}, sum(int(value) for _, value, _ in found), max(int(at) for *_, at in found) / 1000


time.sleep(4)
first = look(sys.argv[1])
time.sleep(6)
last = look(sys.argv[1])
rate = (last[2] - first[2]) / (last[3] - first[3])
print("\n".join(line for line in last[0].splitlines() if "collectd_cpu_total" in line))
print(f"all types of cpu0: {rate:.1f} a second")
if not 90 < rate < 110 or not {"wait", "interrupt", "softirq"} <= last[1] or "econds" in last[0]:
    sys.exit("another behaviour than the one described above")
PYTHON
