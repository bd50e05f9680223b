#!/bin/bash
# How fast a register fills from PostgreSQL, and bytes a worker, next to a plain binary COPY of the same
# tables to nowhere over one connection, turn about.
#
#   register_fill.sh BUILD      BUILD is a release build's folder; WORKERS=n (300000), ROUNDS=n (3)
source "$(dirname "$0")/lib.sh"
workers=${WORKERS:-300000}
out=$("$build/bench_register_fill" "$workers" "${ROUNDS:-3}")

seconds() { # what stands before the number: the median over the rounds
    sed -n "s/.*$1 \([0-9.]*\) s.*/\1/p" <<<"$out" | median
}
rate() { awk -v n="$workers" -v s="$1" 'BEGIN { printf "%.0f k/s", n / s / 1000 }'; }

copy=$(seconds 'plain COPY of [0-9]* MB') one=$(seconds 'one connection')
two=$(seconds 'over two') note=$(grep 'bytes a worker' <<<"$out" | tail -1)
row "register fill, one connection" "$(rate "$one")" "COPY $(rate "$copy")" \
    "$(ratio "$copy" "$one")" - "$note"
row "register fill, two connections" "$(rate "$two")" "COPY $(rate "$copy")" \
    "$(ratio "$copy" "$two")" - "$workers workers"
print_rows
