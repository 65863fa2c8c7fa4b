#!/usr/bin/env bash
# node_exporter_tcp_queues: its queued bytes of TCP count the length of listening sockets' backlogs.
#
# Software: node_exporter 1.12.1 (Go module github.com/prometheus/node_exporter), collector tcpstat.
# Guess:    node_tcp_connection_states{state="tx_queued_bytes"} are bytes that wait to be sent.
# Seen:     sock_diag(7) gives the backlog's limit of a listening socket in the field that is the send queue of
#           others, and node_exporter adds all of them up: a socket that listens with a backlog of 100, with no
#           connection and no byte anywhere, is 100 "bytes". The kernel's own table (/proc/net/tcp) has 0 there.
# Bears on: alerts on queued bytes, which begin with the machine's number of servers; the same number differs from
#           that of exporters which read /proc/net/tcp.
#
# Run by hand on Linux with Go and unshare (as root, or where user namespaces are allowed). It exits with 1 when the
# behaviour is another one, with 2 when it cannot be run.
set -euo pipefail

folder=$(mktemp -d)
trap 'chmod -R u+w "$folder"; rm -rf "$folder"' EXIT
cd "$folder"
command -v go >/dev/null || { echo "cannot be run: there is no Go" >&2; exit 2; }
GOBIN=$folder GOPATH=$folder/go GOFLAGS=-modcacherw go install github.com/prometheus/node_exporter@v1.12.1 2>log ||
    { tail -3 log >&2; echo "cannot be run: node_exporter 1.12.1 cannot be built" >&2; exit 2; }

cat >look.py <<'PYTHON'
"""A network of its own: one socket that listens, and what both say of it."""
import re, socket, subprocess, time, urllib.request

subprocess.run(["ip", "link", "set", "lo", "up"], check=False)
held = socket.socket()
held.bind(("127.0.0.1", 5001))
held.listen(100)
exporter = subprocess.Popen(
    ["./node_exporter", "--collector.disable-defaults", "--collector.tcpstat", "--web.listen-address=127.0.0.1:5000"],
    stderr=subprocess.DEVNULL,
)
try:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(100):
        try:
            page = opener.open("http://127.0.0.1:5000/metrics").read().decode()
            break
        except OSError:
            time.sleep(0.1)
    shown = float(re.search(r'states\{state="tx_queued_bytes"\} (\S+)', page)[1])
    with open("/proc/net/tcp") as table:
        rows = [line.split() for line in table][1:]
    listening = [row for row in rows if row[3] == "0A"]
    waiting = sum(int(row[4].split(":")[0], 16) for row in listening)
finally:
    exporter.kill()
print(f"node_exporter: {shown:g} bytes wait to be sent; /proc/net/tcp of {len(listening)} listening sockets: {waiting}")
# The exporter's own socket listens, too, with a backlog of its own, and its answer may be on its way.
raise SystemExit(0 if shown >= 100 and waiting == 0 else 1)
PYTHON
./node_exporter --version 2>&1 | head -1
if ! unshare --net --map-root-user python3 look.py; then
    echo "another behaviour than the one described above" >&2
    exit 1
fi
