#!/bin/bash
# Verdicts a second on one core, next to a plain read of the same facts; and, where valgrind is there,
# instructions a verdict, which no other load on the machine changes.
#
#   scoring.sh BUILD      BUILD is a release build's folder
source "$(dirname "$0")/lib.sh"

instructions() { # policy, full|day|colours
    local out
    command -v valgrind >/dev/null || { echo -; return; }
    out=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect="evaluate_$2" \
        "$build/bench_scoring" "$1" "$2" 1 2>&1)
    awk '/^[0-9]+$/ { verdicts = $1 } /Collected/ { sum = $NF } END { printf "%d", sum / verdicts }' <<<"$out"
}

while IFS=$'\t' read -r what ours baseline share note; do
    [[ $what != '#'* ]] || { echo "$what"; continue; }
    policy=jiangsu-2023-05.json kind=full
    [[ $what != *default ]] || policy=default.json
    [[ $what != colours* ]] || kind=colours
    [[ $what != day* ]] || kind=day
    row "$what" "$ours" "$baseline" "$share" "$share" "$note; $(instructions $policy $kind) instructions"
done < <("$build/bench_scoring")
print_rows
