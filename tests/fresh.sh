#!/bin/bash
# The README's two commands on a machine that has nothing: Debian 12 by debootstrap in a temporary
# folder, chroot, `./dev demo --once`, `./dev test`. What is committed is tried, not the work tree.
# Where packages come from is taken from this machine's apt, and its certificates go along, for sites
# behind a mirror or a proxy. Everything runs in a mount and process namespace of its own, so that
# nothing stays mounted or running, however this ends.
# usage: fresh.sh [COMMAND]   as root; with COMMAND ("./dev build") only that runs inside
set -euo pipefail
cd "$(dirname "$0")/.."
source=$PWD

target=$(mktemp -d /var/tmp/jianan-fresh.XXXXXX)
times=
clean_up() {
    [[ -z $times ]] || printf '== fresh: times\n%s' "$times"
    rm -rf --one-file-system "$target"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

# Debian's own repositories, as this machine's apt knows them: "URI suite".
debian_repositories() {
    apt-get indextargets --format '$(ORIGIN)|$(CREATED_BY)|$(REPO_URI)|$(CODENAME)' |
        awk -F'|' '$1 == "Debian" && $2 == "Packages" && $4 ~ /^bookworm/ { print $3, $4 }' | sort -u
}

install_debian() {
    local uri
    uri=$(debian_repositories | awk '$2 == "bookworm" { print $1; exit }')
    [[ -n $uri ]] || { echo "fresh: this machine's apt knows no repository of Debian 12" >&2; exit 1; }
    debootstrap --variant=minbase bookworm "$target" "$uri" >"$target.log" 2>&1 ||
        { tail -20 "$target.log" >&2; rm -f "$target.log"; exit 1; }
    rm -f "$target.log"
    chmod 755 "$target" # mktemp's 700 would shut out every user but root
}

# apt's sources and its way out; name resolution; certificates, at the paths that variables name.
copy_site() {
    local file
    debian_repositories | sed 's/^/deb /; s/$/ main/' >"$target/etc/apt/sources.list"
    apt-config dump | grep -E '^Acquire::(http|https|Check|Retries|Proxy)' \
        >"$target/etc/apt/apt.conf.d/90host" || true
    cp -L /etc/resolv.conf /etc/hosts "$target/etc/"
    for file in /etc/ssl/certs/ca-certificates.crt "${SSL_CERT_FILE:-}" "${NODE_EXTRA_CA_CERTS:-}" \
        /usr/local/share/ca-certificates/*.crt; do
        [[ -s $file ]] || continue
        mkdir -p "$target/${file%/*}"
        cp -L "$file" "$target/$file"
    done
}

copy_project() {
    git clone -q --depth 1 "file://$source" "$target/srv/jianan"
}

inside() { # runs a command in the fresh system, as root, with almost no environment
    local pass=(HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM="${TERM:-dumb}") name
    for name in SSL_CERT_FILE NODE_EXTRA_CA_CERTS http_proxy https_proxy no_proxy; do
        [[ -z ${!name:-} ]] || pass+=("$name=${!name}")
    done
    unshare --mount --pid --fork --kill-child bash -ec '
        mount -t proc proc "$1/proc"
        mount -t tmpfs -o mode=1777 tmpfs "$1/dev/shm"
        root=$1; shift
        exec chroot "$root" "$@"
    ' fresh "$target" env -i "${pass[@]}" bash -ec "cd /srv/jianan; $1"
}

timed() { # what it is, command…; the time goes to the list at the end
    local start=$SECONDS what=$1 status=0
    shift
    echo "== fresh: $what"
    "$@" || status=$?
    times+="$(printf '%6d s  %s%s' $((SECONDS - start)) "$what" "$([[ $status -eq 0 ]] || echo ": failed")")"$'\n'
    [[ $status -eq 0 ]] || { echo "fresh: $what failed" >&2; exit 1; }
}

timed "Debian 12 by debootstrap" install_debian
copy_site
timed "copy of the project" copy_project
if [[ -n ${1:-} ]]; then
    timed "$1" inside "$1"
else
    timed "./dev demo --once, with its packages" inside "./dev demo --once"
    timed "./dev demo --once, again" inside "./dev demo --once"
    timed "./dev test, with its packages" inside "./dev test"
fi
