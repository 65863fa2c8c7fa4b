#!/usr/bin/env bash
# price_parser_thousandths: a price with three digits behind the point is read as a thousand times that price.
#
# Software: PyPI's price-parser 0.5.1.
# Guess:    "$0.096" is 0.096 US dollars; a point in an amount in dollars is the decimal point.
# Seen:     exactly three digits behind the one point (or comma) are taken as thousands: $0.096 is 96, $3.060 is 3060,
#           "USD 12.240" is 12240. Two, four and more digits are read right, so that of one list $0.0416 and $0.17
#           come out well and $0.192 as 192. With decimal_separator="." all are right.
# Bears on: reading prices of instance types out of pages and texts: they have three digits as often as four.
#
# Run by hand with Python 3.11 or newer. It exits with 1 when the behaviour is another one, with 2 when it cannot be
# run.
set -euo pipefail

version=0.5.1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
{ python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check "price-parser==$version"; } ||
    { echo "cannot be run: pip has no price-parser==$version" >&2; exit 2; }

venv/bin/python - <<'PYTHON'
import sys
from decimal import Decimal
from importlib.metadata import version

from price_parser import Price

print("price-parser", version("price-parser"))
seen = {
    "$0.0416 per hour": "0.0416",
    "$0.17 per hour": "0.17",
    "$0.096 per hour": "96",
    "$0.192 per hour": "192",
    "$3.060 per hour": "3060",
    "USD 12.240": "12240",
    "EUR 0,192": "192",
}
same = True
for text, amount in seen.items():
    read = Price.fromstring(text).amount
    told = Price.fromstring(text.replace(",", "."), decimal_separator=".").amount
    print(f"{text}: {read}; told what the point is: {told}")
    same &= read == Decimal(amount) and told < 100
if not same:
    sys.exit("another behaviour than the one described above")
PYTHON
