#!/usr/bin/env bash
# prometheus_pandas_scalar: the answer of a scalar query is an array of its time and its value.
#
# Software: PyPI's prometheus-pandas 0.3.3, with numpy 1.26.4 and pandas 2.3.3; Debian's package prometheus,
#           2.42.0+ds-5+deb12u1 (Debian 12).
# Guess:    `query("scalar(...)")` gives a number, as its type says (`Scalar = np.float64`).
# Seen:     `query("0.5")` is an array of two, the second the 0.5 that was asked for, the first the seconds since 1970:
#           `answer > 0.9` is true and false, a mean of it is 890 millions, and numpy goes on with either.
# Bears on: notebooks and checks that ask our metrics for one number (units per dollar, machines in need) this way: ask
#           `vector(scalar(...))` and take the first value.
#
# Run by hand on Debian 12 with Python 3.11. It exits with 1 when the behaviour is another one, with 2 when it cannot
# be run.
set -euo pipefail

version=2.42.0+ds-5+deb12u1
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"
{ python3 -m venv venv &&
    venv/bin/pip install -q --disable-pip-version-check prometheus-pandas==0.3.3 numpy==1.26.4 pandas==2.3.3 requests; } ||
    { echo "cannot be run: pip has no prometheus-pandas==0.3.3 for this Python" >&2; exit 2; }
apt-get -qq -o APT::Sandbox::User="$(id -un)" download "prometheus=$version" >/dev/null ||
    { echo "cannot be run: apt-get has no prometheus=$version (apt-get update?)" >&2; exit 2; }
dpkg-deb -x prometheus_*.deb tree
tree/usr/bin/prometheus --version 2>&1 | head -1

echo 'global: {scrape_interval: 15s}' >prometheus.yml
tree/usr/bin/prometheus --config.file=prometheus.yml --storage.tsdb.path=data --web.listen-address=127.0.0.1:0 >log 2>&1 &
server=$!
address=
for _ in $(seq 200); do
    address=$(grep -o 'Listening on" address=[0-9.:]*' log | grep -o '127[0-9.:]*' || true)
    [ -z "$address" ] || ! grep -q 'ready to receive web requests' log || break
    sleep 0.1
done
[ -n "$address" ] || { echo "cannot be run: Prometheus does not start" >&2; exit 2; }

no_proxy='*' venv/bin/python - "$address" <<'PYTHON'
import sys
from importlib.metadata import version

from prometheus_pandas.query import Prometheus

with Prometheus(f"http://{sys.argv[1]}") as engine:
    scalar = engine.query("0.5")
    vector = engine.query("vector(0.5)")
print("prometheus-pandas", version("prometheus-pandas"))
print(f"scalar: {type(scalar).__name__} of shape {scalar.shape}: {scalar.tolist()}; vector: {vector.tolist()}")
if scalar.shape != (2,) or scalar[1] != 0.5 or scalar[0] < 1e9 or vector.tolist() != [0.5]:
    sys.exit("another behaviour than the one described above")
PYTHON
