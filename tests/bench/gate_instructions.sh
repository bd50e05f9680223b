#!/bin/bash
# Instructions that the server spends on a gate check, by callgrind: no other load on the machine changes
# them, so a regression is seen through the noise. The server's housekeeping of that time is in it.
#
#   gate_instructions.sh BUILD      PROFILE=file keeps what callgrind found, for callgrind_annotate
source "$(dirname "$0")/lib.sh"
command -v valgrind >/dev/null || { echo "# no valgrind here: nothing counted"; exit 0; }
source tests/bench/gate_lib.sh
codes=1000

counted() { # name: what is in $dir/ask, one after the other; instructions a check
    local sum
    callgrind_control -z "$server_pid" >/dev/null 2>&1
    callgrind_control -i on "$server_pid" >/dev/null 2>&1
    load "$port" 16 <"$dir/ask" >"$dir/out.$1" || die "$1: not all were answered with 200; see above"
    callgrind_control -i off "$server_pid" >/dev/null 2>&1
    callgrind_control -d "$1" "$server_pid" >/dev/null 2>&1
    rm -f "$dir/ask"
    sum=$(cat "$dir"/profile.* | awk '/^totals:/ { sum += $2 } END { printf "%d", sum }')
    [[ -z ${PROFILE:-} ]] || cat "$dir"/profile.* >"$PROFILE.$1"
    rm -f "$dir"/profile.*
    row "instructions, gate check, $2" "$((sum / codes))" - - - "$codes checks, 16 connections"
}

start_database
SETTINGS="${SETTINGS:-} pass_ms=1400" start_server valgrind -q --tool=callgrind --instr-atstart=no \
    --callgrind-out-file="$dir/profile"
city codes $workers $codes "$dir/signing.pem" >"$dir/codes"
ask number 2 in $codes
load "$port" 16 <"$dir/ask" >"$dir/out.warm"
rm -f "$dir/ask" "$dir"/profile.*
ask number 2 out $codes
counted number "by number"
ask code 1 in $codes
counted first "a code's first time"
ask code 1 out $codes
counted code "live code"
print_rows
