#!/usr/bin/env bash
# cloud_init_unknown_keys: cloud-init's schema check calls a file valid whose keys it does not know.
#
# Software: Debian's package cloud-init, 22.4.2-1+deb12u4 (Debian 12).
# Guess:    `cloud-init schema` refuses `runcmds:`, which is no key of cloud-config (runcmd is): the schema exists to find
#           what a machine would silently not do.
# Seen:     "Valid cloud-config", status 0. The schema checks the values of the keys that it knows and says nothing of
#           others, at the top level. `runcmd: 5` is refused with status 1.
# Bears on: user data that starts an exporter or a load test on a new machine: one letter too many, and it boots, costs, and
#           measures nothing.
#
# Run by hand on Debian 12 with Python 3.11. It exits with 1 when the behaviour is another one, with 2 when it cannot
# be run.
set -euo pipefail

version=22.4.2-1+deb12u4
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"

# The package, and the Python packages that it needs; unpacked, not installed.
apt-get -qq -o APT::Sandbox::User="$(id -un)" download "cloud-init=$version" python3-configobj python3-jsonschema \
    python3-jinja2 python3-markupsafe python3-oauthlib python3-requests python3-urllib3 python3-chardet python3-idna \
    python3-certifi python3-yaml python3-jsonpatch python3-json-pointer python3-netifaces python3-serial python3-six \
    python3-attr python3-pyrsistent >/dev/null ||
    { echo "cannot be run: apt-get has no cloud-init=$version (apt-get update?)" >&2; exit 2; }
for package in *.deb; do
    dpkg-deb -x "$package" tree
done
check() { PYTHONPATH=$folder/tree/usr/lib/python3/dist-packages /usr/bin/python3 -m cloudinit.cmd.main schema --config-file "$1" 2>&1; }

printf '#cloud-config\nruncmds:\n  - [touch, /run/measured]\n' >misspelt.yaml
printf '#cloud-config\nruncmd: 5\n' >wrong.yaml
dpkg-deb -f cloud-init_*.deb Package Version
misspelt=0
said=$(check misspelt.yaml) || misspelt=$?
echo "runcmds: status $misspelt, $said"
wrong=0
check wrong.yaml || wrong=$?
echo "runcmd: 5: status $wrong"
if [ "$misspelt" != 0 ] || [ "$wrong" = 0 ] || [[ $said != *"Valid cloud-config"* ]]; then
    echo "another behaviour than the one described above" >&2
    exit 1
fi
