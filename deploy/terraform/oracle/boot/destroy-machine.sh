#!/bin/sh
# The machine terminates itself, and its disk with it.
set -eu
id=$(curl --fail --silent --show-error --max-time 10 --header 'Authorization: Bearer Oracle' \
    http://169.254.169.254/opc/v2/instance/id)
/opt/oci-cli/bin/oci --auth instance_principal compute instance terminate --force --preserve-boot-volume false \
    --instance-id "$id"
# Whoever called waits for the end, and calls again.
sleep 300
exit 1
