#!/usr/bin/env bash
# wrk_invented_requests: wrk's latency percentiles hold requests that were never made.
#
# Software: Debian's package wrk, 4.1.0-3+b2 (Debian 12).
# Guess:    "Latency Distribution" is that of the requests that wrk made; correcting for requests that would have come
#           meanwhile ("coordinated omission") is what its fork wrk2 is for.
# Seen:     of some 500 requests, one takes a second, the others hundredths: 1 in 500 is above 0.3 s, and wrk says that
#           more than 1 in 100 is. Each latency above the mean distance of requests is entered again and again, less
#           that distance each time; the count of requests and the requests per second are the true ones.
# Bears on: comparing web servers or machines by wrk's P90 or P99: one stall moves them as much as a slow machine does,
#           and latencies counted by the server or by another client are other figures.
#
# Run by hand on Debian 12 with Python 3.11. It exits with 1 when the behaviour is another one, with 2 when it cannot
# be run. It takes some 15 seconds, and asks a server of its own on the loopback address.
set -euo pipefail

version=4.1.0-3+b2
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"

# The package, and what it needs and this machine lacks; unpacked, not installed.
mkdir -p archives/partial
options=(-qq -y -o "APT::Sandbox::User=$(id -un)" -o Debug::NoLocking=1 -o "Dir::Cache::archives=$folder/archives")
{ apt-get "${options[@]}" download "wrk=$version" &&
    apt-get "${options[@]}" --reinstall --no-install-recommends --download-only install "wrk=$version"; } >/dev/null ||
    { echo "cannot be run: apt-get has no wrk=$version (apt-get update?)" >&2; exit 2; }
for package in *.deb archives/*.deb; do
    [ ! -e "$package" ] || dpkg-deb -x "$package" tree
done
LD_LIBRARY_PATH=$(find "$folder/tree" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:)
export LD_LIBRARY_PATH

cat >server.py <<'PYTHON'
"""Answers each request after 10 ms, the one that comes first after 4 s a second late; writes down how long each took."""

import asyncio
import time
from pathlib import Path

took = []
began = []


async def answer(reader, writer):
    try:
        while True:
            await reader.readuntil(b"\r\n\r\n")
            came = time.monotonic()
            began.append(came)
            stalls = came - began[0] > 4 and max(took, default=0) < 0.9
            await asyncio.sleep(1 if stalls else 0.01)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            await writer.drain()
            took.append(time.monotonic() - came)
            Path("took").write_text("\n".join(map(str, took)))
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def serve():
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    Path("port").write_text(str(server.sockets[0].getsockname()[1]))
    await server.serve_forever()


asyncio.run(serve())
PYTHON
python3 server.py &
server=$!
for _ in $(seq 100); do
    [ ! -s port ] || break
    sleep 0.1
done
tree/usr/bin/wrk -v | head -1 || true
tree/usr/bin/wrk -t1 -c1 -d10s --timeout 5s --latency "http://127.0.0.1:$(cat port)/" | tee log

python3 - <<'PYTHON'
import re
import sys
from pathlib import Path

took = sorted(float(line) for line in Path("took").read_text().split())
scale = {"us": 1e-6, "ms": 1e-3, "s": 1.0}
told = {
    int(percent): float(value) * scale[unit]
    for percent, value, unit in re.findall(r"^ +(\d+)% +([\d.]+)(us|ms|s)$", Path("log").read_text(), re.MULTILINE)
}
true = took[int(len(took) * 0.99)]
above = sum(one > 0.3 for one in took)
print(f"the server: {len(took)} requests, {above} above 0.3 s, P99 {true:.3f} s; wrk: P99 {told[99]:.3f} s")
if above > len(took) / 200:
    print("cannot be run: this machine is too busy to tell", file=sys.stderr)
    sys.exit(2)
if told[99] < 0.3:
    sys.exit("another behaviour than the one described above")
PYTHON
