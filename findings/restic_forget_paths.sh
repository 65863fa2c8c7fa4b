#!/usr/bin/env bash
# restic_forget_paths: `restic forget --keep-last 1` keeps every backup of a Prometheus snapshot, as each has a folder
# of its own.
#
# Software: Debian's package restic, 0.14.0-1+b5 (Debian 12).
# Guess:    --keep-last 1 (or --keep-daily 7) leaves one (or seven) of a host's snapshots.
# Seen:     the policy holds for each set of host and *paths* by itself. Prometheus's snapshot API names each folder
#           anew (snapshots/20260103T020000Z-5c9a1f0e), so that no two backups have a path in common: of three, three
#           are kept, with status 0. With --group-by host one is left.
# Bears on: whoever backs up what a snapshot API made; likewise folders of mktemp or of a date.
#
# Run by hand on Debian 12 with Python 3.11. It exits with 1 when the behaviour is another one, with 2 when it cannot
# be run.
set -euo pipefail

version=0.14.0-1+b5
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"

apt-get -qq -o APT::Sandbox::User="$(id -un)" download "restic=$version" >/dev/null ||
    { echo "cannot be run: apt-get has no restic=$version (apt-get update?)" >&2; exit 2; }
dpkg-deb -x restic_*.deb tree
restic() { tree/usr/bin/restic --no-cache --repo "$folder/store" "$@"; }
export RESTIC_PASSWORD=only-for-this-run
restic version
restic --quiet init
# kept: how many snapshots there are.
kept() { restic snapshots --json | python3 -c 'import json, sys; print(len(json.load(sys.stdin)))'; }

for name in 20260101T020000Z-1d52ab9c 20260102T020000Z-77e0c4d1 20260103T020000Z-5c9a1f0e; do
    mkdir -p "data/snapshots/$name"
    echo "the blocks of Prometheus" >"data/snapshots/$name/block"
    restic --quiet backup "data/snapshots/$name"
    rm -r "data/snapshots/$name"
done
before=$(kept)
restic --quiet forget --keep-last 1 >/dev/null
by_path=$(kept)
restic --quiet forget --keep-last 1 --group-by host >/dev/null
by_host=$(kept)
echo "snapshots: $before; after forget --keep-last 1: $by_path; after the same with --group-by host: $by_host"
if [ "$before $by_path $by_host" != "3 3 1" ]; then
    echo "another behaviour than the one described above" >&2
    exit 1
fi
