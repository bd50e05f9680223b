# A city, its server and its database to ask; sourced after lib.sh. Everything lives in $dir, a folder
# under /tmp that goes at the end; only 127.0.0.1 is listened on.
# shellcheck disable=SC2034 # used by who sources this
workers=4000 sites=4 codes=10000 # at most 25 codes a worker (gate_city.c)
dir=$(mktemp -d /tmp/jianan-bench.XXXXXX)
chmod 755 "$dir"
PATH=$PATH:/usr/sbin:$PWD/build/tools/usr/sbin
server_pid='' nginx_pid=''

clean_up() {
    trap - EXIT
    [[ -z $nginx_pid ]] || { kill "$nginx_pid" 2>/dev/null || true; wait "$nginx_pid" || true; }
    [[ -z $server_pid ]] || { kill "$server_pid" 2>/dev/null || true; wait "$server_pid" || true; }
    tests/support/postgres.sh remove "$dir/pg" || true
    rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

die() { echo "${0##*/}: $*" >&2; exit 1; }
free_port() { # that nobody listens on just now
    local port
    for port in $(shuf -i 20000-32000 -n 50); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
    done
}
wait_for() { # seconds, command: until it holds
    local i
    for ((i = 0; i < $1 * 10; i++)); do
        "${@:2}" && return
        sleep 0.1
    done
    return 1
}
sql() { psql -h "$dir/pg" -U postgres -d jianan -Atq "$@"; }
city() (others_core "$build/gate_city" "$@")
load() (others_core "$build/gate_load" "$@")

# -- the sides ------------------------------------------------------------------------------------

start_database() {
    (others_core tests/support/postgres.sh start "$dir/pg") >/dev/null
    psql -h "$dir/pg" -U postgres -qc 'CREATE DATABASE jianan'
    database_pid=$(head -1 "$dir/pg/data/postmaster.pid")
}

start_server() { # what goes before the program, if anything
    local setting
    port=$(free_port)
    mkdir -m 700 "$dir/spool"
    (
        umask 077
        cat >"$dir/conf" <<END
listen_port = 0
plain_port = $port
loops = 1
database = host=$dir/pg user=jianan_app dbname=jianan
database_owner = host=$dir/pg user=postgres dbname=jianan
spool_dir = $dir/spool
vault_file = $dir/vault.json
signing_key = $dir/signing.pem
key_requests_per_s = 1000000
END
        for setting in ${SETTINGS:-}; do echo "${setting/=/ = }" >>"$dir/conf"; done
    )
    "$build/jianan-server" --new-vault "$dir/vault.json"
    "$build/jianan-server" --new-signing-key "$dir/signing.pem" >/dev/null
    "$build/jianan-server" --config "$dir/conf" --migrate >"$dir/migrate.log" 2>&1 ||
        { cat "$dir/migrate.log" >&2; die "the database could not be prepared"; }
    city sql $workers $sites | sql >/dev/null
    server_core "$@" "$build/jianan-server" --config "$dir/conf" >"$dir/server.log" 2>&1 &
    server_pid=$!
    wait_for 60 curl -fs --noproxy '*' -o "$dir/ready" "http://127.0.0.1:$port/readyz" ||
        { tail -5 "$dir/server.log" >&2; die "the server is not ready"; }
}

seq_next=1
ask() { # code|number, site, in|out, how many: adds questions to $dir/ask
    head -n "$4" "$dir/codes" | city ask "$1" "$2" "$3" 1 "$seq_next" >>"$dir/ask"
    seq_next=$((seq_next + $4))
}
