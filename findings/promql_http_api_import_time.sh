#!/usr/bin/env bash
# promql_http_api_import_time: promql-http-api asks for the moment at which it was imported, each time.
#
# Software: PyPI's promql-http-api 0.3.4.
# Guess:    api.query("up") without a time is evaluated now, as Prometheus does where no time is given.
# Seen:     `time` of the request is the moment at which the module was imported (a default argument, made once). A
#           process that has run for a day asks what was up a day ago, gets an answer, and the same one each time.
# Bears on: jobs that keep running and ask for the state of machines: nothing that happens after their start is seen. A
#           notebook's cell gives yesterday's figures until its kernel starts anew.
#
# Run by hand with Python 3.11 or newer. It exits with 1 when the behaviour is another one, with 2 when it cannot be
# run. It asks a server of its own on the loopback address, which writes down what it was asked.
set -euo pipefail

version=0.3.4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
{ python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check "promql-http-api==$version" pytz; } ||
    { echo "cannot be run: pip has no promql-http-api==$version" >&2; exit 2; }

venv/bin/python - <<'PYTHON'
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version
from urllib.parse import parse_qs, urlsplit

asked = []
ANSWER = {"status": "success", "data": {"resultType": "vector", "result": [{"metric": {"job": "a"}, "value": [0, "1"]}]}}


class Prometheus(BaseHTTPRequestHandler):
    def do_GET(self):
        asked.append((time.time(), parse_qs(urlsplit(self.path).query).get("time", [None])[0]))
        body = json.dumps(ANSWER).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Prometheus)
threading.Thread(target=server.serve_forever, daemon=True).start()

from promql_http_api import PromqlHttpApi

print("promql-http-api", version("promql-http-api"))
imported = time.time()
api = PromqlHttpApi(f"http://127.0.0.1:{server.server_port}")
for _ in range(3):
    time.sleep(2)
    api.query("up").to_dataframe()
for now, moment in asked:
    print(f"asked {now - imported:.1f} s after the import, for the moment {float(moment) - imported:+.1f} s after it")
server.shutdown()
if len({moment for _, moment in asked}) != 1 or abs(float(asked[0][1]) - imported) > 2 or asked[-1][0] - imported < 5:
    sys.exit("another behaviour than the one described above")
PYTHON
