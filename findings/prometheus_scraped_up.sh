#!/usr/bin/env bash
# prometheus_scraped_up: a page that has a metric called `up` replaces the one by which Prometheus tells who is there.
#
# Software: Debian's package prometheus, 2.42.0+ds-5+deb12u1 (Debian 12).
# Guess:    `up` and `scrape_*` are Prometheus' own: a target's metrics of these names are renamed (as labels are, to
#           exported_*) or refused, and the log says so.
# Seen:     the page's sample is stored, Prometheus' own of the same time is dropped without a word. A target whose page
#           says `up 0` and answers every scrape is down in every query and alert; one that says
#           `scrape_duration_seconds 77` takes 77 s. The log has no warning.
# Bears on: text files and plug-ins of batch jobs, which like to call a metric `up`; exporters that pass on others' pages.
#
# Run by hand on Debian 12. It exits with 1 when the behaviour is another one, with 2 when it cannot be run.
set -euo pipefail

version=2.42.0+ds-5+deb12u1
folder=$(mktemp -d)
children=()
trap 'kill "${children[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"

apt-get -qq -o APT::Sandbox::User="$(id -un)" download "prometheus=$version" >/dev/null ||
    { echo "cannot be run: apt-get has no prometheus=$version (apt-get update?)" >&2; exit 2; }
dpkg-deb -x prometheus_*.deb tree
"$folder/tree/usr/bin/prometheus" --version 2>&1 | head -1

mkdir page
printf '# TYPE up gauge\nup 0\n# TYPE scrape_duration_seconds gauge\nscrape_duration_seconds 77\nmade 1\n' >page/metrics
python3 - >port <<'PYTHON' &
import functools, http.server

class Page(http.server.SimpleHTTPRequestHandler):
    extensions_map = {"": "text/plain; version=0.0.4"}
    def log_message(self, *_):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), functools.partial(Page, directory="page"))
print(server.server_port, flush=True)
server.serve_forever()
PYTHON
children+=($!)
until [ -s port ]; do sleep 0.1; done

cat >prometheus.yml <<YAML
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs: [{job_name: made, static_configs: [{targets: ["127.0.0.1:$(cat port)"]}]}]
YAML
"$folder/tree/usr/bin/prometheus" --config.file=prometheus.yml --storage.tsdb.path=data \
    --web.listen-address=127.0.0.1:0 >log 2>&1 &
children+=($!)
address=
for _ in $(seq 100); do
    address=$(grep -o 'Listening on" address=[0-9.:]*' log | grep -o '127[0-9.:]*' || true)
    [ -z "$address" ] || break
    sleep 0.1
done
[ -n "$address" ] || { echo "cannot be run: Prometheus does not start" >&2; exit 2; }
# The first targets come five seconds after the start.
sleep 12

# value QUERY: its one value.
value() {
    python3 - "$address" "$1" <<'PYTHON'
import json, sys, urllib.parse, urllib.request

url = f"http://{sys.argv[1]}/api/v1/query?" + urllib.parse.urlencode({"query": sys.argv[2]})
found = json.load(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url))["data"]["result"]
print(found[0]["value"][1] if found else "nothing")
PYTHON
}
made=$(value 'count_over_time(made[1m])') up=$(value 'max_over_time(up[1m])')
seconds=$(value 'min_over_time(scrape_duration_seconds[1m])')
warnings=$(grep -c 'level=warn' log || true)
echo "scrapes that came: $made; up at most: $up; scrape_duration_seconds at least: $seconds; warnings in the log: $warnings"
if [ "$made" -lt 3 ] || [ "$up" != 0 ] || [ "$seconds" != 77 ] || [ "$warnings" -ne 0 ]; then
    echo "another behaviour than the one described above" >&2
    exit 1
fi
