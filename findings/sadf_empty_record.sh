#!/usr/bin/env bash
# sadf_empty_record: with -e (until when), sadf's JSON ends with an empty record among the statistics.
#
# Software: Debian's package sysstat, 12.6.1-1 (Debian 12).
# Guess:    `sadf -j -e TIME` has the records up to then, each with its timestamp, as without -e.
# Seen:     wherever -e cuts records off, one more stands behind the last: {}, without timestamp or values; with an -e
#           behind the end there is none. So the number of records is one too many, and a program that reads
#           record["timestamp"] of each stops with an error, but only where a part of a file was asked for.
#           In the table of -d nothing of the kind is to be seen.
# Bears on: whoever cuts sar's files by time for reports or imports; `perfanalysis import` leaves the record out.
#
# Run by hand on Debian 12 with Python 3.11. It records six seconds of this machine. It exits with 1 when the behaviour
# is another one, with 2 when it cannot be run.
set -euo pipefail

version=12.6.1-1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"

# The package, and what it needs and this machine lacks; unpacked, not installed.
mkdir -p archives/partial
options=(-qq -y -o "APT::Sandbox::User=$(id -un)" -o Debug::NoLocking=1 -o "Dir::Cache::archives=$folder/archives")
{ apt-get "${options[@]}" download "sysstat=$version" &&
    apt-get "${options[@]}" --no-install-recommends --download-only install "sysstat=$version"; } >/dev/null ||
    { echo "cannot be run: apt-get has no sysstat=$version (apt-get update?)" >&2; exit 2; }
for package in *.deb archives/*.deb; do
    [ ! -e "$package" ] || dpkg-deb -x "$package" tree
done
LD_LIBRARY_PATH=$(find "$folder/tree" -name '*.so*' -printf '%h\n' | sort -u | paste -sd:)
export LD_LIBRARY_PATH LC_ALL=C TZ=UTC
tree/usr/bin/sadf -V | head -1

tree/usr/lib/sysstat/sadc 1 7 file
tree/usr/bin/sadf -j file >whole.json
# The times of the third record, and of a day's end.
middle=$(python3 -c 'import json; r = json.load(open("whole.json"))["sysstat"]["hosts"][0]["statistics"]
print(r[2]["timestamp"]["time"])')
tree/usr/bin/sadf -j -e "$middle" file >cut.json
tree/usr/bin/sadf -d -e "$middle" file >cut.csv
tail -n 14 cut.json

python3 - "$middle" <<'PYTHON'
import json
import sys


def records(name):
    return json.load(open(name))["sysstat"]["hosts"][0]["statistics"]


whole, cut = records("whole.json"), records("cut.json")
rows = [line for line in open("cut.csv") if not line.startswith("#")]
print(f"all: {len(whole)} records, {whole.count({})} of them empty")
print(f"-e {sys.argv[1]}: {len(cut)} records, {cut.count({})} of them empty; -d: {len(rows)} rows")
if whole.count({}) != 0 or cut[-1:] != [{}] or cut.count({}) != 1 or len(rows) != len(cut) - 1:
    sys.exit("another behaviour than the one described above")
PYTHON
