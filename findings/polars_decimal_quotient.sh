#!/usr/bin/env bash
# polars_decimal_quotient: polars rounds a quotient or product of decimals to the cents that the cost column has.
#
# Software: PyPI's polars 2.1.0, beside pyarrow 26.0.1.
# Guess:    decimals are exact, so a bill's cost over its hours has more digits than the bill, as in pyarrow.
# Seen:     the result keeps the larger scale of the two columns. $0.10 over 3 hours is $0.03 an hour (0.0333 is
#           right: 10 % off), and 0.05 times a rate of 0.05 is 0.00. Nothing is said. pyarrow gives
#           0.033333333333333333333.
# Bears on: effective prices an hour, reckoned from bills whose cost column has the digits of money. Cast to a wide
#           scale first.
#
# Run by hand with Python 3.11 or newer. It exits with 1 when the behaviour is another one, with 2 when it cannot be
# run.
set -euo pipefail

version=2.1.0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
{ python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check "polars==$version" pyarrow==26.0.1; } ||
    { echo "cannot be run: pip has no polars==$version or pyarrow==26.0.1" >&2; exit 2; }

venv/bin/python - <<'PYTHON'
import io
import sys
from decimal import Decimal

import polars
import pyarrow
import pyarrow.compute

print("polars", polars.__version__, "pyarrow", pyarrow.__version__)
bill = polars.read_csv(
    io.StringIO("BilledCost,ConsumedQuantity,Rate\n0.10,3,0.05\n"),
    schema={
        "BilledCost": polars.Decimal(18, 2),
        "ConsumedQuantity": polars.Decimal(18, 0),
        "Rate": polars.Decimal(18, 2),
    },
)
hourly = bill.select(polars.col("BilledCost") / polars.col("ConsumedQuantity")).item()
product = bill.select(polars.col("Rate") * polars.col("Rate")).item()
widened = bill.select(polars.col("BilledCost").cast(polars.Decimal(38, 12)) / polars.col("ConsumedQuantity")).item()
peer = pyarrow.compute.divide(
    pyarrow.array([Decimal("0.10")], pyarrow.decimal128(18, 2)), pyarrow.array([Decimal(3)], pyarrow.decimal128(18, 0))
)[0].as_py()
print("0.10 / 3: polars", hourly, "| polars, cast to 12 digits first", widened, "| pyarrow", peer)
print("0.05 * 0.05: polars", product)
if (hourly, product) != (Decimal("0.03"), Decimal("0.00")) or not str(peer).startswith("0.033333"):
    sys.exit("another behaviour than the one described above")
PYTHON
