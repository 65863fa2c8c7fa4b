#!/bin/sh
# The machine deletes itself. It does not power off: Azure asks the full price of a machine that is stopped from within.
set -eu
service=http://169.254.169.254/metadata
about() { curl --fail --silent --show-error --max-time 10 --header 'Metadata: true' "$service/$1"; }
id=$(about 'instance/compute/resourceId?api-version=2021-02-01&format=text')
token=$(about 'identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com%2F' |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])')
# On standard input, for process lists show arguments.
printf 'header = "Authorization: Bearer %s"\n' "$token" |
    curl --fail --silent --show-error --max-time 60 --config - --request DELETE \
        "https://management.azure.com$id?api-version=2024-07-01&forceDeletion=true"
# Whoever called waits for the end, and calls again.
sleep 300
exit 1
