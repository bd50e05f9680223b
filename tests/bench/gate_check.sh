#!/bin/bash
# Gate checks a second, each pass durable in PostgreSQL before its answer, next to nginx answering
# `return 200` with a body of the same size; and codes never seen before next to openssl speed. All in
# one run, the sides taking turns.
#
#   gate_check.sh BUILD      BUILD is a release build's folder; ROUNDS=n (3) and CHECKS=n (20000 a
#                            sample) make it longer; SETTINGS="log_level=error" adds server settings
#
# Server or nginx on one core; load and PostgreSQL on the other.
source "$(dirname "$0")/lib.sh"
source tests/bench/gate_lib.sh
rounds=${ROUNDS:-3} checks=${CHECKS:-20000}
[[ $checks -le 35000 ]] || die "CHECKS is at most 35000: then every code has been everywhere"

start_nginx() { # a whole answer's bytes; the body is made so long that nginx's is the same
    local head=154 # what nginx puts before a body of three digits' length
    nginx_port=$(free_port)
    mkdir "$dir/nginx"
    cat >"$dir/nginx/conf" <<END
daemon off; worker_processes 1; pid $dir/nginx/pid; error_log $dir/nginx/error.log;
events { worker_connections 2048; }
http {
    access_log off; keepalive_requests 100000000; keepalive_timeout 600s;
    client_body_temp_path $dir/nginx/a; proxy_temp_path $dir/nginx/b; fastcgi_temp_path $dir/nginx/c;
    uwsgi_temp_path $dir/nginx/d; scgi_temp_path $dir/nginx/e;
    server {
        listen 127.0.0.1:$nginx_port;
        location / { default_type application/json; return 200 '$(printf "%*s" $(($1 - head)) '' | tr ' ' x)'; }
    }
}
END
    server_core nginx -p "$dir/nginx" -c "$dir/nginx/conf" 2>"$dir/nginx/start.log" &
    nginx_pid=$!
    wait_for 10 curl -fs --noproxy '*' -o "$dir/ready" "http://127.0.0.1:$nginx_port/" || die "nginx does not answer"
}

# -- samples: a line of gate_load's into $dir/out.NAME ------------------------------------------------

sample() { # name, connections, options
    load "$port" "$2" -c "$server_pid" -d "$database_pid" "${@:3}" <"$dir/ask" >>"$dir/out.$1" ||
        die "$1: not all were answered with 200; see above"
    tail -1 "$dir/out.$1" | grep -q ' spool=0 ' || echo "# $1: some passes went to the spool"
    rm -f "$dir/ask"
}

by_code() { # name, connections, seconds' worth: each code at the sites in turn, in and out
    local left=$checks site direction
    for site in 1 2 3 4; do
        for direction in in out; do
            [[ $site$direction != 1in ]] || continue # that was the first time, when it was verified
            [[ $left -gt 0 && ! -e $dir/used.$site$direction ]] || continue
            touch "$dir/used.$site$direction"
            ask code $site $direction $((left < codes ? left : codes))
            left=$((left - codes))
        done
    done
    sample "$@"
}

by_number() { # name, connections, options
    local left=$checks
    while ((left > 0)); do
        ask number 1 in $((left < codes ? left : codes))
        left=$((left - codes))
    done
    sample "$@"
}

cold() { # fresh codes, shown for the first time
    rm -f "$dir"/used.*
    city codes $workers $codes "$dir/signing.pem" >"$dir/codes"
    ask code 1 in $codes
    sample cold 64
}

nginx_sample() { # name, connections
    load "$nginx_port" "$2" -c "$(pgrep -P "$nginx_pid")" -n $((checks * 4)) >>"$dir/out.$1"
}

of() { # name, which value: the median of its samples
    sed -n "s/.*\b$2=\([0-9.]*\).*/\1/p" "$dir/out.$1" | median
}

openssl_sample() {
    server_core openssl speed -seconds 1 -mr ecdsap256 2>/dev/null |
        awk -F: '/^\+F4/ { print "rate=" $NF, "cpu_us=" 1e6 / $NF }' >>"$dir/out.openssl"
}

# -- the run ------------------------------------------------------------------------------------------

start_database
start_server
city codes $workers $codes "$dir/signing.pem" >"$dir/codes"
by_number warm 64
by_number warm 512
start_nginx "$(of warm bytes | cut -d. -f1)"
for ((i = 0; i < rounds; i++)); do
    nginx_sample nginx64 64
    cold
    by_code code64 64
    by_code code512 512
    nginx_sample nginx512 512
    by_number number64 64
    by_number number512 512
    openssl_sample
done
open_rate=$(awk -v r="$(of number512 rate)" 'BEGIN { printf "%d", r * 0.7 }')
by_number open 512 -r "$open_rate"

# -- the table ----------------------------------------------------------------------------------------

k() { awk -v v="$1" 'BEGIN { printf "%.1f k/s", v / 1000 }'; }
times() { # of
    echo "p50 $(of "$1" p50_ms) p99 $(of "$1" p99_ms) ms; CPU $(of "$1" cpu_us) us, kernel $(of "$1" kernel_us) of it"
}
tell() { # what, ours, baseline
    row "$1" "$(k "$(of "$2" rate)")" "nginx $(k "$(of "$3" rate)")" \
        "$(ratio "$(of "$2" rate)" "$(of "$3" rate)")" \
        "$(ratio "$(of "$3" cpu_us)" "$(of "$2" cpu_us)")" \
        "$(times "$2") (nginx $(of "$3" cpu_us), $(of "$3" kernel_us)); PostgreSQL $(of "$2" db_cpu_us) us"
}
tell "gate check, live code, 64 connections" code64 nginx64
tell "gate check, live code, 512 connections" code512 nginx512
tell "gate check, number, 64 connections" number64 nginx64
tell "gate check, number, 512 connections" number512 nginx512
row "gate check, a code's first time, 64" "$(k "$(of cold rate)")" "openssl verify $(k "$(of openssl rate)")" \
    "$(ratio "$(of cold rate)" "$(of openssl rate)")" "$(ratio "$(of openssl cpu_us)" "$(of cold cpu_us)")" \
    "$(times cold) (openssl $(of openssl cpu_us)); PostgreSQL $(of cold db_cpu_us) us"
row "gate check, number, 512, open loop" "$(k "$(of open rate)")" "$(k "$open_rate") due" \
    "$(ratio "$(of open rate)" "$open_rate")" "-" \
    "at 70 % of the rate above, from the moment due: $(times open), max $(of open max_ms) ms"
print_rows
if [[ -n ${SAMPLES_TO:-} ]]; then
    grep -H . "$dir"/out.* | sed "s|$dir/out\.||" >"$SAMPLES_TO"
fi
