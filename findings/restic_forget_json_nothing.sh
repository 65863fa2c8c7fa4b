#!/usr/bin/env bash
# restic_forget_json_nothing: `restic forget --json` prints no JSON at all where no snapshot is looked at; `snapshots`
# prints an empty list then.
#
# Software: Debian's package restic, 0.14.0-1+b5 (Debian 12).
# Guess:    with --json there is JSON on standard output: of forget an empty list where there is nothing to decide about.
# Seen:     in an empty repository, or with a --tag that no snapshot has, `forget --keep-last 1 --json` ends with 0 and
#           prints nothing; `snapshots --json` prints [] in the same repository. With a snapshot, forget prints a list.
# Bears on: jobs that prune backups by tag and read what was removed: the first night, and each new tag, breaks the parser.
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

forget=$(restic forget --keep-last 1 --json)
snapshots=$(restic snapshots --json)
echo "an empty repository: forget prints '$forget', snapshots '$snapshots'"
echo "something" >file
restic --quiet backup --tag nightly file
other=$(restic forget --keep-last 1 --tag weekly --json)
own=$(restic forget --keep-last 1 --tag nightly --json | python3 -c 'import json, sys; print(type(json.load(sys.stdin)).__name__)')
echo "with one snapshot: forget by another tag prints '$other', by its own tag a $own"
if [ "$forget|$snapshots|$other|$own" != "|[]||list" ]; then
    echo "another behaviour than the one described above" >&2
    exit 1
fi
