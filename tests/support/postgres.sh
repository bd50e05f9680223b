#!/bin/sh
# A private PostgreSQL: socket only, no password, checksums on, gone when asked to.
#
#   postgres.sh start DIR    makes DIR if need be, starts PostgreSQL in it, prints the socket's folder
#   postgres.sh run DIR      the same in the foreground: this process becomes postgres
#   postgres.sh stop DIR     stops it and waits until it is gone
#   postgres.sh remove DIR   stop, and deletes DIR
#
# DIR holds data/ and the socket; its path must be shorter than 90 bytes. PostgreSQL refuses to run
# as root: root starts it as $PG_USER (default postgres, else nobody). PG_EXTRA is added to the
# command line, e.g. PG_EXTRA="-c synchronous_commit=off". PG_DEATH=QUIT: with `run`, postgres ends
# when the process that started it does.
set -eu

usage() { sed -n '2,13s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ $# -eq 2 ] || usage
command=$1
mkdir -p "$2"
dir=$(cd "$2" && pwd)
bin=${PG_BIN:-$(find /usr/lib/postgresql -path "*/bin/postgres" 2>/dev/null | sort -V | tail -n 1)}
bin=${bin%/postgres}
[ -x "$bin/postgres" ] || { echo "postgres.sh: no PostgreSQL server found; set PG_BIN" >&2; exit 1; }

# Runs the rest as an unprivileged user; root keeps no hand in it.
owner=$(id -un)
if [ "$(id -u)" -eq 0 ]; then
    owner=${PG_USER:-postgres}
    id "$owner" >/dev/null 2>&1 || owner=nobody
    as_owner="setpriv${PG_DEATH:+ --pdeathsig $PG_DEATH} --reuid=$owner --regid=$(id -gn "$owner")"
    as_owner="$as_owner --clear-groups --inh-caps=-all"
else
    as_owner=${PG_DEATH:+setpriv --pdeathsig $PG_DEATH}
fi

pid_of() { # the postmaster's, when it runs
    pid=$(sed -n 1p "$dir/data/postmaster.pid" 2>/dev/null) || return 1
    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = postgres ] || return 1 # not another one of that number
    echo "$pid"
}

prepare() {
    [ "$(id -u)" -ne 0 ] || chown "$owner" "$dir"
    chmod 755 "$dir" # others connect to the socket; data/ is 0700
    [ -s "$dir/data/PG_VERSION" ] && return
    rm -rf "$dir/data"
    [ -z "$as_owner" ] || $as_owner test -x "$dir" || {
        echo "postgres.sh: $owner may not enter $dir; choose a folder that others can reach" >&2
        exit 1
    }
    # shellcheck disable=SC2086
    (cd "$dir" && $as_owner "$bin/initdb" -D "$dir/data" -U postgres -k --auth=trust -E UTF8 \
        --locale=C --no-instructions >"$dir/initdb.log" 2>&1) ||
        { cat "$dir/initdb.log" >&2; exit 1; }
}

# exec: whoever starts this script is the parent of postgres, and may wait for it and kill it.
run() {
    prepare
    cd "$dir"
    # shellcheck disable=SC2086 # both are lists of words
    exec $as_owner "$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= \
        -c unix_socket_permissions=0777 -c max_connections=120 -c TimeZone=UTC \
        -c log_timezone=UTC ${PG_EXTRA:-}
}

start() {
    if ! pid_of >/dev/null; then
        "$0" run "$dir" >"$dir/postgres.log" 2>&1 &
        child=$!
        until "$bin/psql" -h "$dir" -U postgres -d postgres -Atqc 'SELECT 1' >/dev/null 2>&1; do
            kill -0 "$child" 2>/dev/null || { cat "$dir/postgres.log" >&2; exit 1; }
            sleep 0.05
        done
    fi
    echo "$dir"
}

stop() {
    pid=$(pid_of) || return 0
    kill -INT "$pid" # fast shutdown: connections are dropped, a checkpoint is written
    while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
}

case $command in
start) start ;;
run) run ;;
stop) stop ;;
remove) stop && rm -rf "$dir" ;;
*) usage ;;
esac
