# Read by the other scripts: messages, and Debian packages only when something is missing.
# shellcheck shell=bash

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tools=$repository/.tools
log=$repository/out/setup.log

say() { printf 'setup: %s\n' "$*" >&2; }
die() { printf 'setup: error: %s\n' "$*" >&2; exit 1; }

{ mkdir -p "$repository/out" "$tools" && : >>"$log"; } 2>/dev/null ||
    die "the folders out and .tools in $repository cannot be made or written to"

# The groups of processes that run just now, and the folder that goes when the script ends.
running=()
scratch=
# An error ends what runs beside as well.
trap 'end_running; [ -z "$scratch" ] || rm -rf "$scratch"' EXIT
# Ctrl-C ends what runs just now as well; that is no failure of it.
end_running() {
    local group
    for group in "${running[@]}"; do kill -- "-$group" 2>/dev/null || true; done
    wait
}
interrupted() {
    end_running
    printf '\nsetup: interrupted\n' >&2
    exit 130
}
trap interrupted INT TERM

# make_scratch NAME: a new folder below .tools/, $scratch, that goes when the script ends, however it ends.
make_scratch() {
    [ -z "$scratch" ] || rm -rf "$scratch"
    scratch=$(mktemp -d "$tools/$1.XXXXXX" 2>>"$log") ||
        die "no folder can be made in $tools (the reason is at the end of $log)"
}

# logged COMMAND...: a command that asks nothing, with its output in the log. It is a group of processes of
# its own, which ends with this script, also when that alone gets a signal.
logged() {
    local status=0 others=("${running[@]}")
    set -m
    "$@" >>"$log" 2>&1 </dev/null &
    running+=("$!")
    set +m
    wait "$!" || status=$?
    running=("${others[@]}")
    return "$status"
}

# beside FUNCTION: call it while the script goes on, until await_all. It ends with this script, too.
beside() {
    set -m
    begun_beside "$@" </dev/null &
    running+=("$!")
    set +m
}

begun_beside() {
    running=()
    # A shell of its own has no traps yet.
    trap '[ -z "$scratch" ] || rm -rf "$scratch"' EXIT
    trap 'end_running; exit 130' INT TERM
    "$@"
}

# await_all: wait for all that was begun by beside; it fails when one of them did.
await_all() {
    local status=0 group
    for group in "${running[@]}"; do wait "$group" || status=$?; done
    running=()
    return "$status"
}

# as_root COMMAND...: run a command as root, by sudo when needed.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        if [ -t 0 ]; then sudo "$@"; else sudo -n "$@"; fi
    else
        return 126
    fi
}

# apt_get ARGUMENTS...: apt-get without questions, its output in the log.
apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a \
        apt-get -q -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 "$@" >>"$log" 2>&1 </dev/null
}

# require_debian WHAT: stop unless this is a Debian or Ubuntu machine.
require_debian() {
    command -v apt-get >/dev/null 2>&1 && return
    die "$1; this is not Debian or Ubuntu, so install it by hand, then run the same command again"
}

# install_packages PACKAGE...: install Debian packages that a probe found missing.
install_packages() {
    [ $# -gt 0 ] || return 0
    require_debian "missing on this machine: $*"
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null 2>&1; then
        die "missing Debian packages: $*; neither root nor sudo here, so have an administrator run: apt-get install $*"
    fi
    say "installing Debian packages: $*"
    if ! apt_get install --yes --no-install-recommends "$@"; then
        # The lists of a new machine are empty or old.
        apt_get update || true
        apt_get install --yes --no-install-recommends "$@" ||
            die "apt-get could not install: $* (the reason is at the end of $log)"
    fi
}

# install_optional OTHERWISE PACKAGE...: install Debian packages, as many of them as can be had; OTHERWISE says
# what comes of the others.
install_optional() {
    local otherwise=$1 package without=()
    shift
    [ $# -gt 0 ] || return 0
    if command -v apt-get >/dev/null 2>&1 && { [ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null 2>&1; }; then
        say "installing Debian packages: $*"
        apt_get install --yes --no-install-recommends "$@" && return
        # The lists of a new machine are empty or old.
        apt_get update || true
        for package in "$@"; do
            apt_get install --yes --no-install-recommends "$package" || without+=("$package")
        done
    else
        without=("$@")
    fi
    [ ${#without[@]} -eq 0 ] || say "missing Debian packages: ${without[*]}: $otherwise"
}
