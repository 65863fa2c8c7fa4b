#!/bin/sh
# The machine deletes itself. It does not power off: Google's own expiry leaves machines that are stopped.
set -eu
service=http://metadata.google.internal/computeMetadata/v1
about() { curl --fail --silent --show-error --max-time 10 --header 'Metadata-Flavor: Google' "$service/$1"; }
token=$(about instance/service-accounts/default/token | python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])')
# projects/NUMBER/zones/ZONE
zone=$(about instance/zone)
name=$(about instance/name)
# On standard input, for process lists show arguments.
printf 'header = "Authorization: Bearer %s"\n' "$token" |
    curl --fail --silent --show-error --max-time 60 --config - --request DELETE \
        "https://compute.googleapis.com/compute/v1/$zone/instances/$name"
# Whoever called waits for the end, and calls again.
sleep 300
exit 1
