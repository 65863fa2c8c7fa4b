#!/usr/bin/env bash
# currencyconverter_no_date: without a date, an amount is converted at the last day that its currency had a rate, be
# it years ago.
#
# Software: PyPI's CurrencyConverter 0.18.23, with the European Central Bank's reference rates that it ships.
# Guess:    convert(amount, "RUB", "USD") takes the newest rates, or refuses a currency that has none any more.
# Seen:     it takes the day of the last rate of the currency converted *from*, for both: 1,000 roubles are $9.52, by
#           the rates of 1 March 2022, without a word. The other way round, or with today's date, RateNotFoundError is
#           raised.
# Bears on: bills and price lists in currencies that the bank no longer quotes, or quotes no more since they joined
#           the euro.
#
# Run by hand with Python 3.11 or newer. It exits with 1 when the behaviour is another one, with 2 when it cannot be
# run.
set -euo pipefail

version=0.18.23
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
{ python3 -m venv venv && venv/bin/pip install -q --disable-pip-version-check "currencyconverter==$version"; } ||
    { echo "cannot be run: pip has no currencyconverter==$version" >&2; exit 2; }

venv/bin/python - <<'PYTHON'
import sys
from importlib.metadata import version

from currency_converter import CurrencyConverter, RateNotFoundError

print("CurrencyConverter", version("currencyconverter"))
converter = CurrencyConverter()
last = {currency: converter.bounds[currency].last_date for currency in ("RUB", "USD")}
for currency, day in last.items():
    print(f"last rate of {currency}: {day}")
without = converter.convert(1000, "RUB", "USD")
then = converter.convert(1000, "RUB", "USD", date=last["RUB"])
print(f"1000 RUB without a date: {without:.2f} USD; on {last['RUB']}: {then:.2f} USD")


def refused(amount_from: str, amount_to: str, **when: object) -> bool:
    try:
        converter.convert(1000, amount_from, amount_to, **when)
    except RateNotFoundError as error:
        print(f"{amount_from} to {amount_to}{' with the last date of USD' if when else ''}: {error}")
        return True
    return False


others = [refused("USD", "RUB"), refused("RUB", "USD", date=last["USD"])]
if not (all(others) and without == then and (last["USD"] - last["RUB"]).days > 1600):
    sys.exit("another behaviour than the one described above")
PYTHON
