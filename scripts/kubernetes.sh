# Read by the scripts that build programs of Kubernetes.
# shellcheck shell=bash
. "$(dirname "${BASH_SOURCE[0]}")/go.sh"

kubernetes_version=1.34.1
kubernetes_module=k8s.io/kubernetes

# staged: the parts of Kubernetes that are modules of their own, at the version that belongs to it.
staged() {
    local folder
    logged env -C "$scratch" go mod download "$kubernetes_module@v$kubernetes_version" || return 1
    folder=$(go env GOMODCACHE)/$kubernetes_module@v$kubernetes_version
    awk -v version="v0.${kubernetes_version#*.}" \
        '$2 == "=>" && $3 ~ /^\.\/staging/ { print "-replace=" $1 "=" $1 "@" version }' \
        "$folder/go.mod" | (cd "$scratch" && xargs go mod edit) >>"$log" 2>&1
}

# kubernetes_build NAME PROGRAM: build cmd/PROGRAM below .tools/ unless it is there, and print its path.
kubernetes_build() {
    local built=$tools/$2/$2-$kubernetes_version stamp=k8s.io/component-base/version
    [ -x "$built" ] || GO_BUILD_PREPARE=staged go_build "$1" "$kubernetes_version" \
        "$kubernetes_module/cmd/$2" "$built" -ldflags \
        "-s -w -X $stamp.gitVersion=v$kubernetes_version -X $stamp.gitMajor=1 -X $stamp.gitMinor=${kubernetes_version:2:2}" ||
        die_without "build $1"
    echo "$built"
}
