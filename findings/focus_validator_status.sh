#!/usr/bin/env bash
# focus_validator_status: the FinOps Foundation's validator of FOCUS files ends with 0 when the file fails.
#
# Software: PyPI's focus_validator 1.0.0, with multimethod 1.11.2 (its pandera cannot be imported beside multimethod 2).
# Guess:    a validator that writes "Validation failed!" ends with another status than 0, so that a pipeline stops.
# Seen:     a bill without most columns and with a word for a cost is told to fail in dozens of rules, and the status is
#           0, as for any other file that can be read.
# Bears on: pipelines that take a provider's FOCUS export only when it is valid: ask for the text "Validation failed!"
#           or for the file of `--output-type unittest`.
#
# Run by hand with Python 3.11. It exits with 1 when the behaviour is another one, with 2 when it cannot be run.
set -euo pipefail

version=1.0.0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
{ python3 -m venv venv &&
    venv/bin/pip install -q --disable-pip-version-check "focus_validator==$version" multimethod==1.11.2; } ||
    { echo "cannot be run: pip has no focus_validator==$version for this Python" >&2; exit 2; }

cat >bill.csv <<'CSV'
BilledCost,EffectiveCost,BillingCurrency
1.00,one,Dollars
CSV
status=0
venv/bin/focus-validator --data-file bill.csv >log 2>&1 || status=$?
echo "focus_validator $version: $(grep -c ' failed:$' log || true) rules failed, last line \"$(tail -n 1 log)\", status $status"
if ! grep -q '^Validation failed!$' log || [ "$status" -ne 0 ]; then
    echo "another behaviour than the one described above" >&2
    exit 1
fi
