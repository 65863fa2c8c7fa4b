# Read by the scripts that build programs with Go.
# shellcheck shell=bash
. "$(dirname "${BASH_SOURCE[0]}")/system.sh"

# go_build NAME VERSION PACKAGE PROGRAM [FLAG...]: build a package at a version to the file PROGRAM, with
# these flags of `go build`. A function named by GO_BUILD_PREPARE prepares the module that it is built in;
# GO_BUILD_OURS is a package in there that is built in its place, and uses it. It fails when Go does, or is not there.
go_build() {
    local name=$1 version=$2 package=$3 program=$4
    shift 4
    command -v go >/dev/null 2>&1 || return 1
    make_scratch build
    say "building $name $version with $(go version | cut -d ' ' -f 3) (log: out/setup.log)"
    # Without what debuggers read, which takes a tenth of the time; the same for all, so that what the standard library
    # was compiled to serves all.
    # In a module of its own: `go install` refuses a module with replace directives. What needs a newer Go than the one
    # here gets it by the module proxy.
    local -x GOTOOLCHAIN=${GOTOOLCHAIN:-auto}
    # The compiler collects garbage seldom: a fifth less CPU time, for more memory.
    local -x GOGC=${GOGC:-400}
    logged env -C "$scratch" go mod init build &&
        "${GO_BUILD_PREPARE:-true}" &&
        logged env -C "$scratch" go get "$package@v$version" &&
        logged env -C "$scratch" go build -mod=mod -gcflags=all=-dwarf=false -ldflags=-w "$@" -o program "${GO_BUILD_OURS:-$package}" &&
        mkdir -p "$(dirname "$program")" &&
        mv "$scratch/program" "$program"
}

# die_without WORK: stop with one line that says why WORK was not done: "build helm".
die_without() {
    command -v go >/dev/null 2>&1 || die "there is no Go that could $1"
    die "Go could not $1 (the reason is at the end of $log)"
}
