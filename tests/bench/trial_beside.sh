#!/bin/bash
# Gate checks while a policy is tried on everybody: the same open loop with and without trials running
# one after another, taking turns.
#
#   trial_beside.sh BUILD    BUILD is a release build's folder; WORKERS=n (200000) in the register,
#                            ROUNDS=n (3), RATE=n (1000 checks a second, CHECKS=n (5000) a sample)
#
# The server, with the surveyor's thread in it, has one core to itself; the hardest case for its loop.
source "$(dirname "$0")/lib.sh"
source tests/bench/gate_lib.sh
workers=${WORKERS:-200000} codes=5000
rounds=${ROUNDS:-3} rate=${RATE:-1000} checks=${CHECKS:-5000}
[[ $checks -le $codes ]] || die "CHECKS is at most $codes"

ask_server() { # method, path, body: the answer
    curl -fsS --noproxy '*' -X "$1" -H "Authorization: Bearer $operator" \
        -H "Idempotency-Key: $RANDOM-$RANDOM-$EPOCHREALTIME" -H 'Content-Type: application/json' \
        ${3:+-d "$3"} "http://127.0.0.1:$port$2"
}
number_at() { grep -o "\"$1\":[0-9]*" | head -1 | cut -d: -f2; }

try_once() { # one trial to its end
    local trial answer
    trial=$(ask_server POST /v1/policies/777/trial '{}' | number_at trial)
    while answer=$(ask_server GET "/v1/trials/$trial") && [[ $answer == *'"state":"running"'* ]]; do
        sleep 0.05
    done
    [[ $answer == *'"state":"done"'* ]] || die "a trial did not end well: $answer"
    echo x >>"$dir/trials"
}

try_on_and_on() { while [[ ! -e $dir/enough ]]; do try_once; done; }

sample() { # name
    ask number 1 in "$checks"
    load "$port" 64 -c "$server_pid" -d "$database_pid" -r "$rate" <"$dir/ask" >>"$dir/out.$1" ||
        die "$1: not all were answered with 200; see above"
    rm -f "$dir/ask"
}

beside() { # the same while trials run
    local trials_pid
    rm -f "$dir/enough"
    try_on_and_on &
    trials_pid=$!
    sample beside
    touch "$dir/enough"
    wait "$trials_pid"
}

of() { sed -n "s/.*\b$2=\([0-9.]*\).*/\1/p" "$dir/out.$1" | median; }

start_database
start_server
operator=$("$build/jianan-server" --config "$dir/conf" --new-operator-key bench | head -1)
sql -c "INSERT INTO policy (number, version, state, document, sha256, account_id)
        SELECT 777, 1, 'draft', d, sha256(convert_to(d::text, 'UTF8')), 0
        FROM (SELECT jsonb_set(jsonb_set(document, '{number}', '777'), '{effective}', '\"2026-01-01\"') AS d
              FROM policy WHERE number = 2 ORDER BY version DESC LIMIT 1) AS p"
city codes $workers $codes "$dir/signing.pem" >"$dir/codes"
sample warm
began=$EPOCHREALTIME
try_once
alone=$(awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.2f", b - a }')
for ((i = 0; i < rounds; i++)); do
    sample without
    beside
done
row "p99 of gate checks while policies are tried" "$(of beside p99_ms) ms" "$(of without p99_ms) ms without" \
    "$(ratio "$(of beside p99_ms)" "$(of without p99_ms)")" "-" \
    "$rate checks/s; p50 $(of beside p50_ms) against $(of without p50_ms) ms; \
$(wc -l <"$dir/trials") trials of $workers workers, one alone takes $alone s"
print_rows
